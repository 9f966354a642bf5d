import { activeBlocks, activeFrames } from './activity.ts';
import type { Publisher } from './publisher.ts';
import { TUNING } from './tuning.ts';

/**
 * Dominant speaker identification after I. Volfin and I. Cohen, Computer Speech & Language 27 (2013) 895-910.
 *
 * Each of three windows has a number of parts, of which some are active: steps above the noise floor just now, frames of
 * the last 300 ms, blocks of the last 3 s. A score is the logarithm of how much likelier that number is when somebody
 * speaks (binomial) than when nobody does (exponential); one publisher is compared with another by the logarithm of the
 * ratio of their scores. Scores never fall with activity, and never below a small positive number.
 */
export interface Scores {
  readonly immediate: number;
  readonly medium: number;
  readonly long: number;
}

const LEAST = 1e-10;

const IMMEDIATE = scoreTable(TUNING.bands, TUNING.immediateDecay);
const MEDIUM = scoreTable(TUNING.mediumFrames, TUNING.mediumDecay);
const LONG = scoreTable(TUNING.longBlocks, TUNING.longDecay);

/** The score of every number of active parts, 0 to `parts`. */
export function scoreTable(parts: number, decay: number): readonly number[] {
  const scores: number[] = [];
  let choices = 0;
  for (let active = 0; active <= parts; active++) {
    if (active > 0) choices += Math.log((parts - active + 1) / active);
    const score = choices - parts * Math.LN2 - Math.log(decay) + decay * active;
    scores.push(Math.max(score, scores.at(-1) ?? LEAST));
  }
  return scores;
}

export const scoresOf = (publisher: Publisher): Scores => ({
  immediate: IMMEDIATE[publisher.bands] ?? LEAST,
  medium: MEDIUM[activeFrames(publisher)] ?? LEAST,
  long: LONG[activeBlocks(publisher)] ?? LEAST,
});

/** Does the one dominate the other in all three windows? */
export function dominates(one: Publisher, other: Publisher): boolean {
  const [a, b] = [scoresOf(one), scoresOf(other)];
  return (
    Math.log(a.immediate / b.immediate) > TUNING.c1 &&
    Math.log(a.medium / b.medium) > TUNING.c2 &&
    Math.log(a.long / b.long) > TUNING.c3
  );
}
