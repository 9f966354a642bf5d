/** Something that happens once, and that can be waited for. */
export class Latch {
  readonly #promise: Promise<void>;
  #open: () => void = () => undefined;

  constructor() {
    this.#promise = new Promise((resolve) => (this.#open = resolve));
  }

  open(): void {
    this.#open();
  }

  /** Resolves with whether it happened within `ms`. */
  async within(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, ms, false)));
    try {
      return await Promise.race([this.#promise.then(() => true), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }
}
