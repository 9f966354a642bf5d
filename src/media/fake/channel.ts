import type { MediaChannel } from '../types.ts';

/** A data channel whose other side is the test. */
export class FakeChannel implements MediaChannel {
  /** Everything that was sent, oldest first. */
  readonly sent: string[] = [];
  /** Set to true to play a client that reads nothing, or has closed the channel. */
  stuck = false;
  readonly #listeners: ((text: string) => void)[] = [];

  send(text: string): boolean {
    if (this.stuck) return false;
    this.sent.push(text);
    return true;
  }

  onMessage(listener: (text: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Plays a message of the client. */
  receive(text: string): void {
    for (const listener of this.#listeners) listener(text);
  }
}
