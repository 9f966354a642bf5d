import { Emitter } from '../../base/emitter.ts';
import type { MediaChannel, MediaChannelEvents } from '../types.ts';

/** A data channel whose other side is the test. */
export class FakeChannel implements MediaChannel {
  readonly events = new Emitter<MediaChannelEvents>();
  /** Everything that was sent, oldest first. */
  readonly sent: string[] = [];
  /** Set to true to play a client that reads nothing, or has closed the channel. */
  stuck = false;

  send(text: string): boolean {
    if (this.stuck) return false;
    this.sent.push(text);
    return true;
  }
}
