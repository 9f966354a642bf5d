import type { Clock } from '../../base/clock.ts';
import type { Permission, Verdict } from '../types.ts';

export interface BreakerOptions {
  readonly permission: Permission;
  readonly clock: Clock;
  /** The service is asked no more. */
  readonly onOpened?: () => void;
  /** It answered again. */
  readonly onClosed?: () => void;
}

/** Questions without an answer, one after the other, after which the service is taken for dead. */
export const MAX_FAILURES = 5;
/** A service that is taken for dead is tried once in this time. */
export const RETRY_MS = 2_000;

/**
 * A circuit breaker: where the service does not answer, nobody waits for it. Each question would take its whole time-out
 * else, and the many that wait would keep out those that could be answered.
 *
 *     closed ──5 failures in a row──► open ──after 2 s, one question──► closed, or open again
 */
export class Breaker {
  readonly #options: BreakerOptions;
  #failures = 0;
  /** While open: when the next question may be asked; null while closed. */
  #retryAt: number | null = null;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  /** 'unknown' at once while open. Never rejects. */
  readonly ask: Permission = async (userid, conversation) => {
    const { permission, clock } = this.#options;
    if (this.#retryAt !== null) {
      if (clock.now() < this.#retryAt) return 'unknown';
      // This one tries; the others go on as before until it knows.
      this.#retryAt = clock.now() + RETRY_MS;
    }
    const verdict = await permission(userid, conversation).catch((): Verdict => 'unknown');
    if (verdict === 'unknown') this.#failed();
    else this.#answered();
    return verdict;
  };

  #failed(): void {
    this.#failures += 1;
    if (this.#failures < MAX_FAILURES) return;
    if (this.#retryAt === null) this.#options.onOpened?.();
    this.#retryAt = this.#options.clock.now() + RETRY_MS;
  }

  #answered(): void {
    this.#failures = 0;
    if (this.#retryAt !== null) this.#options.onClosed?.();
    this.#retryAt = null;
  }
}
