// A small plot: a line over the last minute, with what it is now in words.
import { create, draw } from '../base/dom.js';
import { lineOf, pushed, topOf } from './history.js';

const AREA = { width: 240, height: 48 };

export class Plot {
  element;
  /** @type {(number | null)[]} */
  #values = [];
  #line = draw('path', { class: 'line' });
  #now = create('b');
  #top = create('span', { className: 'soft' });
  #options;

  /** @param {{ title: string, unit: string, digits: number, least: number }} options `least`: of the upper edge */
  constructor(options) {
    this.#options = options;
    const picture = draw(
      'svg',
      { viewBox: `0 -1 ${AREA.width} ${AREA.height + 2}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      draw('path', { class: 'base', d: `M0 ${AREA.height}H${AREA.width}M0 0H${AREA.width}` }),
      this.#line,
    );
    const caption = create('figcaption', {}, `${options.title} `, this.#now, this.#top);
    this.element = create('figure', {}, caption, picture);
  }

  /** @param {number | null} value */
  push(value) {
    const { unit, digits, least } = this.#options;
    this.#values = pushed(this.#values, value);
    const top = topOf(this.#values, least);
    this.#line.setAttribute('d', lineOf(this.#values, { ...AREA, top }));
    this.#now.textContent = value === null ? '–' : `${value.toFixed(digits)} ${unit}`;
    this.#top.textContent = ` of ${top} ${unit}`;
  }
}
