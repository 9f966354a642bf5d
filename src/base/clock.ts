/** Milliseconds on a clock that never goes back. Everything that decides by time takes one of these or a `now`. */
export interface Clock {
  now(): number;
  /** Calls `callback` once, `delay` ms from now. Never keeps the process alive. */
  after(delay: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(delay, callback) {
    const handle = setTimeout(callback, delay);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};
