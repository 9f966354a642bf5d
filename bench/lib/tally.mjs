// What the clients of one process heard. Pure.
import { Latencies } from './figures.mjs';
import { kindOf, readStamp } from './packets.mjs';

export class Tally {
  /** How often each packet arrived, by receiver, publisher and kind. @type {Map<string, Map<number, number>>} */
  #arrivals = new Map();
  #latencies = new Latencies();
  #forwarded = 0;
  #isOpen = false;

  /** @param {number} receiver @param {Buffer} packet @param {number} atUs */
  take(receiver, packet, atUs) {
    const stamp = readStamp(packet);
    if (stamp === null) return;
    const key = keyOf(receiver, stamp.publisher, kindOf(packet));
    const counts = this.#arrivals.get(key) ?? new Map();
    this.#arrivals.set(key, counts.set(stamp.count, (counts.get(stamp.count) ?? 0) + 1));
    if (!this.#isOpen) return;
    this.#forwarded += 1;
    this.#latencies.add(atUs - stamp.atUs);
  }

  /** What comes from now on counts. */
  open() {
    this.#arrivals.clear();
    this.#isOpen = true;
  }

  /** Packets on their way may still arrive, and are not lost then. */
  close() {
    this.#isOpen = false;
    return { forwarded: this.#forwarded, latencies: this.#latencies.entries() };
  }

  /**
   * @param {readonly { receiver: number, publisher: number, kind: string, from: number, to: number }[]} ranges of
   *   packets that were sent, `to` excluded
   */
  compare(ranges) {
    const result = { expected: 0, lost: 0, duplicated: 0 };
    for (const { receiver, publisher, kind, from, to } of ranges) {
      const counts = this.#arrivals.get(keyOf(receiver, publisher, kind));
      for (let count = from; count < to; count++) {
        const times = counts?.get(count) ?? 0;
        result.expected += 1;
        if (times === 0) result.lost += 1;
        else result.duplicated += times - 1;
      }
    }
    return result;
  }
}

const keyOf = (receiver, publisher, kind) => `${receiver} ${publisher} ${kind}`;
