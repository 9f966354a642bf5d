import type { GstObject, Value } from 'node-gst';
import type { MediaChannel } from '../types.ts';

/** Bytes that may wait in a client's channel before `send` refuses. */
const MAX_BUFFERED_BYTES = 256 * 1024;
/** The label of the one channel that is served; others are closed. */
export const EVENTS_LABEL = 'events';

/** The `events` data channel of one client. Signals reach it through the tap that the peer put on its creation. */
export class GstChannel implements MediaChannel {
  readonly #object: GstObject;
  #open = true;
  #listener: (text: string) => void = () => undefined;

  constructor(object: GstObject) {
    this.#object = object;
  }

  send(text: string): boolean {
    if (!this.#open || Number(this.#object.get('buffered-amount')) > MAX_BUFFERED_BYTES) return false;
    this.#object.emit('send-string', text);
    return true;
  }

  onMessage(listener: (text: string) => void): void {
    this.#listener = listener;
  }

  /** For the peer: a signal of this channel. */
  handle(signal: string, args: readonly Value[]): void {
    if (!this.#open) return;
    if (signal === 'on-message-string' && typeof args[0] === 'string') this.#listener(args[0]);
    else if (signal === 'on-close' || signal === 'on-error') this.#open = false;
  }

  /** For the peer: no call reaches the native object from now on. */
  release(): void {
    this.#open = false;
    this.#object.dispose();
  }
}
