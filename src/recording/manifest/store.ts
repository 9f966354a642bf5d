import { open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { onDisk } from '../disk-turns.ts';
import { entryAfter, type Entry, type Event } from './entries.ts';
import { manifestOf, ManifestError, readManifest, textOf, type Manifest } from './manifest.ts';

export const MANIFEST = 'manifest.json';

/**
 * The manifest of one recording on the disk. This is its only writer: the recorder's process reports facts and writes no
 * manifest. Each version is written beside the old one and takes its place when it is safe on the disk, so that there is
 * a whole one at every moment. Additions while one is being written are written together.
 */
export class ManifestStore {
  readonly directory: string;
  #entries: readonly Entry[];
  #written: number;
  /** Of the version that this object wrote; null where it wrote none. */
  #inode: number | null;
  #writing: Promise<void> | null = null;

  private constructor(directory: string, entries: readonly Entry[], inode: number | null) {
    this.directory = directory;
    this.#entries = entries;
    this.#written = entries.length;
    this.#inode = inode;
  }

  /** Of a new recording, in a directory that has none. */
  static create(directory: string): ManifestStore {
    return new ManifestStore(directory, [], null);
  }

  /** Of a recording that was there. Throws a `ManifestError` where somebody changed it. */
  static async open(directory: string): Promise<ManifestStore> {
    const path = join(directory, MANIFEST);
    const { entries } = readManifest(await readFile(path, 'utf8'));
    return new ManifestStore(directory, entries, (await stat(path)).ino);
  }

  get manifest(): Manifest {
    return manifestOf(this.#entries);
  }

  /** Adds what happened, `atMs` ms since 1970. It is on the disk when `settled()` resolves. */
  add(atMs: number, event: Event): Entry {
    const entry = entryAfter(this.#entries.at(-1), atMs, event);
    this.#entries = [...this.#entries, entry];
    return entry;
  }

  /** Resolves when everything that was added before is on the disk; rejects where that failed, and may be called again. */
  async settled(): Promise<void> {
    const wanted = this.#entries.length;
    while (this.#written < wanted) {
      this.#writing ??= onDisk(() => this.#write()).finally(() => (this.#writing = null));
      await this.#writing;
    }
  }

  async #write(): Promise<void> {
    const entries = this.#entries;
    const path = join(this.directory, MANIFEST);
    const inode = await inodeOf(path);
    if (inode === null && this.#inode !== null) throw new ManifestError(`${path} is gone`);
    if (inode !== this.#inode) throw new ManifestError(`${path} was written by somebody else`);
    const beside = `${path}.new`;
    const written = await writeSafely(beside, textOf(manifestOf(entries)));
    await rename(beside, path);
    this.#inode = written;
    await syncDirectory(this.directory);
    this.#written = entries.length;
  }
}

async function inodeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).ino;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function writeSafely(path: string, text: string): Promise<number> {
  const file = await open(path, 'w', 0o640);
  try {
    await file.writeFile(text);
    await file.sync();
    return (await file.stat()).ino;
  } finally {
    await file.close();
  }
}

/** A new name is safe only when its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
