import type { Loss } from '../types.ts';

const FIRST_MS = 200;
/** By how long the connection has been gone: a restart is over soon, and what takes long can wait. */
const CAPS = [
  { until: 30_000, cap: 400 },
  { until: 60_000, cap: 800 },
  { until: 300_000, cap: 5_000 },
] as const;
const LAST_CAP_MS = 15_000;

export interface Try {
  readonly why: Loss;
  /** Counts from 1. */
  readonly attempt: number;
  /** Since the loss, ms. */
  readonly elapsed: number;
  /** Seconds that the service asked for; null where it did not. */
  readonly retryAfter: number | null;
  /** From 0 to 1. */
  readonly random: number;
}

/**
 * How long to wait before the next attempt, ms: doubling up to a cap, half of it at random. All clients of a service lose
 * it at the same moment: those that were told of a restart spread over a second.
 */
export function delayOf({ why, attempt, elapsed, retryAfter, random }: Try): number {
  if (retryAfter !== null) return retryAfter * 1_000 + random * FIRST_MS;
  if (attempt === 1) return why === 'shutdown' ? FIRST_MS + random * 800 : random * FIRST_MS;
  const cap = CAPS.find(({ until }) => elapsed < until)?.cap ?? LAST_CAP_MS;
  return Math.min(cap, FIRST_MS * 2 ** (attempt - 2)) * (0.5 + random / 2);
}
