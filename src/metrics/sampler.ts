import type { Clock, Timer } from '../base/clock.ts';
import type { StreamQuality } from '../media/types.ts';

/** A connection whose streams are looked at. */
export interface SampledPeer {
  /** Null while it is not connected. */
  readonly connectedSince: number | null;
  streams(): readonly StreamQuality[];
}

export interface SamplerOptions {
  readonly peers: Iterable<SampledPeer>;
  readonly clock: Clock;
  readonly onStreams: (streams: readonly StreamQuality[]) => void;
}

/** Each connection is asked once in this time; a browser reports on what it gets every few seconds. */
const ROUND_MS = 10_000;
/** Connections are asked in so many groups, so that the work comes evenly. */
const GROUPS = 20;

/** Asks every connection in turn how its streams fare. */
export class Sampler {
  readonly #options: SamplerOptions;
  #timer: Timer;
  #turn = 0;

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#timer = this.#next();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #next(): Timer {
    return this.#options.clock.after(ROUND_MS / GROUPS, () => {
      this.#turn += 1;
      this.#timer = this.#next();
      this.#sample();
    });
  }

  #sample(): void {
    const { peers, onStreams } = this.#options;
    let index = 0;
    for (const peer of peers) {
      index += 1;
      if (index % GROUPS !== this.#turn % GROUPS || peer.connectedSince === null) continue;
      onStreams(peer.streams());
    }
  }
}
