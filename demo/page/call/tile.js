// One tile: somebody's picture or initials, the name, and how he fares.
import { colourOf, initialsOf } from '../base/avatar.js';
import { create, icon } from '../base/dom.js';

/** @typedef {import('backend-webrtc-client').Participant} Participant */

export class Tile {
  element;
  video;
  #parts;
  #pin;

  /** @param {(on: boolean) => void} pin */
  constructor(pin) {
    this.video = create('video', { playsInline: true, autoplay: true });
    this.#pin = create('button', { type: 'button', className: 'pin', 'aria-pressed': 'false' }, icon('pin'));
    this.#pin.addEventListener('click', () => pin(this.#pin.getAttribute('aria-pressed') !== 'true'));
    this.#parts = {
      avatar: create('span', { className: 'avatar' }),
      name: create('span', { className: 'name' }),
      muted: create('span', { className: 'muted', title: 'Muted' }, icon('microphone-off'), hidden('muted')),
      bars: bars(),
    };
    const { avatar, name, muted, bars: quality } = this.#parts;
    this.element = create(
      'li',
      { className: 'tile' },
      this.video,
      create('div', { className: 'face', 'aria-hidden': 'true' }, avatar),
      create('div', { className: 'caption' }, muted, name, quality),
      this.#pin,
    );
  }

  /**
   * @param {Participant} participant
   * @param {{ sharing: boolean }} options `sharing`: it is oneself, with a screen for a picture
   */
  show(participant, { sharing }) {
    const { avatar, name, muted, bars: quality } = this.#parts;
    const full = nameOf(participant);
    const text = participant.self ? `${full} (${sharing ? 'your screen' : 'you'})` : full;
    avatar.textContent = initialsOf(full);
    avatar.style.backgroundColor = colourOf(participant.csrc ?? 0);
    if (name.textContent !== text) name.textContent = text;
    name.title = text;
    muted.hidden = !participant.muted;
    this.#showQuality(quality, participant);
    const pinText = `${participant.pinned ? 'Unpin' : 'Pin'} ${full}`;
    this.#pin.hidden = participant.self;
    this.#pin.setAttribute('aria-pressed', String(participant.pinned));
    this.#pin.setAttribute('aria-label', `Pin ${full}`);
    this.#pin.title = pinText;
    const { classList } = this.element;
    classList.toggle('speaking', participant.speaking && !participant.muted);
    classList.toggle('seen', participant.playing.includes('video'));
    classList.toggle('heard', participant.playing.includes('audio'));
    classList.toggle('own', participant.self);
    classList.toggle('mirrored', participant.self && !sharing);
    classList.toggle('pinned', participant.pinned);
  }

  /**
   * @param {HTMLElement} element
   * @param {Participant} participant
   */
  #showQuality(element, { quality }) {
    element.hidden = quality === null;
    if (quality === null || element.dataset.quality === quality) return;
    element.dataset.quality = quality;
    element.title = `Connection: ${quality}`;
    element.setAttribute('aria-label', element.title);
  }

  /** @param {import('./layout.js').Rect} rect */
  place({ x, y, width, height }) {
    Object.assign(this.element.style, { translate: `${x}px ${y}px`, width: `${width}px`, height: `${height}px` });
  }
}

/**
 * Without the events channel nobody has a name.
 * @param {{ userid: string | null, csrc: number | null }} participant
 * @returns {string}
 */
export const nameOf = ({ userid, csrc }) => userid ?? `Guest ${(csrc ?? 0) % 1000}`;

/** @param {string} text for those who hear the page */
const hidden = (text) => create('span', { className: 'hidden' }, text);

const bars = () =>
  create('span', { className: 'bars', role: 'img', hidden: true }, create('i'), create('i'), create('i'));
