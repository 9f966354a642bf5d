import type { Clock, Timer } from '../base/clock.ts';

/** How often levels are looked at. Speech changes hands in a few hundred ms; a syllable takes about 200. */
export const TICK_MS = 100;

export interface Ticking {
  tick(now: number): void;
}

/** One timer for everything that ticks; none while nothing does. */
export class Ticker {
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  readonly #ticking = new Set<Ticking>();
  #timer: Timer | null = null;

  /** @param onFault gets what one of them throws; it stops neither the others nor the timer. */
  constructor(clock: Clock, onFault: (error: unknown) => void) {
    this.#clock = clock;
    this.#onFault = onFault;
  }

  add(ticking: Ticking): void {
    this.#ticking.add(ticking);
    this.#timer ??= this.#clock.after(TICK_MS, () => this.#tick());
  }

  delete(ticking: Ticking): void {
    this.#ticking.delete(ticking);
    if (this.#ticking.size > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #tick(): void {
    this.#timer = this.#clock.after(TICK_MS, () => this.#tick());
    const now = this.#clock.now();
    for (const ticking of [...this.#ticking]) {
      try {
        ticking.tick(now);
      } catch (error) {
        this.#onFault(error);
      }
    }
  }
}
