import { readdir } from 'node:fs/promises';
import { onDisk } from '../disk-turns.ts';
import { completeRecording } from '../manifest/complete.ts';
import { MANIFEST } from '../manifest/store.ts';
import type { Prober } from '../probe.ts';
import { recordingFolders } from './folders.ts';

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
  for await (const recording of recordingFolders(directory)) {
    // In this order: one that begins meanwhile has its manifest after it is known to run.
    if (!(await onDisk(() => readdir(recording))).includes(MANIFEST) || isRunning(recording)) continue;
    try {
      if ((await completeRecording(recording, wallMs(), probe)) !== null) completed += 1;
    } catch (error) {
      onFault(error);
    }
  }
  return completed;
}
