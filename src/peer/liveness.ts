import type { Clock, Timer } from '../base/clock.ts';
import type { Peer } from './peer.ts';

export interface LivenessOptions {
  readonly peers: Iterable<Peer>;
  /** Milliseconds without any datagram after which a peer is ended. */
  readonly timeout: number;
  readonly clock: Clock;
}

/** A peer lives at most this much longer than its timeout. */
const MAX_SWEEP_MS = 5_000;

/**
 * Ends peers from which nothing at all arrives any more: a stopped process, a pulled cable. One timer for all of them,
 * since no transport tells (libnice has no consent freshness, and connection-state stays `connected`).
 */
export class Liveness {
  readonly #options: LivenessOptions;
  readonly #sweepMs: number;
  #timer: Timer;

  constructor(options: LivenessOptions) {
    this.#options = options;
    this.#sweepMs = Math.min(MAX_SWEEP_MS, options.timeout / 2);
    this.#timer = this.#next();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #next(): Timer {
    return this.#options.clock.after(this.#sweepMs, () => {
      this.#timer = this.#next();
      for (const peer of [...this.#options.peers]) {
        if (isSilent(peer.idleMs(), this.#options.timeout)) void peer.close('silent');
      }
    });
  }
}

/** @param idleMs null while there is no connection that could be silent. */
export const isSilent = (idleMs: number | null, timeout: number): boolean => idleMs !== null && idleMs > timeout;
