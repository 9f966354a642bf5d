import { delayOf } from './core/backoff.ts';
import { asCallError } from './core/errors.ts';
import type { Service } from './service.ts';

/** How often a join is tried again by itself. */
const TRIES = 8;

/** Which conversation the user wants to be in, and that he is. */
export class Membership {
  readonly #service: Service;
  #wanted: string | null = null;
  /** Ends the tries for a conversation that is not wanted any more. */
  #again: AbortController | null = null;

  constructor(service: Service) {
    this.#service = service;
  }

  get wanted(): string | null {
    return this.#wanted;
  }

  async join(conversation: string): Promise<void> {
    this.#again?.abort();
    await this.#service.join('POST', conversation);
    this.#wanted = conversation;
  }

  async leave(): Promise<void> {
    this.#again?.abort();
    const conversation = this.#wanted;
    this.#wanted = null;
    if (conversation !== null) await this.#service.join('DELETE', conversation);
  }

  /** The service says where the user is now: another device of his may have joined another one, or left. */
  told(conversation: string | null): void {
    this.#again?.abort();
    this.#wanted = conversation;
  }

  /** A service that was started anew has forgotten it. Rejects when it was tried often enough. */
  async rejoin(): Promise<void> {
    const conversation = this.#wanted;
    if (conversation === null || this.#again?.signal.aborted === false) return;
    const again = new AbortController();
    this.#again = again;
    try {
      await this.#tryToJoin(conversation, again.signal);
    } finally {
      again.abort();
    }
  }

  async #tryToJoin(conversation: string, signal: AbortSignal): Promise<void> {
    for (let attempt = 2; !signal.aborted; attempt += 1) {
      try {
        await this.#service.join('POST', conversation);
        return;
      } catch (error) {
        const { code, retryAfter } = asCallError(error, 'unreachable');
        if (attempt > TRIES || (code !== 'unreachable' && code !== 'full')) throw error;
        const wait = delayOf({ why: 'failed', attempt, elapsed: 0, retryAfter, random: Math.random() });
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }
}
