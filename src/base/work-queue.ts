/**
 * Runs asynchronous tasks one after the other, in the order they were given.
 *
 * A peer owns one: offer, candidates and close never overlap, which webrtcbin needs (going to NULL while one of its
 * promises is in flight leaks file descriptors). After `close` further tasks are refused, never lost.
 */
export class WorkQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Resolves or rejects with the task's own outcome. Rejects with `ClosedError` once closed. */
  run<T>(task: () => Promise<T> | T): Promise<T> {
    if (this.#closed) return Promise.reject(new ClosedError());
    return this.#append(task);
  }

  /** Refuses everything that comes later, waits for what was accepted, then runs `last`. Idempotence is the caller's. */
  close(last: () => Promise<void> | void): Promise<void> {
    this.#closed = true;
    return this.#append(last);
  }

  #append<T>(task: () => Promise<T> | T): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.then(noop, noop);
    return result;
  }
}

/** A task came after the close of what it was for. */
export class ClosedError extends Error {
  constructor() {
    super('closed');
    this.name = 'ClosedError';
  }
}

const noop = (): void => undefined;
