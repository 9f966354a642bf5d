import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Mounting is for root only. */
export const mayMount = process.getuid?.() === 0;

const run = (command: string, ...args: string[]): void => void execFileSync(command, args, { stdio: 'pipe' });

/** A file system of its own for a test, which can be taken away, or stand still. */
export class Disk {
  readonly directory: string;
  readonly #top: string;
  #isFrozen = false;

  private constructor(top: string, directory: string) {
    this.#top = top;
    this.directory = directory;
  }

  /** In memory; it becomes full. */
  static inMemory(megabytes: number): Disk {
    return Disk.#mounted((directory) => run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory));
  }

  /** A real one, on a loop device: only such can be frozen. */
  static onLoop(megabytes: number): Disk {
    return Disk.#mounted((directory, top) => {
      const image = join(top, 'image');
      run('truncate', '-s', `${megabytes}M`, image);
      run('mkfs.ext4', '-q', image);
      run('mount', '-o', 'loop', image, directory);
    });
  }

  static #mounted(mount: (directory: string, top: string) => void): Disk {
    const top = mkdtempSync(join(tmpdir(), 'disk-'));
    const directory = join(top, 'mounted');
    run('mkdir', directory);
    mount(directory, top);
    return new Disk(top, directory);
  }

  /** Whoever writes waits. */
  freeze(): void {
    run('fsfreeze', '--freeze', this.directory);
    this.#isFrozen = true;
  }

  thaw(): void {
    if (this.#isFrozen) run('fsfreeze', '--unfreeze', this.directory);
    this.#isFrozen = false;
  }

  /** Somebody pulls the plug: its files are gone, but for those that are open. */
  unplug(): void {
    run('umount', '--lazy', this.directory);
  }

  close(): void {
    this.thaw();
    try {
      this.unplug();
    } catch {
      // It was unplugged before.
    }
    rmSync(this.#top, { recursive: true });
  }
}
