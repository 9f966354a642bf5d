import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { ServiceError } from '../base/errors.ts';
import type { ConversationId } from '../base/ids.ts';
import { WorkQueue } from '../base/work-queue.ts';
import type { EventSink } from '../events/catalogue.ts';
import { Delivery, type Send } from './delivery.ts';
import { bodyOf, happeningOf } from './happening.ts';
import { Spool } from './spool.ts';
import type { Happening, SpooledEvent } from './types.ts';

export interface WebhookReports {
  /** Once when the limit is reached. */
  webhooksFull(waiting: number): void;
  /** When events are taken again; `lost`: how many were not in between. */
  webhooksResumed(lost: number): void;
  webhookExpired(conversation: ConversationId): void;
  /** A disk that fails. */
  fault(error: unknown): void;
}

export interface WebhooksOptions {
  /** An absolute path. */
  readonly spool: string;
  /** Events that may wait for delivery; what happens while there are so many is not told, and counted. */
  readonly maxWaiting: number;
  /** Ms after which an event that was not taken is given up. */
  readonly ttlMs: number;
  readonly send: Send;
  readonly clock: Clock;
  /** Ms since 1970. */
  readonly wallMs: () => number;
  readonly random: () => number;
  readonly report: WebhookReports;
}

/**
 * Tells an operator's server what happens in conversations: at least once, in order within a conversation, also over a
 * restart of this process.
 */
export class Webhooks {
  readonly #options: WebhooksOptions;
  readonly #spool: Spool;
  readonly #delivery: Delivery;
  /** Orders what touches the disk. */
  readonly #disk = new WorkQueue();
  #next: number;
  #waiting: number;
  #lost = 0;
  #closed: Promise<void> | null = null;
  #onEmpty: () => void = () => undefined;

  private constructor(options: WebhooksOptions, spool: Spool, left: readonly SpooledEvent[]) {
    this.#options = options;
    this.#spool = spool;
    this.#next = (left.at(-1)?.sequence ?? 0) + 1;
    this.#waiting = left.length;
    this.#delivery = new Delivery({ ...options, onDone: (event, outcome) => this.#done(event, outcome) });
    for (const event of left) this.#delivery.add(event);
  }

  /** Goes on with what an earlier process left. Rejects where the folder cannot be used. */
  static async open(options: WebhooksOptions): Promise<Webhooks> {
    const { spool, events, damaged } = await openSpool(options.spool);
    for (const name of damaged)
      options.report.fault(new Error(`${name} of the webhook spool is damaged and left where it is`));
    return new Webhooks(options, spool, events);
  }

  /** Events that wait for delivery. */
  get waiting(): number {
    return this.#waiting;
  }

  readonly sink: EventSink = (event) => {
    const happening = happeningOf(event);
    if (happening !== null) this.#add(happening);
  };

  /**
   * Takes nothing more. What waits gets `flushMs` to be delivered; what is left then stays in the spool for the next
   * start. Idempotent.
   */
  close(flushMs = 0): Promise<void> {
    this.#closed ??= this.#flush(flushMs)
      .then(() => this.#delivery.close())
      .then(() => this.#disk.close(() => undefined));
    return this.#closed;
  }

  #flush(ms: number): Promise<void> {
    if (this.#waiting === 0 || ms === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(ms, resolve);
      this.#onEmpty = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  readonly #onError = (error: unknown): void => this.#options.report.fault(error);

  #add(happening: Happening): void {
    if (this.#closed !== null) return;
    if (this.#waiting >= this.#options.maxWaiting) {
      if (this.#lost === 0) this.#options.report.webhooksFull(this.#waiting);
      this.#lost += 1;
      return;
    }
    if (this.#lost > 0) {
      const lost = this.#lost;
      this.#lost = 0;
      this.#options.report.webhooksResumed(lost);
    }
    const happenedAt = this.#options.wallMs();
    const body = bodyOf(happening, randomUUID(), happenedAt);
    const event = { sequence: this.#next++, conversation: happening.conversation, happenedAt, body };
    this.#waiting += 1;
    // Delivered even where the disk fails: then it does not survive a restart.
    this.#disk
      .run(() => this.#spool.add(event))
      .catch(this.#onError)
      .finally(() => this.#delivery.add(event));
  }

  #done(event: SpooledEvent, outcome: 'delivered' | 'expired'): void {
    this.#waiting -= 1;
    if (outcome === 'expired') this.#options.report.webhookExpired(event.conversation);
    this.#disk.run(() => this.#spool.remove(event.sequence)).catch(this.#onError);
    if (this.#waiting === 0) this.#onEmpty();
  }
}

async function openSpool(folder: string): ReturnType<typeof Spool.open> {
  try {
    return await Spool.open(folder);
  } catch (cause) {
    const detail = `WEBHOOK_SPOOL=${folder} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new ServiceError('config', { detail, cause });
  }
}
