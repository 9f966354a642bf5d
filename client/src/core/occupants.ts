import type { Kind } from '../types.ts';

/** What `slots` said last about a slot, and when. Milliseconds, as everywhere here. */
export interface Told {
  readonly csrc: number | null;
  readonly at: number;
}

/** The talker of the last packet that was played in a slot, and when it was. */
export interface Heard {
  readonly csrc: number;
  readonly at: number;
}

/** Packets that play come more often than this; `slots` may come so much before the last of whoever is in it no more. */
const LATE_MS = 300;

/** Without the events channel: whoever is not heard for so long is here no more. Browsers remember for as long. */
const FORGOTTEN_MS = 10_000;

/**
 * Who plays in a slot: a CSRC, null for nobody. `slots` and the packets come over different ways, so one of them is
 * often late. A change shows in the packets to the frame: while they come, they are right. When they have stopped, for a
 * slot that is empty or whose talker is silent, `slots` is. But a picture stays until there is another: one that was
 * somebody else's when it was last played is nobody's until then.
 *
 * @param told null where nothing was said: then the packets are all there is
 * @param heard null where nothing was played, or the browser does not show CSRCs
 */
export function occupant(kind: Kind, told: Told | null, heard: Heard | null, now: number): number | null {
  if (told === null) return heard !== null && now - heard.at < FORGOTTEN_MS ? heard.csrc : null;
  // Of an empty slot only what was played after it was emptied counts.
  const counts = heard !== null && (told.csrc !== null || heard.at > told.at + LATE_MS);
  if (counts && now - heard.at < LATE_MS) return heard.csrc;
  const isStale = kind === 'video' && heard !== null && heard.csrc !== told.csrc;
  return isStale ? null : told.csrc;
}

/** What `getContributingSources` tells. */
export interface Source {
  readonly source: number;
  readonly timestamp: number;
}

/** What was seen of the packets of one slot: `timestamp` is the browser's, of a clock that is not ours. */
export interface Sighting extends Heard {
  readonly timestamp: number;
}

/** The sighting after a look at the sources; the one before where no packet was played since. */
export function sight(before: Sighting | null, sources: readonly Source[], now: number): Sighting | null {
  const latest = sources.reduce<Source | null>(
    (best, each) => (best === null || each.timestamp > best.timestamp ? each : best),
    null,
  );
  if (latest === null) return before;
  const isSame = before?.csrc === latest.source && before.timestamp === latest.timestamp;
  return isSame ? before : { csrc: latest.source, timestamp: latest.timestamp, at: now };
}
