import { Emitter } from '../../base/emitter.ts';
import type { MediaChannel, MediaChannelEvents } from '../types.ts';

/** A data channel whose other side is the test. */
export class FakeChannel implements MediaChannel {
  readonly events = new Emitter<MediaChannelEvents>();
  /** Everything that was sent, oldest first. */
  readonly sent: string[] = [];
  /** Set to true to play a client that reads nothing. */
  stuck = false;

  send(text: string): boolean {
    if (this.stuck) return false;
    this.sent.push(text);
    return true;
  }

  /** The client sends a text. */
  say(text: string): void {
    this.events.emit('message', text);
  }

  /** The client closes the channel. */
  end(): void {
    this.stuck = true;
    this.events.emit('closed');
  }
}
