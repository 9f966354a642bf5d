import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onDisk } from '../disk-turns.ts';
import { fileFacts } from '../file-facts.ts';
import type { Prober } from '../probe.ts';
import type { FileFacts, TrackFacts } from '../types.ts';
import type { Entry, Event } from './entries.ts';
import type { Manifest } from './manifest.ts';
import { MANIFEST, ManifestStore } from './store.ts';

export interface CompleteOptions {
  readonly probe: Prober;
  /** ms since 1970. */
  readonly nowMs: () => number;
  /** Resolves when no recorder is at work on it any more. */
  readonly abandoned: (manifest: Manifest) => Promise<void>;
  readonly onSegmentClosed: (manifest: Manifest, segment: ClosedSegment) => void;
}

/** What is told of a segment whose recorder has gone. */
export interface ClosedSegment {
  readonly segment: number;
  readonly durationMs: number;
  readonly files: number;
}

/**
 * Ends a recording that was interrupted: what is not known of its open segments is read from their files. Returns null
 * where it had ended well. Throws a `ManifestError` where somebody changed the manifest: that is not to be hidden.
 */
export async function completeRecording(
  directory: string,
  { probe, nowMs, abandoned, onSegmentClosed }: CompleteOptions,
): Promise<Manifest | null> {
  const store = await ManifestStore.open(directory);
  if (store.manifest.state === 'finished') return null;
  await abandoned(store.manifest);
  const onClosed = (segment: ClosedSegment): void => onSegmentClosed(store.manifest, segment);
  await closeSegments(openSegments(store.manifest.entries), store, nowMs, probe, onClosed);
  await addFoundFiles(store, nowMs, probe);
  store.add(nowMs(), { type: 'finished', interrupted: true, text: 'the service ended before the recording' });
  await store.settled();
  return store.manifest;
}

/** Closes segments whose recorder has gone: what is not known of them is read from their files. */
export async function closeSegments(
  segments: readonly Extract<Event, { type: 'segment-opened' }>[],
  store: ManifestStore,
  nowMs: () => number,
  probe: Prober,
  onClosed: (segment: ClosedSegment) => void,
): Promise<void> {
  const { directory } = store;
  for (const opened of segments) {
    const files = await Promise.all(opened.files.map((name) => fileFactsOrNull(join(directory, name))));
    const there = files.filter((file) => file !== null);
    const durationMs = await longest(directory, there, probe);
    const tracks = opened.tracks.map((ssrc) => unknownFacts(ssrc, opened.originMs, durationMs));
    store.add(nowMs(), { type: 'segment-closed', segment: opened.segment, why: 'interrupted', files: there, tracks });
    onClosed({ segment: opened.segment, durationMs, files: there.length });
  }
}

/** Writes down the files that a recorder had begun and not yet told of. None may be at work. */
export async function addFoundFiles(store: ManifestStore, nowMs: () => number, probe: Prober): Promise<void> {
  const { directory } = store;
  for (const name of await strangers(directory, store.manifest)) {
    const file = await fileFactsOrNull(join(directory, name));
    if (file === null) continue;
    const durationMs = await durationOf(directory, file, probe);
    store.add(nowMs(), { type: 'found', file, durationMs });
  }
}

type Opened = Extract<Entry, { type: 'segment-opened' }>;

function openSegments(entries: readonly Entry[]): Opened[] {
  const closed = new Set(entries.flatMap((entry) => (entry.type === 'segment-closed' ? [entry.segment] : [])));
  return entries.filter((entry): entry is Opened => entry.type === 'segment-opened' && !closed.has(entry.segment));
}

async function fileFactsOrNull(path: string): Promise<FileFacts | null> {
  try {
    return await onDisk(() => fileFacts(path));
  } catch {
    // It is gone, or is no plain file: then it is none of the recording's.
    return null;
  }
}

async function longest(directory: string, files: readonly FileFacts[], probe: Prober): Promise<number> {
  const durations = await Promise.all(files.map((file) => durationOf(directory, file, probe)));
  return Math.max(0, ...durations.map((duration) => duration ?? 0));
}

async function durationOf(directory: string, { name }: FileFacts, probe: Prober): Promise<number | null> {
  try {
    return (await probe(join(directory, name), { decode: false })).durationMs;
  } catch {
    // Nothing that could be played.
    return null;
  }
}

/** Counters died with the recorder; what a player finds in the file is known. */
const unknownFacts = (ssrc: number, startMs: number, durationMs: number): TrackFacts => ({
  ssrc,
  startMs,
  durationMs,
  counted: null,
});

async function strangers(directory: string, { segments }: Manifest): Promise<string[]> {
  const known = new Set(segments.flatMap(({ files }) => files.map(({ name }) => name)));
  const names = await onDisk(() => readdir(directory));
  return names.filter((name) => !known.has(name) && !name.startsWith('.') && !name.startsWith(MANIFEST)).sort();
}
