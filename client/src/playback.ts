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
    Object.assign(element, { autoplay: true, muted, srcObject: stream });
    this.#elements.set(element, stream);
    void this.#play(element);
    return () => {
      if (this.#elements.get(element) !== stream) return;
      this.#elements.delete(element);
      element.srcObject = null;
    };
  }

  /** A stream has a new track: an element that had come to its end goes on. */
  changed(stream: MediaStream): void {
    for (const [element, each] of this.#elements) if (each === stream) void this.#play(element);
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
    await Promise.all([...this.#elements.keys()].map((element) => this.#play(element)));
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
