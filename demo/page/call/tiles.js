// All tiles: one for each participant, laid out anew when somebody comes or goes, is pinned, or the window changes.
import { arrange } from './layout.js';
import { Tile } from './tile.js';

/**
 * @typedef {import('backend-webrtc-client').Call} Call
 * @typedef {import('backend-webrtc-client').Participant} Participant
 */

export class Tiles {
  #list;
  #stage;
  #call;
  /** @type {Map<string, { tile: Tile, stop: () => void }>} By the id of the participant. */
  #tiles = new Map();
  /** @type {readonly Participant[]} */
  #all = [];
  #sharing = false;
  #speaker;
  #observer;

  /**
   * @param {{ stage: HTMLElement, list: HTMLElement }} elements
   * @param {Call} call
   * @param {string} speaker the id of a device; empty where the browser chooses
   */
  constructor({ stage, list }, call, speaker) {
    this.#stage = stage;
    this.#list = list;
    this.#call = call;
    this.#speaker = speaker;
    this.#observer = new ResizeObserver(() => this.#layOut());
    this.#observer.observe(stage);
  }

  /** @param {readonly Participant[]} all */
  show(all) {
    this.#all = all;
    const here = new Set(all.map(({ id }) => id));
    for (const id of [...this.#tiles.keys()].filter((each) => !here.has(each))) this.#remove(id);
    for (const participant of all) this.#tileOf(participant).show(participant, { sharing: this.#sharing });
    this.#layOut();
  }

  /** @param {boolean} on whether one's own picture is a screen */
  share(on) {
    this.#sharing = on;
    this.show(this.#all);
  }

  close() {
    this.#observer.disconnect();
    for (const id of [...this.#tiles.keys()]) this.#remove(id);
  }

  /** @param {Participant} participant */
  #tileOf(participant) {
    const { id } = participant;
    const known = this.#tiles.get(id);
    if (known !== undefined) return known.tile;
    const tile = new Tile((on) => this.#pin(id, on));
    this.#list.append(tile.element);
    if (this.#speaker !== '') void tile.video.setSinkId(this.#speaker).catch(() => undefined);
    this.#tiles.set(id, { tile, stop: this.#call.play(participant, tile.video) });
    return tile;
  }

  /** @param {string} id */
  #remove(id) {
    const { tile, stop } = this.#tiles.get(id) ?? {};
    stop?.();
    tile?.element.remove();
    this.#tiles.delete(id);
  }

  /**
   * One at a time is in the middle.
   * @param {string} id
   * @param {boolean} on
   */
  #pin(id, on) {
    for (const each of this.#all) {
      if (each.id === id) this.#call.pin(each, on);
      else if (each.pinned) this.#call.pin(each, false);
    }
  }

  #layOut() {
    const pinned = this.#all.find(({ pinned }) => pinned);
    const order = pinned === undefined ? this.#all : [pinned, ...this.#all.filter((each) => each !== pinned)];
    const { clientWidth: width, clientHeight: height } = this.#stage;
    if (width === 0) return;
    const spotlight = pinned !== undefined;
    const { tiles, height: total } = arrange({ width, height, count: order.length, spotlight });
    this.#list.style.height = `${total}px`;
    for (const [index, { id }] of order.entries()) {
      const rect = tiles[index];
      if (rect !== undefined) this.#tiles.get(id)?.tile.place(rect);
    }
  }
}
