/** Messages of a client: as many at once, and then as many per second. Nobody clicks faster. */
export const BURST = 20;
export const PER_SECOND = 10;

export interface Bucket {
  readonly tokens: number;
  /** Milliseconds. */
  readonly at: number;
}

export const fullBucket = (now: number): Bucket => ({ tokens: BURST, at: now });

/** The bucket with a token less, or null where there is none: then `bucket` still holds what was saved up. */
export function take({ tokens, at }: Bucket, now: number): Bucket | null {
  const saved = Math.min(BURST, tokens + ((now - at) / 1_000) * PER_SECOND);
  return saved >= 1 ? { tokens: saved - 1, at: now } : null;
}
