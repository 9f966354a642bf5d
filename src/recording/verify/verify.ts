import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileFacts } from '../file-facts.ts';
import { readManifest, type Manifest } from '../manifest/manifest.ts';
import { MANIFEST } from '../manifest/store.ts';
import type { Segment } from '../manifest/view.ts';
import type { Prober } from '../probe.ts';
import type { FileFacts } from '../types.ts';

/** What is wrong with a recording. */
export interface Damage {
  /** Null where it is about no segment: the manifest, or a file that belongs to none. */
  readonly segment: number | null;
  readonly file: string;
  readonly text: string;
}

/** How much a file may differ from what was counted, ms: the last packet has a length that only a decoder knows. */
const TOLERANCE_MS = 500;

export type Progress = (file: string, damages: readonly Damage[]) => void;

/**
 * Checks the manifest's chain, and each file against it: there, unchanged, decodable, as long as it says. The damages are
 * in the order of the segments. Rejects where there is no manifest.
 */
export async function verifyRecording(directory: string, probe: Prober, progress: Progress): Promise<Damage[]> {
  const text = await readFile(join(directory, MANIFEST), 'utf8');
  const manifest = manifestOr(text);
  if (manifest instanceof Error) return [{ segment: null, file: MANIFEST, text: manifest.message }];
  const damages: Damage[] = [];
  const check = async (segment: Segment | null, file: FileFacts | { readonly name: string }): Promise<void> => {
    const faults = await faultsOf(directory, segment, file, probe);
    const found = faults.map((fault) => ({ segment: segment?.segment ?? null, file: file.name, text: fault }));
    damages.push(...found);
    progress(file.name, found);
  };
  for (const segment of manifest.segments) for (const file of segment.files) await check(segment, file);
  for (const file of manifest.found) await check(null, file);
  for (const name of await strangers(directory, manifest)) {
    damages.push({ segment: null, file: name, text: 'the manifest does not know it' });
  }
  return damages;
}

function manifestOr(text: string): Manifest | Error {
  try {
    return readManifest(text);
  } catch (error) {
    return error as Error;
  }
}

async function faultsOf(
  directory: string,
  segment: Segment | null,
  file: FileFacts | { readonly name: string },
  probe: Prober,
): Promise<string[]> {
  const path = join(directory, file.name);
  const state = await lstat(path).catch(() => null);
  if (state === null) return ['it is gone'];
  if (!state.isFile()) return ['it is no plain file'];
  if ('sha256' in file) {
    const facts = await fileFacts(path);
    if (facts.bytes !== file.bytes) return [`it has ${facts.bytes} bytes, not ${file.bytes}`];
    if (facts.sha256 !== file.sha256) return ['it was changed: its SHA-256 is another'];
  }
  return decoded(path, segment, probe);
}

/** What is known of no segment, or was written when everything ended, may be short; what is in it must be sound. */
async function decoded(path: string, segment: Segment | null, probe: Prober): Promise<string[]> {
  try {
    const { durationMs, streams, faults } = await probe(path, { decode: true });
    const isEmpty = !streams.some(({ buffers }) => buffers > 0);
    if (isEmpty && mayBeEmpty(segment)) return [];
    if (faults[0] !== undefined) return [`it cannot be decoded: ${faults[0]}`];
    if (segment?.closed == null) return [];
    if (isEmpty) return ['there is nothing in it'];
    const short = segment.durationMs - durationMs;
    return short > TOLERANCE_MS ? [`it plays ${durationMs} ms, not ${Math.round(segment.durationMs)}`] : [];
  } catch (error) {
    return segment === null || hasNoTime(segment) ? [] : [`it cannot be played: ${(error as Error).message}`];
  }
}

/** In order, and no time: packets came, and no whole picture. */
const hasNoTime = ({ tracks }: Segment): boolean =>
  tracks.length > 0 && tracks.every(({ counted, durationMs }) => counted !== null && durationMs === 0);

/** Its head was written, and nothing behind it: it ended before the first picture was whole, or with its recorder. */
const mayBeEmpty = (segment: Segment | null): boolean =>
  segment?.closed == null || segment.tracks.every(({ durationMs }) => durationMs === 0);

async function strangers(directory: string, { segments, found }: Manifest): Promise<string[]> {
  const known = new Set([MANIFEST, ...segments.flatMap(({ files }) => files.map(({ name }) => name))]);
  for (const { name } of found) known.add(name);
  return (await readdir(directory)).filter((name) => !known.has(name) && !name.startsWith('.')).sort();
}
