import { mkdir, open, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { ComposeError, EXIT } from './types.ts';

/**
 * A hidden directory beside what is to be written: the file grows in it, and takes its own name when it is whole. What a
 * run has left that was killed is thrown away by the next one.
 */
export class Workspace {
  readonly directory: string;
  readonly #target: string;
  #links = 0;

  private constructor(directory: string, target: string) {
    this.directory = directory;
    this.#target = target;
  }

  /** @param recordings absolute paths; the target may not be in one of them: its manifest would not know it */
  static async make(file: string, recordings: readonly string[]): Promise<Workspace> {
    const target = resolve(file);
    const folder = await realpath(dirname(target)).catch(() => refuse(`there is no directory ${dirname(target)}`));
    if (recordings.some((recording) => isWithin(recording, folder))) {
      refuse(`${file} would be among the files of the recording: write it somewhere else`);
    }
    const directory = join(folder, `.${basename(target)}.composing`);
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { mode: 0o700 }).catch((error: unknown) => refuse((error as Error).message));
    return new Workspace(directory, join(folder, basename(target)));
  }

  /** Gives a file a name in here that no list and no graph can take for anything else. */
  async link(path: string): Promise<string> {
    const name = this.nextName();
    await symlink(path, join(this.directory, name));
    return name;
  }

  nextName(): string {
    this.#links += 1;
    return `file-${this.#links}.mkv`;
  }

  async write(name: string, text: string): Promise<string> {
    await writeFile(join(this.directory, name), text);
    return name;
  }

  /** Gives a file of the workspace its name, when it is safe on the disk. */
  async deliver(name: string): Promise<void> {
    const path = join(this.directory, name);
    const file = await open(path, 'r');
    await file.sync().finally(() => file.close());
    await rename(path, this.#target);
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

const isWithin = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
};

function refuse(text: string): never {
  throw new ComposeError(EXIT.usage, text);
}
