import { TUNING } from './tuning.ts';

const RISE = (TUNING.floorRise * TUNING.frame) / 1000;

/**
 * The noise floor after one more packet: a low quantile of a publisher's own levels, followed without remembering them.
 * It falls 25 times as fast as it rises, so it settles where one packet of 26 is below it.
 */
export function nextFloor(floor: number, level: number): number {
  if (Number.isNaN(floor)) return firstFloor(Math.min(level, TUNING.floorFirst));
  if (level > floor) return Math.min(level, floor + RISE);
  return Math.max(level, floor - TUNING.floorFall, TUNING.floorMin);
}

/** Levels that are made of sizes tell nothing of a room: there the first one is the floor. */
export const firstFloor = (level: number): number => Math.max(level, TUNING.floorMin);

/** The same after so many frames of silence. */
export const floorAfterSilence = (floor: number, frames: number): number =>
  Math.max(TUNING.floorMin, floor - TUNING.floorFall * frames);

/** Steps above the floor: what the sub-bands of a spectrum are to the paper. */
export const bandsAbove = (floor: number, level: number): number =>
  Math.min(TUNING.bands, Math.max(0, (level - floor) / TUNING.band));

/** dBov; packets that are softer than this are noise, as far as this publisher's floor tells. */
export const gateOver = (floor: number): number =>
  Math.min(TUNING.gateMax, Math.max(TUNING.inaudible, Math.round(floor) + TUNING.gateMargin));
