import type { Clock, Timer } from '../../src/base/clock.ts';

/** A clock that only moves when it is told to, and then fires its timers in order. */
export class ManualClock implements Clock {
  #now: number;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  constructor(now = 1_000_000) {
    this.#now = now;
  }

  /** Timers that are armed. */
  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  after(delay: number, callback: () => void): Timer {
    const timer = { at: this.#now + delay, callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** Fires every timer that is due within the next `ms`, those that are armed meanwhile included. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = end;
  }

  /** Moves the time as a busy process sees it: nothing fires until `advance` is called. */
  skip(ms: number): void {
    this.#now += ms;
  }
}
