import type { Clock, Timer } from '../../base/clock.ts';

/** From the end of the last connection: what ends with it has ended by then, and who connects anew at once waits for nothing. */
const IDLE_MS = 1_000;

/**
 * Gives back what connections leave to malloc once there are none: room between what stays, which grows by a few kB with
 * each of them. Not while there are any, since their threads would wait for it.
 */
export class IdleMemory {
  readonly #clock: Clock;
  readonly #giveBack: () => void;
  #timer: Timer | null = null;

  constructor(clock: Clock, giveBack: () => void) {
    this.#clock = clock;
    this.#giveBack = giveBack;
  }

  /** @param peers how many there are from now on */
  changed(peers: number): void {
    this.#timer?.cancel();
    this.#timer = peers > 0 ? null : this.#clock.after(IDLE_MS, this.#giveBack);
  }

  close(): void {
    this.#timer?.cancel();
  }
}
