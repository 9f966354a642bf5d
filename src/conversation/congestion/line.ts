import type { LineFigures } from '../../media/types.ts';

/** Parts of 1, and milliseconds. Why these: docs/decisions/audio-first.md. */
export const TUNING = {
  /** Lost, or standing in a queue: from here on the line is congested, and below the other value it is not any more. */
  badLoss: 0.15,
  goodLoss: 0.1,
  badQueueMs: 300,
  goodQueueMs: 100,
  /** From here on audio is at stake: all video goes at once. */
  heavyLoss: 0.3,
  heavyQueueMs: 1_000,
  /** How long it has to be congested; what is lost in a short break shows for a second and a half. */
  badMs: 2_000,
  /**
   * For so long after it got more, one look that finds it congested is enough, and looks are oftener: sound is lost while
   * it is not sure.
   */
  trialMs: 5_000,
  /** How long it has to be good before it gets more. Twice as long after each try that failed. */
  patienceMs: 5_000,
  maxPatienceMs: 80_000,
  /** A line that is congested so soon after it got more was not ready for it. One that has carried all for long may try anew. */
  relapseMs: 20_000,
  forgivenMs: 60_000,
} as const;

/** How the line was found, and since when. */
interface Mood {
  readonly kind: 'good' | 'fair' | 'bad';
  readonly since: number;
}

interface Known {
  readonly mood: Mood;
  /** When it got less or more video last, or was first looked at. */
  readonly changed: number;
  /** When that was more; null else. */
  readonly raised: number | null;
  readonly patienceMs: number;
}

/** The line to one receiver, and how much video goes over it. */
export type Line =
  /** All that there is a slot for. */
  | (Known & { readonly state: 'open' })
  /** Only so many video slots are filled, one at least. */
  | (Known & { readonly state: 'thinned'; readonly videos: number })
  | (Known & { readonly state: 'paused' });

/** The video slots of a receiver. */
export interface VideoSlots {
  readonly all: number;
  readonly filled: number;
}

export const newLine = (now: number): Line => ({
  state: 'open',
  mood: { kind: 'good', since: now },
  changed: now,
  raised: null,
  patienceMs: TUNING.patienceMs,
});

/** How many video slots may be filled; null for all. */
export function videosOf(line: Line): number | null {
  switch (line.state) {
    case 'open':
      return null;
    case 'thinned':
      return line.videos;
    case 'paused':
      return 0;
    default:
      return line satisfies never;
  }
}

/**
 * The line after another look at it, one each second or oftener: half of the video, then half of that, then none while it
 * is congested; while it is not, one, then twice as many, then all. The same object where nothing has changed.
 */
export function advance(line: Line, figures: LineFigures, slots: VideoSlots, now: number): Line {
  const kind = judge(figures);
  const known: Line = kind === line.mood.kind ? line : { ...line, mood: { kind, since: now } };
  const lasted = now - Math.max(known.mood.since, line.changed);
  switch (kind) {
    case 'bad':
      return (lasted >= TUNING.badMs || isOnTrial(line, now)) && slots.filled > 0
        ? less(known, figures, slots, now)
        : known;
    case 'good':
      return lasted >= (known.state === 'open' ? TUNING.forgivenMs : known.patienceMs)
        ? more(known, slots, now)
        : known;
    case 'fair':
      return known;
    default:
      return kind satisfies never;
  }
}

/** It got more just now: it is not sure that there is room for it. */
export const isOnTrial = (line: Line, now: number): boolean => sinceRaised(line, now) <= TUNING.trialMs;

/** Milliseconds since it got more; Infinity where it got less since. */
const sinceRaised = ({ raised }: Line, now: number): number => (raised === null ? Infinity : now - raised);

/** Where nothing was sent, or nobody tells, nothing is known to be wrong: that is how a line gets its next try. */
function judge({ loss, queueMs }: LineFigures): Mood['kind'] {
  if ((loss ?? 0) >= TUNING.badLoss || (queueMs ?? 0) >= TUNING.badQueueMs) return 'bad';
  return (loss ?? 0) <= TUNING.goodLoss && (queueMs ?? 0) <= TUNING.goodQueueMs ? 'good' : 'fair';
}

function less(line: Line, { loss, queueMs }: LineFigures, { filled }: VideoSlots, now: number): Line {
  const isHeavy = (loss ?? 0) >= TUNING.heavyLoss || (queueMs ?? 0) >= TUNING.heavyQueueMs;
  const videos = isHeavy ? 0 : Math.floor(filled / 2);
  const isRelapse = sinceRaised(line, now) < TUNING.relapseMs;
  const patienceMs = isRelapse ? Math.min(line.patienceMs * 2, TUNING.maxPatienceMs) : line.patienceMs;
  const known: Known = { mood: line.mood, changed: now, raised: null, patienceMs };
  return videos === 0 ? { state: 'paused', ...known } : { state: 'thinned', videos, ...known };
}

function more(line: Line, { all, filled }: VideoSlots, now: number): Line {
  const known: Known = { mood: line.mood, changed: now, raised: now, patienceMs: line.patienceMs };
  switch (line.state) {
    case 'open':
      return line.patienceMs === TUNING.patienceMs ? line : { ...line, patienceMs: TUNING.patienceMs };
    case 'thinned':
      // More would not be used, or be all there are.
      return filled < line.videos || line.videos * 2 >= all
        ? { state: 'open', ...known }
        : { state: 'thinned', videos: line.videos * 2, ...known };
    case 'paused':
      return all <= 1 ? { state: 'open', ...known } : { state: 'thinned', videos: 1, ...known };
    default:
      return line satisfies never;
  }
}
