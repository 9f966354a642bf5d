import type { Clock, Timer } from '../base/clock.ts';

/**
 * Keys that expire a fixed time after they were started. One timer for all: as the time is the same for everybody, the
 * order of starting is the order of expiring, and a Map keeps it.
 */
export class Expiry<Key> {
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #onExpired: (key: Key) => void;
  readonly #deadlines = new Map<Key, number>();
  #timer: Timer | null = null;

  constructor(clock: Clock, ttlMs: number, onExpired: (key: Key) => void) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#onExpired = onExpired;
  }

  get size(): number {
    return this.#deadlines.size;
  }

  /** Starts anew where the key was running. */
  start(key: Key): void {
    this.#deadlines.delete(key);
    this.#deadlines.set(key, this.#clock.now() + this.#ttlMs);
    this.#arm();
  }

  /** Leaves the timer alone: when it fires it finds nothing to do and is set for the next key. */
  stop(key: Key): void {
    this.#deadlines.delete(key);
  }

  /** Expires what is due. Timers are late under load; whoever decides by what has expired calls this first. */
  sweep(): void {
    const now = this.#clock.now();
    for (const [key, deadline] of this.#deadlines) {
      if (deadline > now) break;
      this.#deadlines.delete(key);
      this.#onExpired(key);
    }
  }

  /** Milliseconds until the next key expires; null where none will. */
  nextInMs(): number | null {
    const first = this.#deadlines.values().next();
    return first.done === true ? null : Math.max(0, first.value - this.#clock.now());
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#deadlines.clear();
  }

  #arm(): void {
    const delay = this.nextInMs();
    if (delay === null || this.#timer !== null) return;
    // At least 1 ms: a timer may fire a little early by the clock, and must not then spin.
    this.#timer = this.#clock.after(Math.max(1, Math.ceil(delay)), () => {
      this.#timer = null;
      this.sweep();
      this.#arm();
    });
  }
}
