import type { GstObject } from 'node-gst';
import type { MediaChannel } from '../types.ts';

/** Bytes that may wait in a client's channel before `send` refuses. */
const MAX_BUFFERED_BYTES = 256 * 1024;
/** The label of the one channel that is served; others are closed. */
export const EVENTS_LABEL = 'events';

/** The `events` data channel of one client. Signals reach it through the tap that the peer put on its creation. */
export class GstChannel implements MediaChannel {
  readonly #object: GstObject;
  #open = true;

  constructor(object: GstObject) {
    this.#object = object;
  }

  send(text: string): boolean {
    if (!this.#open || Number(this.#object.get('buffered-amount')) > MAX_BUFFERED_BYTES) return false;
    this.#object.emit('send-string', text);
    return true;
  }

  /** For the peer: the channel closed or failed. */
  ended(): void {
    this.#open = false;
  }

  /** For the peer: no call reaches the native object from now on. */
  release(): void {
    this.#open = false;
    this.#object.dispose();
  }
}
