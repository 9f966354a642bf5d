import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { completeRecording } from '../manifest/complete.ts';
import { MANIFEST } from '../manifest/store.ts';
import type { Prober } from '../probe.ts';

export interface InterruptedOptions {
  /** Of all recordings. */
  readonly directory: string;
  readonly probe: Prober;
  /** ms since 1970. */
  readonly wallMs: () => number;
  /** Those that run now. */
  readonly isRunning: (directory: string) => boolean;
  /** Gets what is wrong with one recording; the others are completed all the same. */
  readonly onFault: (error: unknown) => void;
}

/** Ends the recordings that an earlier process has left, one after the other. Resolves with how many there were. */
export async function completeInterrupted(options: InterruptedOptions): Promise<number> {
  const { directory, probe, wallMs, isRunning, onFault } = options;
  let completed = 0;
  for (const conversation of await folders(directory)) {
    for (const recording of await folders(conversation)) {
      // In this order: one that begins meanwhile has its manifest after it is known to run.
      if (!(await readdir(recording)).includes(MANIFEST) || isRunning(recording)) continue;
      try {
        if ((await completeRecording(recording, wallMs(), probe)) !== null) completed += 1;
      } catch (error) {
        onFault(error);
      }
    }
  }
  return completed;
}

/** None where there is no such folder. What is hidden is none of the recordings. */
async function folders(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => join(path, name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
