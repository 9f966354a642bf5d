/** After which a bucket that nobody takes from is full, as if it had never been there. */
const FULL_AFTER_MS = 60_000;

/** A token bucket per key, a user or an address: as many at once as a minute allows, then one each time a token has come back. */
export class ConnectRate<Key> {
  readonly #perMinute: number;
  readonly #maxKeys: number;
  /** The least recently used first: it is forgotten when its bucket is full again, or there are too many. */
  readonly #buckets = new Map<Key, { readonly tokens: number; readonly at: number }>();

  constructor(perMinute: number, maxKeys = 10_000) {
    this.#perMinute = perMinute;
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes a token and returns 0, or returns the milliseconds until there is one. `now` in milliseconds. */
  take(key: Key, now: number): number {
    const bucket = this.#buckets.get(key) ?? { tokens: this.#perMinute, at: now };
    const perMs = this.#perMinute / FULL_AFTER_MS;
    const tokens = Math.min(this.#perMinute, bucket.tokens + (now - bucket.at) * perMs);
    const isAllowed = tokens >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: isAllowed ? tokens - 1 : tokens, at: now });
    this.#forget(now);
    return isAllowed ? 0 : (1 - tokens) / perMs;
  }

  #forget(now: number): void {
    for (const [key, { at }] of this.#buckets) {
      if (this.#buckets.size <= this.#maxKeys && now - at < FULL_AFTER_MS) return;
      this.#buckets.delete(key);
    }
  }
}
