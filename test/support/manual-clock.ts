import type { Clock, Timer } from '../../src/base/clock.ts';

interface Entry {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until `advance` moves it. Timers fire in the order of their time, then of their making. */
export class ManualClock implements Clock {
  #now: number;
  readonly #entries = new Set<Entry>();

  constructor(start = 1_000_000) {
    this.#now = start;
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#entries.size;
  }

  now(): number {
    return this.#now;
  }

  after(delay: number, callback: () => void): Timer {
    const entry = { at: this.#now + delay, callback };
    this.#entries.add(entry);
    return { cancel: () => void this.#entries.delete(entry) };
  }

  /** Fires what falls due, including what those timers set anew. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== null; next = this.#next(end)) {
      this.#entries.delete(next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = end;
  }

  #next(end: number): Entry | null {
    let first: Entry | null = null;
    for (const entry of this.#entries) {
      if (entry.at <= end && (first === null || entry.at < first.at)) first = entry;
    }
    return first;
  }
}
