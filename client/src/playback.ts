/** The elements that play somebody, and whether the browser lets them. */
export class Playback {
  readonly #elements = new Map<HTMLMediaElement, MediaStream>();
  readonly #onBlocked: (blocked: boolean) => void;
  #blocked = false;

  constructor(onBlocked: (blocked: boolean) => void) {
    this.#onBlocked = onBlocked;
  }

  /** Returns what ends it. */
  start(element: HTMLMediaElement, stream: MediaStream, muted: boolean): () => void {
    Object.assign(element, { autoplay: true, muted, srcObject: null });
    this.#elements.set(element, stream);
    this.changed(stream);
    return () => {
      if (this.#elements.get(element) !== stream) return;
      this.#elements.delete(element);
      element.srcObject = null;
    };
  }

  /**
   * A stream has a new track: an element that had come to its end goes on. An element gets its stream with the first
   * track: Chromium never plays what comes into one that was empty when it was set.
   */
  changed(stream: MediaStream): void {
    if (stream.getTracks().length === 0) return;
    for (const [element, each] of this.#elements) {
      if (each !== stream) continue;
      if (element.srcObject !== stream) element.srcObject = stream;
      void this.#play(element);
    }
  }

  /** Whoever had the stream is not here any more. */
  end(stream: MediaStream): void {
    for (const [element, each] of this.#elements) {
      if (each !== stream) continue;
      this.#elements.delete(element);
      element.srcObject = null;
    }
  }

  /** In a click: everything that did not play. */
  async resume(): Promise<void> {
    this.#block(false);
    const ready = [...this.#elements].filter(([element, stream]) => element.srcObject === stream);
    await Promise.all(ready.map(([element]) => this.#play(element)));
  }

  stop(): void {
    for (const element of this.#elements.keys()) element.srcObject = null;
    this.#elements.clear();
  }

  async #play(element: HTMLMediaElement): Promise<void> {
    try {
      await element.play();
    } catch (error) {
      // Others come of an element that got another stream meanwhile, or is gone.
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.#block(true);
    }
  }

  #block(blocked: boolean): void {
    if (blocked === this.#blocked) return;
    this.#blocked = blocked;
    this.#onBlocked(blocked);
  }
}
