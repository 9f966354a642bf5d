/** A typed event source with one listener list per event. A listener that throws harms neither the others nor the source. */
export class Emitter<Events extends Record<string, readonly unknown[]>> {
  readonly #listeners = new Map<keyof Events, Set<(...args: never[]) => void>>();
  readonly #onError: (error: unknown) => void;

  /** @param onError gets what a listener threw; the default hands it to the process as an uncaught exception. */
  constructor(onError: (error: unknown) => void = throwLater) {
    this.#onError = onError;
  }

  /** Returns the function that ends the subscription; calling it twice does nothing more. */
  on<E extends keyof Events>(event: E, listener: (...args: Events[E]) => void): () => void {
    const set = this.#listeners.get(event) ?? new Set();
    set.add(listener);
    this.#listeners.set(event, set);
    return () => set.delete(listener);
  }

  emit<E extends keyof Events>(event: E, ...args: Events[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as (...args: Events[E]) => void)(...args);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}

const throwLater = (error: unknown): void => {
  queueMicrotask(() => {
    throw error;
  });
};
