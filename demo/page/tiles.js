// The tiles: one for each slot, with who is in it. Audio and video slots of one index share a stream, and so a tile.
import { isSame } from './events.js';

const $ = (id) => document.getElementById(id);
const create = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);

/** The tiles of one connection. */
export class Tiles {
  /** By stream. */
  #tiles = new Map();
  /** What arrived until when, by report of `getStats`. */
  #arrived = new Map();
  #pin;

  /** @param pin called with a `mid` and the device to keep there, or null */
  constructor(pin) {
    this.#pin = pin;
  }

  /** Adds a slot: what `ontrack` tells of it. */
  add({ mid, kind, stream, receiver }) {
    if (!this.#tiles.has(stream.id)) this.#tiles.set(stream.id, this.#tileOf(stream));
    this.#tiles.get(stream.id).slots[kind] = { mid, receiver };
  }

  /** Shows who is in which slot, and who speaks. */
  show(view) {
    for (const tile of this.#tiles.values()) {
      const devices = Object.values(tile.slots).map(({ mid }) => view.slots.get(mid));
      // Sound and picture are one person's wherever that is possible; where not, the one who is heard is named first.
      tile.device = view.slots.get(tile.slots.audio?.mid) ?? devices.find((each) => each != null) ?? null;
      const names = new Set(devices.flatMap((device) => device?.userid ?? []));
      tile.name.textContent = [...names].join(', ') || tile.title;
      tile.element.classList.toggle(
        'speaking',
        view.speakers.some((each) => isSame(each, tile.device)),
      );
      tile.pin.disabled = tile.device === null && !isPressed(tile.pin);
    }
  }

  /** The level of each slot, and whether anything arrives in it at all. */
  async measure() {
    for (const { element, meter, slots } of this.#tiles.values()) {
      const [audio, video] = await Promise.all([inbound(slots.audio), inbound(slots.video)]);
      meter.value = Math.sqrt(audio?.audioLevel ?? 0);
      element.classList.toggle('active', this.#grows(audio));
      element.classList.toggle('quiet', !this.#grows(video));
    }
  }

  #tileOf(stream) {
    const title = `Slot ${this.#tiles.size + 1}`;
    const pin = create('button', { type: 'button', className: 'pin', textContent: 'Pin', disabled: true });
    pin.setAttribute('aria-pressed', 'false');
    const tile = {
      ...addTile(title, create('video', { srcObject: stream }), pin),
      title,
      pin,
      slots: {},
      device: null,
    };
    pin.addEventListener('click', () => {
      const pinned = !isPressed(pin);
      pin.setAttribute('aria-pressed', String(pinned));
      for (const { mid } of Object.values(tile.slots)) this.#pin(mid, pinned ? tile.device : null);
    });
    return tile;
  }

  /** Whether packets arrived in the last second. */
  #grows(report) {
    if (report === undefined) return false;
    const last = this.#arrived.get(report.id);
    if (last === undefined || report.packetsReceived > last.packets) {
      this.#arrived.set(report.id, { packets: report.packetsReceived, at: report.timestamp });
      return report.packetsReceived > 0;
    }
    return report.timestamp - last.at < 1000;
  }
}

/** One's own camera. */
export function addOwnTile(stream) {
  const video = create('video', { className: 'own', muted: true, srcObject: new MediaStream(stream.getVideoTracks()) });
  const { element, meter } = addTile('You', video);
  meter.remove();
  element.className = 'tile own-tile';
}

function addTile(title, video, ...controls) {
  Object.assign(video, { autoplay: true, playsInline: true });
  const element = create('section', { className: 'tile quiet' });
  const caption = create('div', { className: 'caption' });
  const name = create('span', { className: 'name', textContent: title });
  const meter = create('meter', { min: 0, max: 1, value: 0 });
  meter.setAttribute('aria-label', `${title}: level`);
  caption.append(name, meter, ...controls);
  element.append(video, caption);
  $('tiles').append(element);
  return { element, name, meter };
}

async function inbound(slot) {
  if (slot === undefined) return undefined;
  const stats = await slot.receiver.getStats();
  return [...stats.values()].find(({ type }) => type === 'inbound-rtp');
}

const isPressed = (button) => button.getAttribute('aria-pressed') === 'true';
