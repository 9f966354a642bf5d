type Listeners<Events extends Record<string, readonly unknown[]>> = {
  [E in keyof Events]?: Set<(...args: Events[E]) => void>;
};

/** A typed event source with one listener list per event. A listener that throws harms neither the others nor the source. */
export class Emitter<Events extends Record<string, readonly unknown[]>> {
  #listeners: Listeners<Events> = {};
  readonly #onError: (error: unknown) => void;

  /** @param onError gets what a listener threw; the default hands it to the process as an uncaught exception. */
  constructor(onError: (error: unknown) => void = throwLater) {
    this.#onError = onError;
  }

  /** Returns the function that ends the subscription; calling it twice does nothing more. */
  on<E extends keyof Events>(event: E, listener: (...args: Events[E]) => void): () => void {
    const set = (this.#listeners[event] ??= new Set());
    set.add(listener);
    return () => set.delete(listener);
  }

  emit<E extends keyof Events>(event: E, ...args: Events[E]): void {
    for (const listener of [...(this.#listeners[event] ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  clear(): void {
    this.#listeners = {};
  }
}

const throwLater = (error: unknown): void => {
  queueMicrotask(() => {
    throw error;
  });
};
