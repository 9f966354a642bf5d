/** A token bucket per key, a user or an address: as many at once as a minute allows, then one each time a token has come back. */
export class ConnectRate<Key> {
  readonly #perMinute: number;
  readonly #maxKeys: number;
  /** The least recently used first: it is forgotten when there are too many, and its bucket is the fullest. */
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
    const perMs = this.#perMinute / 60_000;
    const tokens = Math.min(this.#perMinute, bucket.tokens + (now - bucket.at) * perMs);
    const isAllowed = tokens >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: isAllowed ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > this.#maxKeys) this.#forgetOldest();
    return isAllowed ? 0 : (1 - tokens) / perMs;
  }

  #forgetOldest(): void {
    for (const key of this.#buckets.keys()) {
      this.#buckets.delete(key);
      return;
    }
  }
}
