import { basename, join } from 'node:path';
import type { Entry } from '../manifest/entries.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { MediaKind } from '../types.ts';
import type { Interval } from './types.ts';

/** What the manifest of one recording says of its files and people. Times are ms since 1970. */
export interface Source {
  readonly conversation: string;
  readonly people: readonly SourcePerson[];
  readonly segments: readonly SourceSegment[];
}

export interface SourcePerson {
  readonly key: string;
  readonly userid: string;
  readonly clientid: string;
  /** While he had a track; the end is infinite where nobody wrote it down. */
  readonly there: readonly Interval[];
}

export interface SourceSegment {
  /** When time 0 of the files is. */
  readonly originMs: number;
  readonly paths: readonly string[];
  /** In the order of the streams of their kind. */
  readonly tracks: readonly { readonly person: string; readonly kind: MediaKind }[];
}

/** @param directory an absolute path */
export function sourceOf(directory: string, { conversation, entries }: Manifest): Source {
  const people = new Map(all(entries, 'participant').map((entry) => [entry.csrc, keyOf(entry)]));
  const tracks = new Map(all(entries, 'track').map((entry) => [entry.ssrc, entry]));
  const segments = all(entries, 'segment-opened').map(({ originMs, files, tracks: ssrcs }) => ({
    originMs,
    // Names only: a manifest is a text that somebody may have written.
    paths: files.map((name) => join(directory, basename(name))),
    tracks: ssrcs.flatMap((ssrc) => {
      const track = tracks.get(ssrc);
      const person = track === undefined ? undefined : people.get(track.csrc);
      return track === undefined || person === undefined ? [] : [{ person, kind: track.kind }];
    }),
  }));
  return { conversation, people: peopleOf(entries), segments };
}

/** Its CSRC is another one after a restart of the service; user and device stay. */
const keyOf = ({ userid, clientid }: { readonly userid: string; readonly clientid: string }): string =>
  JSON.stringify([userid, clientid]);

function peopleOf(entries: readonly Entry[]): SourcePerson[] {
  const people = new Map<string, SourcePerson & { readonly there: Interval[] }>();
  const ends = new Map(all(entries, 'track-ended').map(({ ssrc, atMs }) => [ssrc, atMs]));
  for (const entry of all(entries, 'participant')) {
    const { csrc, userid, clientid } = entry;
    const key = keyOf(entry);
    const person = people.get(key) ?? { key, userid, clientid, there: [] };
    people.set(key, person);
    const tracks = all(entries, 'track').filter((track) => track.csrc === csrc);
    person.there.push(...tracks.map(({ ssrc, atMs }) => ({ startMs: atMs, endMs: ends.get(ssrc) ?? Infinity })));
  }
  return [...people.values()];
}

type EntryOf<T extends Entry['type']> = Extract<Entry, { type: T }>;

const all = <T extends Entry['type']>(entries: readonly Entry[], type: T): EntryOf<T>[] =>
  entries.filter((entry): entry is EntryOf<T> => entry.type === type);
