// Stats for nerds: what goes over the line, and who is in which slot.
import { create } from '../base/dom.js';
import { Plot } from './plot.js';

/**
 * @typedef {import('backend-webrtc-client').Stats} Stats
 * @typedef {import('backend-webrtc-client').TrackStats & { participant?: string | null }} Row
 */

export class Nerds {
  #plots = {
    received: new Plot({ title: 'Received', unit: 'kbit/s', digits: 0, least: 100 }),
    sent: new Plot({ title: 'Sent', unit: 'kbit/s', digits: 0, least: 100 }),
    loss: new Plot({ title: 'Lost on the way here', unit: '%', digits: 1, least: 1 }),
    rtt: new Plot({ title: 'Round trip', unit: 'ms', digits: 0, least: 10 }),
  };
  #slots;

  /** @param {{ plots: HTMLElement, slots: HTMLElement }} elements */
  constructor({ plots, slots }) {
    plots.replaceChildren(...Object.values(this.#plots).map(({ element }) => element));
    this.#slots = slots;
  }

  /**
   * @param {Stats} stats
   * @param {(id: string) => string} nameOf
   */
  push({ received, sent, rtt, tracks, slots }, nameOf) {
    this.#plots.received.push(received.bitrate / 1000);
    this.#plots.sent.push(sent.bitrate / 1000);
    this.#plots.loss.push(received.loss === null ? null : received.loss * 100);
    this.#plots.rtt.push(rtt);
    this.#slots.replaceChildren(
      ...tracks.map((track) => row(track.kind === 'audio' ? 'Own voice' : 'Own picture', 'you', track)),
      ...slots.map((slot) => {
        const { participant, kind, index } = slot;
        const title = `${kind === 'audio' ? 'Voice' : 'Picture'} ${index + 1}`;
        return row(title, participant === null ? '–' : nameOf(participant), slot);
      }),
    );
  }
}

/**
 * @param {string} title
 * @param {string} who
 * @param {Row} flow
 */
function row(title, who, { bitrate, loss, width, height, fps }) {
  const picture = width === null ? '–' : `${width}×${height}, ${Math.round(fps ?? 0)}/s`;
  const cells = [who, (bitrate / 1000).toFixed(0), loss === null ? '–' : `${(loss * 100).toFixed(1)} %`, picture];
  return create('tr', {}, create('th', { scope: 'row' }, title), ...cells.map((text) => create('td', {}, text)));
}
