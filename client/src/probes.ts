import { CallError } from './core/errors.ts';

/** After so long another request is worth it. */
const PATIENCE_MS = 1_000;

/**
 * Looks whether the service is there. In a network that loses everything a request waits for the next of its attempts,
 * which come ever more rarely; so another one begins each time, and any that is answered will do.
 */
export class Probes {
  readonly #probe: (signal: AbortSignal) => Promise<void>;
  readonly #pending = new Set<Promise<void>>();

  /** @param probe ends by itself, so that only a few are under way */
  constructor(probe: (signal: AbortSignal) => Promise<void>) {
    this.#probe = probe;
  }

  /** Resolves where it is there; rejects with what this request was answered, or when nothing came for a while. */
  async look(signal: AbortSignal): Promise<void> {
    const own = this.#probe(signal).finally(() => this.#pending.delete(own));
    this.#pending.add(own);
    let timer;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new CallError('unreachable')), PATIENCE_MS);
    });
    try {
      await Promise.race([own, Promise.any(this.#pending), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
