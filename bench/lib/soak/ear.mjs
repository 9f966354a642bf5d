// What one connection hears, checked packet by packet. Pure.
import { KINDS, kindOf, readStamp } from '../packets.mjs';
import { idOf, roomsOf } from './stay.mjs';

/** How far the timestamps of a slot may be from the time that has passed: a client that was held up sends late. */
const DRIFT_US = 2_000_000;

export const nothingHeard = () => ({
  packets: 0,
  /** Of another conversation, or of oneself. */
  crossTalk: 0,
  /** That nobody of ours sent. */
  strange: 0,
  /** Sequence numbers that never came. */
  missing: 0,
  /** Sequence numbers that came again, or late. */
  disordered: 0,
  /** Timestamps that did not move forward. */
  backwards: 0,
  /** Timestamps that do not keep real time. */
  drifted: 0,
});

/** @typedef {ReturnType<typeof nothingHeard>} Heard */

/** The sum of both. @param {Heard} a @param {Heard} b @returns {Heard} */
export const plus = (a, b) => Object.fromEntries(Object.keys(a).map((name) => [name, a[name] + b[name]]));

export class Ear {
  #id;
  #stay;
  /** By SSRC: a slot is one stream for the life of a connection. */
  #slots = new Map();
  #heard = nothingHeard();

  /** @param {number} id of whoever hears @param {import('./stay.mjs').Stay} stay */
  constructor(id, stay) {
    this.#id = id;
    this.#stay = stay;
  }

  /** How long it took, µs; null where that is not known. @param {Buffer} packet @param {number} nowUs */
  take(packet, nowUs) {
    this.#heard.packets += 1;
    const stamp = readStamp(packet);
    if (stamp === null) {
      this.#heard.strange += 1;
      return null;
    }
    const isForMe = this.#stay.mayHear(roomsOf(stamp.publisher), stamp.atUs, nowUs);
    if (!isForMe || idOf(stamp.publisher) === this.#id) this.#heard.crossTalk += 1;
    this.#follow(packet, stamp.atUs);
    return nowUs - stamp.atUs;
  }

  /** Since the last call. */
  collect() {
    const heard = this.#heard;
    this.#heard = nothingHeard();
    return heard;
  }

  #follow(packet, atUs) {
    const kind = kindOf(packet);
    const [sequence, timestamp, ssrc] = [packet.readUInt16BE(2), packet.readUInt32BE(4), packet.readUInt32BE(8)];
    const slot = this.#slots.get(ssrc);
    if (slot === undefined) {
      this.#slots.set(ssrc, { sequence, timestamp, elapsed: 0, beganUs: atUs });
      return;
    }
    const step = (sequence - slot.sequence) & 0xffff;
    if (step === 0 || step >= 0x8000) {
      this.#heard.disordered += 1;
      return;
    }
    this.#heard.missing += step - 1;
    const forward = (timestamp - slot.timestamp) | 0;
    // Packets of one picture have one timestamp.
    if (forward < 0 || (forward === 0 && kind === 'audio')) this.#heard.backwards += 1;
    Object.assign(slot, { sequence, timestamp, elapsed: slot.elapsed + forward });
    const elapsedUs = (slot.elapsed * 1e6) / KINDS[kind].clockRate;
    if (Math.abs(elapsedUs - (atUs - slot.beganUs)) > DRIFT_US) this.#heard.drifted += 1;
  }
}
