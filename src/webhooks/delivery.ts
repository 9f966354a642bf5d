import type { Clock, Timer } from '../base/clock.ts';
import type { ConversationId } from '../base/ids.ts';
import { backoffMs } from './backoff.ts';
import type { SpooledEvent } from './types.ts';

export type Send = (event: SpooledEvent, signal: AbortSignal) => Promise<boolean>;

export interface DeliveryOptions {
  /** One attempt; true where the receiver has taken the event, false also where it was aborted. Never rejects. */
  readonly send: Send;
  /** The event needs no more attempts: it was taken, or is too old. */
  readonly onDone: (event: SpooledEvent, outcome: 'delivered' | 'expired') => void;
  readonly clock: Clock;
  /** Ms since 1970. */
  readonly wallMs: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Ms after which an event is given up. */
  readonly ttlMs: number;
}

/** Requests under way at once. */
export const MAX_PARALLEL = 4;

/** The events of one conversation: the first is sent until it is taken, the others wait behind it. */
interface Lane {
  readonly events: SpooledEvent[];
  failures: number;
  state: { readonly at: 'ready' | 'sending' } | { readonly at: 'resting'; readonly timer: Timer };
}

/**
 * Sends events at least once: in order within a conversation, several conversations at a time. A failure delays its own
 * conversation, by a back-off with jitter.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #lanes = new Map<ConversationId, Lane>();
  readonly #abort = new AbortController();
  #sending = 0;
  #state: 'open' | 'closed' = 'open';
  /** Called when nothing is under way. */
  #onIdle: (() => void)[] = [];

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  add(event: SpooledEvent): void {
    const lane = this.#lanes.get(event.conversation) ?? { events: [], failures: 0, state: { at: 'ready' } };
    this.#lanes.set(event.conversation, lane);
    lane.events.push(event);
    this.#fill();
  }

  /** Begins no further attempt and aborts those under way; resolves when they have ended. */
  close(): Promise<void> {
    this.#state = 'closed';
    this.#abort.abort();
    for (const { state } of this.#lanes.values()) if (state.at === 'resting') state.timer.cancel();
    if (this.#sending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** Longest waiting first: a lane that was served goes to the end of the map. */
  #fill(): void {
    for (const [conversation, lane] of this.#lanes) {
      if (this.#state === 'closed' || this.#sending >= MAX_PARALLEL) return;
      if (lane.state.at === 'ready') void this.#serve(conversation, lane);
    }
  }

  async #serve(conversation: ConversationId, lane: Lane): Promise<void> {
    const [event] = lane.events;
    if (event === undefined) return;
    lane.state = { at: 'sending' };
    this.#sending += 1;
    const outcome = await this.#attempt(event);
    this.#sending -= 1;
    if (outcome === 'refused') this.#rest(lane);
    else {
      lane.events.shift();
      lane.failures = 0;
      this.#options.onDone(event, outcome);
      this.#requeue(conversation, lane);
    }
    if (this.#sending === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    this.#fill();
  }

  async #attempt(event: SpooledEvent): Promise<'delivered' | 'expired' | 'refused'> {
    const { wallMs, ttlMs, send } = this.#options;
    if (wallMs() - event.happenedAt > ttlMs) return 'expired';
    return (await send(event, this.#abort.signal)) ? 'delivered' : 'refused';
  }

  #requeue(conversation: ConversationId, lane: Lane): void {
    lane.state = { at: 'ready' };
    this.#lanes.delete(conversation);
    if (lane.events.length > 0) this.#lanes.set(conversation, lane);
  }

  #rest(lane: Lane): void {
    lane.failures += 1;
    if (this.#state === 'closed') return;
    const timer = this.#options.clock.after(backoffMs(lane.failures, this.#options.random()), () => {
      lane.state = { at: 'ready' };
      this.#fill();
    });
    lane.state = { at: 'resting', timer };
  }
}
