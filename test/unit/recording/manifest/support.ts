import { entryAfter, type Entry, type Event } from '../../../../src/recording/manifest/entries.ts';
import type { TrackFacts } from '../../../../src/recording/types.ts';

export const START = Date.UTC(2026, 10, 22, 20);

export const started: Event = {
  type: 'started',
  recording: 'r1',
  conversation: 'room',
  pipeline: 'record-track',
  requestedBy: 'admin',
};
export const ann: Event = { type: 'participant', csrc: 7, userid: 'ann', clientid: 'laptop' };
export const voice: Event = { type: 'track', ssrc: 1, csrc: 7, kind: 'audio', codec: 'opus', mid: '0' };

/** Entries a second apart. */
export function entriesOf(...events: readonly Event[]): Entry[] {
  const entries: Entry[] = [];
  for (const [index, event] of events.entries()) {
    entries.push(entryAfter(entries.at(-1), START + index * 1000, event));
  }
  return entries;
}

export const facts = (over: Partial<TrackFacts> = {}): TrackFacts => ({
  ssrc: 1,
  startMs: START,
  durationMs: 10_000,
  counted: { packets: 500, bytes: 40_000, lost: 0, late: 0, duplicates: 0, filledMs: 0 },
  ...over,
});

export const opened = (segment: number, originMs: number, tracks: readonly number[] = [1]): Event => ({
  type: 'segment-opened',
  segment,
  originMs,
  files: [`a-${segment}.webm`],
  tracks,
});

export const closed = (
  segment: number,
  tracks: readonly TrackFacts[],
  why: Extract<Event, { type: 'segment-closed' }>['why'] = 'limit',
): Event => ({
  type: 'segment-closed',
  segment,
  why,
  files: [{ name: `a-${segment}.webm`, bytes: 100, sha256: 'ab'.repeat(32) }],
  tracks,
});
