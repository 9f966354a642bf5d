import type { Interval } from './types.ts';

/** In order, and those that touch, or are less than `joinMs` apart, as one. */
export function merged(intervals: readonly Interval[], joinMs = 0): Interval[] {
  const result: Interval[] = [];
  for (const { startMs, endMs } of intervals.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = result.at(-1);
    if (last !== undefined && startMs - last.endMs <= joinMs) {
      result[result.length - 1] = { startMs: last.startMs, endMs: Math.max(last.endMs, endMs) };
    } else {
      result.push({ startMs, endMs });
    }
  }
  return result;
}

/** What is left of them between 0 and `durationMs`, when time 0 is `originMs`. */
export const shifted = (intervals: readonly Interval[], originMs: number, durationMs: number): Interval[] =>
  intervals
    .map(({ startMs, endMs }) => ({
      startMs: Math.max(0, startMs - originMs),
      endMs: Math.min(durationMs, endMs - originMs),
    }))
    .filter(({ startMs, endMs }) => endMs > startMs);

/** How much two files of one track may overlap where one takes over from the other. */
const JOINT_MS = 250;

/** Puts pieces into as few lanes as there are at once, each in order and one after the other. */
export function lanesOf<T extends Interval>(pieces: readonly T[]): T[][] {
  const lanes: T[][] = [];
  for (const piece of pieces.toSorted((a, b) => a.startMs - b.startMs)) {
    const free = lanes.find((lane) => mayFollow(lane.at(-1), piece));
    if (free === undefined) lanes.push([piece]);
    else free.push(piece);
  }
  return lanes;
}

const mayFollow = (last: Interval | undefined, { startMs }: Interval): boolean =>
  last === undefined || (last.endMs - JOINT_MS <= startMs && last.startMs < startMs);
