// What is computed from what a soak saw. Pure.
import { quantile } from '../figures.mjs';

/** How long after a change somebody must hear, µs. */
const SETTLE_US = 3_000_000;

/**
 * Who heard nothing although somebody talked in his room all the time.
 *
 * @typedef {{ id: number, room: number, sinceUs: number, talksSinceUs: number, isUp: boolean,
 *   heard: import('./ear.mjs').Heard }} Report of a member over the last interval
 * @param {readonly Report[]} reports @param {number} beganUs when the interval did
 */
export function deafOf(reports, beganUs) {
  const isSteady = ({ isUp, room, sinceUs }) => isUp && room !== 0 && sinceUs + SETTLE_US < beganUs;
  const steady = reports.filter(isSteady);
  const talkers = steady.filter(({ talksSinceUs }) => talksSinceUs + SETTLE_US < beganUs);
  return steady.filter(
    ({ id, room, heard }) => heard.packets === 0 && talkers.some((talker) => talker.id !== id && talker.room === room),
  );
}

/**
 * By how much y grows with each x: the median of the slopes between all pairs (Theil–Sen), which single outliers do not
 * move. Null of fewer than two.
 *
 * @param {readonly { x: number, y: number }[]} points
 */
export function slopeOf(points) {
  const slopes = points
    .flatMap((a, i) => points.slice(i + 1).map((b) => (b.y - a.y) / (b.x - a.x)))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return quantile(slopes, 0.5);
}
