const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

/**
 * How long to wait after the n-th failure in a row (n from 1), ms: 1 s, doubled each time up to 60 s, and of that a
 * random half to whole, so that what failed together does not come again together.
 *
 * @param random from 0 up to 1
 */
export const backoffMs = (failures: number, random: number): number =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16)) * (0.5 + random / 2);
