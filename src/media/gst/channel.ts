import type { GstObject, TapSignal, Value } from 'node-gst';
import { Emitter } from '../../base/emitter.ts';
import type { MediaChannel, MediaChannelEvents } from '../types.ts';
import { handedOn, within } from './deadline.ts';

/** Bytes that may wait in a client's channel before `send` refuses. */
const MAX_BUFFERED_BYTES = 256 * 1024;
/** The label of the one channel that is served; others are closed. */
export const EVENTS_LABEL = 'events';

/** Far above the longest message a client has reason to send. */
const MAX_MESSAGE_BYTES = 4096;
/** What may wait for the JS thread, so that a client cannot fill its queue while it is busy. */
const MAX_PENDING_MESSAGES = 16;
/** No person, and no page that asks for what a person does, sends more; the first second may bring them all at once. */
const MAX_MESSAGES_PER_SECOND = 50;

/**
 * Signals of a data channel that must not be missed, so they are connected inside the emission that announces it. Text
 * beyond a limit is dropped on the client's own threads; binary messages are not connected, for nothing reads them.
 */
export const CHANNEL_SIGNALS = [
  'notify::ready-state',
  'on-close',
  'on-error',
  {
    signal: 'on-message-string',
    maxLength: MAX_MESSAGE_BYTES,
    maxPending: MAX_PENDING_MESSAGES,
    perSecond: MAX_MESSAGES_PER_SECOND,
  },
] as const satisfies readonly (string | TapSignal)[];

/** The `events` data channel of one client. Its signals reach it through the tap that the peer put on its creation. */
export class GstChannel implements MediaChannel {
  readonly events = new Emitter<MediaChannelEvents>();
  /** The wrapper that the tap announced; nobody else disposes of it. */
  readonly #object: GstObject;
  readonly #onOpen: (channel: GstChannel) => void;
  /** `closing`: the client has not answered our close yet. */
  #state: 'opening' | 'open' | 'closing' | 'closed' = 'opening';
  /** Messages that came while it was opening. */
  #early: string[] = [];
  /** What the tap dropped in the end; null before. */
  #droppedInAll: number | null = null;

  /** `onOpen` is called once, inside a signal or inside `start()`; messages come behind it. */
  constructor(object: GstObject, onOpen: (channel: GstChannel) => void) {
    this.#object = object;
    this.#onOpen = onOpen;
  }

  /** Opens the channel where it was open already when it was announced. */
  start(): void {
    if (this.#object.get('ready-state') === 'open') this.#open();
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Messages that were too long or too many. */
  get dropped(): number {
    return this.#droppedInAll ?? this.#object.tapDropped();
  }

  send(text: string): boolean {
    if (this.#state !== 'open' || Number(this.#object.get('buffered-amount')) > MAX_BUFFERED_BYTES) return false;
    this.#object.emit('send-string', text);
    return true;
  }

  /**
   * Closes an open channel. Resolves when the client has closed it as well, or has not within `ms`: SCTP resets a
   * stream only behind the messages that were sent in it (RFC 8831 §6.7), so they have arrived then. webrtcbin resets
   * it though it has not given them to SCTP yet, which is why they are waited for first, for `ms` as well.
   */
  async close(ms: number): Promise<void> {
    if (this.#state !== 'open') return;
    await handedOn(() => Number(this.#object.get('buffered-amount')) === 0, ms);
    if (!this.isOpen) return;
    this.#state = 'closing';
    const closed = new Promise<void>((resolve) => {
      this.events.on('closed', resolve);
      this.#object.emit('close');
    });
    await within(ms, 'close the channel', closed).catch(() => undefined);
  }

  /** For the peer: one of CHANNEL_SIGNALS came. `object` is the wrapper that announced the channel it is of. */
  onSignal(signal: string, object: GstObject, value: Value): void {
    if (object !== this.#object) return;
    // webrtcbin has null for an empty text.
    if (signal === 'on-message-string') this.#onMessage(typeof value === 'string' ? value : '');
    else if (signal === 'notify::ready-state' && value === 'open') this.#open();
    else if (signal === 'notify::ready-state' && value === 'closing' && this.#state === 'closing') return;
    else this.#end();
  }

  /** For the peer: no call reaches the native object from now on. */
  release(): void {
    this.#state = 'closed';
    this.events.clear();
    this.#droppedInAll ??= this.#object.tapDropped();
    this.#object.dispose();
  }

  #open(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    this.#onOpen(this);
    for (const text of this.#early.splice(0)) this.events.emit('message', text);
  }

  #onMessage(text: string): void {
    if (this.#state === 'open') this.events.emit('message', text);
    else if (this.#state === 'opening' && this.#early.length < MAX_PENDING_MESSAGES) this.#early.push(text);
  }

  #end(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#early = [];
    this.events.emit('closed');
  }
}
