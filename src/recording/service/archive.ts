import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ServiceError } from '../../base/errors.ts';
import { onDisk } from '../disk-turns.ts';
import { ManifestError, readManifest, type Manifest } from '../manifest/manifest.ts';
import { MANIFEST } from '../manifest/store.ts';
import { idOfFolder, recordingFolders } from './folders.ts';
import { damagedSummary, summaryOf, type RecordingSummary } from './summary.ts';

export interface Archived {
  readonly summary: RecordingSummary;
  readonly manifest: Manifest;
}

/**
 * The recordings on the disk, whichever process made them. The folders are walked once; what this process adds later it
 * tells, what somebody takes away is missing when it is read.
 */
export class Archive {
  readonly #directory: string;
  readonly #added = new Map<string, string>();
  #walked: Promise<Map<string, string>> | null = null;
  /** Those that are listed and have ended: they change no more. */
  #known = new Map<string, RecordingSummary>();

  /** @param directory of all recordings */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** A recording has begun in this directory. */
  add(id: string, path: string): void {
    this.#added.set(id, path);
  }

  /** Null where there is none. Rejects with a ServiceError `recording-damaged`. */
  async get(id: string): Promise<Archived | null> {
    const path = (await this.#paths()).get(id);
    if (path === undefined) return null;
    try {
      return await read(path);
    } catch (cause) {
      if (!(cause instanceof ManifestError)) throw cause;
      throw new ServiceError('recording-damaged', { detail: cause.message, cause });
    }
  }

  /** The newest so many, oldest first, without those that `isLeftOut`. */
  async list(count: number, isLeftOut: (id: string) => boolean): Promise<readonly RecordingSummary[]> {
    const paths = [...(await this.#paths())].filter(([id]) => !isLeftOut(id));
    const newest = paths.sort(([, a], [, b]) => (basename(a) < basename(b) ? -1 : 1)).slice(-count);
    const summaries: RecordingSummary[] = [];
    // One after the other: nobody is to wait for a long list.
    for (const [id, path] of newest) {
      const summary = this.#known.get(id) ?? (await summaryIn(id, path));
      if (summary !== null) summaries.push(summary);
    }
    this.#known = new Map(summaries.filter(({ state }) => state === 'ended').map((summary) => [summary.id, summary]));
    return summaries;
  }

  async #paths(): Promise<ReadonlyMap<string, string>> {
    this.#walked ??= onDisk(() => this.#walk()).catch((error: unknown) => {
      this.#walked = null;
      throw error;
    });
    return new Map([...(await this.#walked), ...this.#added]);
  }

  async #walk(): Promise<Map<string, string>> {
    const paths = new Map<string, string>();
    for await (const path of recordingFolders(this.#directory)) {
      const id = idOfFolder(path);
      if (id !== null) paths.set(id, path);
    }
    return paths;
  }
}

/** Null where somebody took it away. Rejects with a ManifestError where it cannot be read. */
async function read(path: string): Promise<Archived | null> {
  try {
    const manifest = readManifest(await onDisk(() => readFile(join(path, MANIFEST), 'utf8')));
    const state = manifest.state === 'finished' ? 'ended' : 'interrupted';
    return { summary: summaryOf(manifest, state, path), manifest };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function summaryIn(id: string, path: string): Promise<RecordingSummary | null> {
  try {
    return (await read(path))?.summary ?? null;
  } catch (error) {
    if (error instanceof ManifestError) return damagedSummary(id, path);
    throw error;
  }
}
