import type { FileFacts, RecordedTrack, SegmentEnd, TrackFacts } from './types.ts';

/**
 * What the service and a recorder's process say to each other: JSON, one message per line. Packets come by another way,
 * on `PACKETS_FD`. The recorder reports facts and decides nothing about the recording; it ends by itself when either way
 * is closed at the other end.
 */
export type ToRecorder =
  /** Comes first, and once; answered by `ready` or `refused`. */
  | {
      readonly type: 'start';
      readonly recording: string;
      readonly conversation: string;
      /** When the recording began, ms since 1970. */
      readonly startedMs: number;
      /** Where the files go: made by the service, and nobody else's. */
      readonly directory: string;
      readonly pipeline: PipelineText;
      readonly settings: Readonly<Record<string, string | number>>;
      readonly limits: SegmentLimits;
      /** The number of the first segment: higher than any that was used. */
      readonly firstSegment: number;
    }
  | ({ readonly type: 'track' } & RecordedTrack)
  | { readonly type: 'untrack'; readonly ssrc: number }
  /** Ends every segment well, then the process. */
  | { readonly type: 'stop' }
  /**
   * Instead of `start`: whether files could be used. Each that could is answered by `checked`, the first that could not
   * by `refused`; then the process ends.
   */
  | { readonly type: 'check'; readonly pipelines: readonly PipelineToCheck[] };

export interface PipelineText {
  /** Of the file, without `.gst`. */
  readonly name: string;
  readonly text: string;
}

export interface PipelineToCheck extends PipelineText {
  /** What it would be started with; left out: with anything. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** A segment that reaches one of these gives way to the next. */
export interface SegmentLimits {
  readonly seconds: number;
  readonly bytes: number;
}

export type FromRecorder =
  | { readonly type: 'ready' }
  | { readonly type: 'checked'; readonly name: string }
  /** The pipeline file cannot be used. The process ends. */
  | { readonly type: 'refused'; readonly text: string }
  /** The first packet is in its files. */
  | {
      readonly type: 'segment-opened';
      readonly segment: number;
      readonly originMs: number;
      readonly files: readonly string[];
      readonly tracks: readonly number[];
    }
  | {
      readonly type: 'segment-closed';
      readonly segment: number;
      readonly why: SegmentEnd;
      readonly files: readonly FileFacts[];
      readonly tracks: readonly TrackFacts[];
    }
  /** Each second, what is going on: shows that the process lives. */
  | {
      readonly type: 'progress';
      /** It stands still: a pipeline takes nothing more. */
      readonly blocked: boolean;
      readonly frames: number;
      readonly malformed: number;
    }
  /** Please ask the publisher for one. */
  | { readonly type: 'keyframe'; readonly ssrc: number }
  /** This pipeline has nothing for this track. */
  | { readonly type: 'skipped'; readonly ssrc: number; readonly text: string }
  | {
      readonly type: 'measurement';
      readonly ssrc: number | null;
      readonly name: string;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  /** Something went wrong, and it goes on. */
  | { readonly type: 'trouble'; readonly text: string }
  /** Everything is closed; the process ends. */
  | { readonly type: 'stopped' };

/** The descriptor that the recorder reads packets from. */
export const PACKETS_FD = 3;

/** Exit statuses of a recorder's process, as of sysexits.h. */
export const EXIT = { well: 0, refused: 65, failed: 70, protocol: 76 } as const;

/** A longer line is no message of ours. A pipeline file fits. */
export const MAX_LINE = 1024 * 1024;

/** Cuts a stream of text into lines; throws a RangeError at one that is too long. */
export class LineCutter {
  #rest = '';

  /** The lines that end in `text`, without what is empty. */
  push(text: string): string[] {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > MAX_LINE) throw new RangeError(`a line of more than ${MAX_LINE} characters`);
    return lines.filter((line) => line !== '');
  }
}

export const lineOf = (message: ToRecorder | FromRecorder): string => `${JSON.stringify(message)}\n`;

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string' && value.length <= 8192;
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const flag: Check = (value) => typeof value === 'boolean';
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length <= 10_000 && value.every(check);
const object =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(members).every(([name, check]) => check((value as Readonly<Record<string, unknown>>)[name]));

const counters = object({
  packets: number,
  bytes: number,
  lost: number,
  late: number,
  duplicates: number,
  filledMs: number,
});
const trackFacts = object({ ssrc: number, startMs: orNull(number), durationMs: number, counted: orNull(counters) });
const hex: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const fileName: Check = (value) => typeof value === 'string' && /^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$/.test(value);
const end: Check = (value) =>
  (['limit', 'tracks', 'ended', 'stopped', 'error', 'interrupted'] satisfies SegmentEnd[] as unknown[]).includes(value);

/** A recorder runs what an operator wrote, with plugins of others: it is not taken at its word. */
const MESSAGES: Readonly<Record<FromRecorder['type'], Check>> = {
  ready: object({}),
  checked: object({ name: text }),
  refused: object({ text }),
  'segment-opened': object({ segment: number, originMs: number, files: listOf(fileName), tracks: listOf(number) }),
  'segment-closed': object({
    segment: number,
    why: end,
    files: listOf(object({ name: fileName, bytes: number, sha256: hex })),
    tracks: listOf(trackFacts),
  }),
  progress: object({ blocked: flag, frames: number, malformed: number }),
  keyframe: object({ ssrc: number }),
  skipped: object({ ssrc: number, text }),
  measurement: object({ ssrc: orNull(number), name: text, fields: object({}) }),
  trouble: object({ text }),
  stopped: object({}),
};

/** A message of a recorder; null where the line is none. */
export function messageOf(line: string): FromRecorder | null {
  try {
    const value = JSON.parse(line) as { type?: unknown } | null;
    const type = value?.type;
    if (typeof type !== 'string' || !Object.hasOwn(MESSAGES, type)) return null;
    return MESSAGES[type as FromRecorder['type']](value) ? (value as FromRecorder) : null;
  } catch {
    return null;
  }
}
