import type { ProcessIdentity } from '../process-identity.ts';
import type { FileFacts, SegmentEnd, TrackFacts } from '../types.ts';
import { canonical, sha256, type Json } from './canonical.ts';

/** By name. */
export type ShownSettings = Readonly<Record<string, string | number | null>>;

/** Something that happened to a recording. Entries are only ever added; everything else in a manifest follows from them. */
export type Event =
  | {
      readonly type: 'started';
      readonly recording: string;
      readonly conversation: string;
      readonly pipeline: string;
      /** Of the pipeline; null for a secret. Manifests of earlier versions have none. */
      readonly settings?: ShownSettings;
      /** Who asked for it. */
      readonly requestedBy: string;
    }
  | { readonly type: 'participant'; readonly csrc: number; readonly userid: string; readonly clientid: string }
  | {
      readonly type: 'track';
      readonly ssrc: number;
      readonly csrc: number;
      readonly kind: 'audio' | 'video';
      readonly codec: string;
      readonly mid: string;
    }
  | { readonly type: 'track-ended'; readonly ssrc: number }
  /** The recorder's process: `stopped` when it ended as it was told, `ended` otherwise. */
  | {
      readonly type: 'recorder';
      readonly what: 'began' | 'stopped' | 'ended' | 'trouble';
      readonly text: string;
      /** Of one that began: the next service may find it at work. */
      readonly process?: ProcessIdentity;
    }
  /** Packets that the recorder did not take in time. */
  | { readonly type: 'overflow'; readonly packets: number; readonly bytes: number }
  | {
      readonly type: 'segment-opened';
      readonly segment: number;
      /** When time 0 of the files is. */
      readonly originMs: number;
      readonly files: readonly string[];
      /** SSRCs. */
      readonly tracks: readonly number[];
    }
  | {
      readonly type: 'segment-closed';
      readonly segment: number;
      readonly why: SegmentEnd;
      readonly files: readonly FileFacts[];
      readonly tracks: readonly TrackFacts[];
    }
  /** A file that no entry speaks of, found after an interruption. */
  | { readonly type: 'found'; readonly file: FileFacts; readonly durationMs: number | null }
  | { readonly type: 'finished'; readonly interrupted: boolean; readonly text: string };

export type Entry = Event & {
  /** From 0. */
  readonly n: number;
  /** When it was written down, ms since 1970. */
  readonly atMs: number;
  /** The hash of the entry before; zeros for the first. */
  readonly prev: string;
  /** SHA-256 of the canonical JSON of this entry without this member, hex. */
  readonly hash: string;
};

export const NO_HASH = '0'.repeat(64);

export function entryAfter(last: Entry | undefined, atMs: number, event: Event): Entry {
  const entry = { ...event, n: last === undefined ? 0 : last.n + 1, atMs, prev: last?.hash ?? NO_HASH };
  return { ...entry, hash: hashOf(entry) };
}

/** What is wrong with the chain; null where every entry follows from the one before. */
export function chainFault(entries: readonly Entry[]): string | null {
  let prev = NO_HASH;
  for (const [index, { hash, ...entry }] of entries.entries()) {
    if (entry.n !== index) return `entry ${index} is numbered ${entry.n}`;
    if (entry.prev !== prev) return `entry ${index} does not follow from the one before`;
    if (hashOf(entry) !== hash) return `entry ${index} was changed`;
    prev = hash;
  }
  return null;
}

/** By way of JSON, so that what is not there and what is undefined are one. */
const hashOf = (entry: object): string => sha256(canonical(JSON.parse(JSON.stringify(entry)) as Json));
