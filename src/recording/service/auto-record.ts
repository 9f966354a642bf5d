import type { Clock, Timer } from '../../base/clock.ts';
import { ServiceError } from '../../base/errors.ts';
import type { ConversationId } from '../../base/ids.ts';
import type { Wish } from './recordings.ts';

/** What this needs of a recording. */
export interface Begun {
  /** Why it could not go on; null where it was stopped. Known when it has ended. */
  readonly failure: string | null;
  readonly ended: Promise<unknown>;
}

export interface AutoRecordOptions {
  readonly isWanted: (conversation: ConversationId) => boolean;
  readonly wish: Wish;
  /** Rejects with a `ServiceError` `recording-…`. */
  readonly start: (conversation: ConversationId, wish: Wish) => Promise<Begun>;
  /** What goes on in the conversation of this wish already: everybody had left for a moment. */
  readonly running: (conversation: ConversationId) => Begun | null;
  readonly clock: Clock;
  /** It could not begin, and is tried again. Once per reason and conversation. */
  readonly onFailure: (conversation: ConversationId, error: unknown) => void;
}

/** As long as there is no place, or no space: to ask again costs nothing. */
const WAIT_MS = 10_000;
/** After a recording that failed: doubles up to the other. */
const RETRY_MS = { first: 30_000, most: 600_000 } as const;

interface Wanted {
  timer: Timer | null;
  failures: number;
  /** What was reported last. */
  told: string | null;
}

/**
 * Records conversations without being asked for: from the first member on, and again where that could not be, or failed.
 * One that somebody stopped is left alone until the conversation begins anew.
 */
export class AutoRecord {
  readonly #options: AutoRecordOptions;
  readonly #wanted = new Map<ConversationId, Wanted>();
  /** Those that are about to begin. */
  readonly #beginning = new Set<ConversationId>();

  constructor(options: AutoRecordOptions) {
    this.#options = options;
  }

  /** Its first member comes in. */
  opened(conversation: ConversationId): void {
    if (!this.#options.isWanted(conversation)) return;
    const wanted = { timer: null, failures: 0, told: null };
    this.#wanted.set(conversation, wanted);
    // Not now: the conversation is told of in the middle of things, and nobody is in it yet.
    queueMicrotask(() => void this.#begin(conversation, wanted));
  }

  /** Its last member has left. */
  closed(conversation: ConversationId): void {
    this.#wanted.get(conversation)?.timer?.cancel();
    this.#wanted.delete(conversation);
  }

  async #begin(conversation: ConversationId, wanted: Wanted): Promise<void> {
    const { running, start, wish } = this.#options;
    wanted.timer = null;
    if (!this.#isWanted(conversation, wanted)) return;
    const before = running(conversation);
    if (before !== null) {
      this.#follow(conversation, wanted, before);
      return;
    }
    if (this.#beginning.has(conversation)) {
      this.#again(conversation, wanted, WAIT_MS);
      return;
    }
    this.#beginning.add(conversation);
    try {
      this.#follow(conversation, wanted, await start(conversation, wish));
    } catch (error) {
      this.#onRefused(conversation, wanted, error);
    } finally {
      this.#beginning.delete(conversation);
    }
  }

  #follow(conversation: ConversationId, wanted: Wanted, recording: Begun): void {
    void recording.ended.then(() => {
      if (recording.failure !== null) this.#againLater(conversation, wanted);
    });
  }

  #onRefused(conversation: ConversationId, wanted: Wanted, error: unknown): void {
    if (!this.#isWanted(conversation, wanted)) return;
    const code = error instanceof ServiceError ? error.code : null;
    if (code === 'draining') return;
    // That it failed was reported by the recording itself.
    if (code === 'recording-refused') this.#againLater(conversation, wanted);
    else {
      const text = String(error);
      if (wanted.told !== text) this.#options.onFailure(conversation, error);
      wanted.told = text;
      this.#again(conversation, wanted, WAIT_MS);
    }
  }

  #againLater(conversation: ConversationId, wanted: Wanted): void {
    this.#again(conversation, wanted, Math.min(RETRY_MS.first * 2 ** wanted.failures, RETRY_MS.most));
    wanted.failures += 1;
  }

  #again(conversation: ConversationId, wanted: Wanted, ms: number): void {
    if (!this.#isWanted(conversation, wanted)) return;
    wanted.timer?.cancel();
    wanted.timer = this.#options.clock.after(ms, () => void this.#begin(conversation, wanted));
  }

  /** Still, and for the same stay of its members. */
  #isWanted(conversation: ConversationId, wanted: Wanted): boolean {
    return this.#wanted.get(conversation) === wanted;
  }
}
