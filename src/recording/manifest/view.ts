import type { FileFacts, SegmentEnd, TrackFacts } from '../types.ts';
import type { Entry, ShownSettings } from './entries.ts';

/** What people and programs want to know of a recording. It follows from the entries alone. */
export interface View {
  readonly recording: string;
  readonly conversation: string;
  readonly pipeline: string;
  /** Null: a secret. */
  readonly settings?: ShownSettings;
  readonly requestedBy: string;
  readonly startedAt: string;
  readonly state: 'running' | 'finished';
  /** Something ended without being stopped: the service, at least once. */
  readonly interrupted: boolean;
  readonly participants: readonly Participant[];
  readonly segments: readonly Segment[];
  /** Files that belong to no segment. */
  readonly found: readonly FileFacts[];
  /** Packets that the recorder did not take in time. */
  readonly overflowPackets: number;
  /** What went wrong with the recorder, oldest first. */
  readonly troubles: readonly { readonly at: string; readonly text: string }[];
}

export interface Participant {
  readonly csrc: number;
  readonly userid: string;
  readonly clientid: string;
  readonly tracks: readonly TrackView[];
}

export interface TrackView {
  readonly ssrc: number;
  readonly kind: string;
  readonly codec: string;
  readonly mid: string;
  /** Where nothing was recorded between two segments. */
  readonly gaps: readonly Gap[];
}

export interface Gap {
  readonly atMs: number;
  readonly ms: number;
  readonly why:
    /** The recorder or the service was not there. */
    | 'recorder'
    /** The pipeline failed. */
    | 'pipeline'
    /** Nothing was sent. */
    | 'silent';
}

export interface Segment {
  readonly segment: number;
  readonly start: string;
  readonly originMs: number;
  readonly closed: SegmentEnd | null;
  readonly files: readonly (FileFacts | { readonly name: string })[];
  readonly tracks: readonly TrackFacts[];
  /** The longest of its tracks. */
  readonly durationMs: number;
}

/** Shorter gaps are the joint of two segments: packets are 20 ms of sound, or a picture. */
const GAP_MS = 100;

export function viewOf(entries: readonly Entry[]): View {
  const first = entries[0];
  if (first?.type !== 'started') throw new RangeError('the first entry does not start a recording');
  const finished = last(entries, 'finished');
  const segments = segmentsOf(entries);
  return {
    recording: first.recording,
    conversation: first.conversation,
    pipeline: first.pipeline,
    ...(first.settings !== undefined && { settings: first.settings }),
    requestedBy: first.requestedBy,
    startedAt: iso(first.atMs),
    state: finished === undefined ? 'running' : 'finished',
    interrupted: all(entries, 'finished').some(({ interrupted }) => interrupted),
    participants: participantsOf(entries, segments),
    segments,
    found: all(entries, 'found').map(({ file }) => file),
    overflowPackets: all(entries, 'overflow').reduce((sum, { packets }) => sum + packets, 0),
    troubles: all(entries, 'recorder')
      .filter(({ what }) => what === 'ended' || what === 'trouble')
      .map(({ atMs, text }) => ({ at: iso(atMs), text })),
  };
}

type EntryOf<T extends Entry['type']> = Extract<Entry, { type: T }>;

const all = <T extends Entry['type']>(entries: readonly Entry[], type: T): EntryOf<T>[] =>
  entries.filter((entry): entry is EntryOf<T> => entry.type === type);

const last = <T extends Entry['type']>(entries: readonly Entry[], type: T): EntryOf<T> | undefined =>
  all(entries, type).at(-1);

const iso = (ms: number): string => new Date(ms).toISOString();

function segmentsOf(entries: readonly Entry[]): Segment[] {
  const closed = new Map(all(entries, 'segment-closed').map((entry) => [entry.segment, entry]));
  return all(entries, 'segment-opened').map(({ segment, originMs, files }) => {
    const end = closed.get(segment);
    const tracks = end?.tracks ?? [];
    return {
      segment,
      start: iso(originMs),
      originMs,
      closed: end?.why ?? null,
      files: end?.files ?? files.map((name) => ({ name })),
      tracks,
      durationMs: Math.max(0, ...tracks.map((track) => endOf(track) - originMs)),
    };
  });
}

const endOf = ({ startMs, durationMs }: TrackFacts): number => (startMs ?? 0) + durationMs;

function participantsOf(entries: readonly Entry[], segments: readonly Segment[]): Participant[] {
  const tracks = all(entries, 'track');
  return all(entries, 'participant').map(({ csrc, userid, clientid }) => ({
    csrc,
    userid,
    clientid,
    tracks: tracks
      .filter((track) => track.csrc === csrc)
      .map(({ ssrc, kind, codec, mid }) => ({ ssrc, kind, codec, mid, gaps: gapsOf(ssrc, entries, segments) })),
  }));
}

/** A track may be in two segments for a moment, while one takes over from the other. */
function gapsOf(ssrc: number, entries: readonly Entry[], segments: readonly Segment[]): Gap[] {
  const pieces = segments
    .flatMap(({ tracks, closed }) => tracks.map((track) => ({ ...track, closed })))
    .filter((piece) => piece.ssrc === ssrc && piece.startMs !== null)
    .sort((a, b) => (a.startMs ?? 0) - (b.startMs ?? 0));
  const gaps: Gap[] = [];
  let end: number | null = null;
  let before: SegmentEnd | null = null;
  for (const piece of pieces) {
    const start = piece.startMs ?? 0;
    if (end !== null && start - end > GAP_MS) {
      gaps.push({ atMs: end, ms: start - end, why: whyOf(before, entries, end, start) });
    }
    end = Math.max(end ?? 0, endOf(piece));
    before = piece.closed;
  }
  return gaps;
}

function whyOf(before: SegmentEnd | null, entries: readonly Entry[], from: number, to: number): Gap['why'] {
  if (before === 'interrupted') return 'recorder';
  const away = all(entries, 'recorder').some(({ what, atMs }) => what === 'ended' && atMs >= from && atMs <= to);
  if (away) return 'recorder';
  return before === 'error' ? 'pipeline' : 'silent';
}
