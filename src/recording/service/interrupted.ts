import { readdir } from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';
import { onDisk } from '../disk-turns.ts';
import { completeRecording, type ClosedSegment } from '../manifest/complete.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { MANIFEST } from '../manifest/store.ts';
import type { Prober } from '../probe.ts';
import { recordingFolders } from './folders.ts';
import { CLOSING_MS, endOrphan, recordersOf } from './orphans.ts';

export interface InterruptedOptions {
  /** Of all recordings. */
  readonly directory: string;
  readonly probe: Prober;
  readonly clock: Clock;
  /** ms since 1970. */
  readonly wallMs: () => number;
  /** Those that run now. */
  readonly isRunning: (directory: string) => boolean;
  readonly onSegmentClosed: (manifest: Manifest, segment: ClosedSegment) => void;
  /** One is complete, and on the disk. */
  readonly onCompleted: (manifest: Manifest) => void;
  /** Gets what is wrong with one recording; the others are completed all the same. */
  readonly onFault: (error: unknown) => void;
}

/** Ends the recordings that an earlier process has left, one after the other. Resolves with how many there were. */
export async function completeInterrupted(options: InterruptedOptions): Promise<number> {
  const { directory, probe, clock, wallMs, isRunning, onSegmentClosed, onCompleted, onFault } = options;
  // Of all of them together: they were left at the same moment.
  const closedByMs = clock.now() + CLOSING_MS;
  const abandoned = async (manifest: Manifest): Promise<void> => {
    for (const recorder of recordersOf(manifest)) await endOrphan(recorder, clock, closedByMs);
  };
  let completed = 0;
  for await (const recording of recordingFolders(directory)) {
    // In this order: one that begins meanwhile has its manifest after it is known to run.
    if (!(await onDisk(() => readdir(recording))).includes(MANIFEST) || isRunning(recording)) continue;
    try {
      const manifest = await completeRecording(recording, { probe, nowMs: wallMs, abandoned, onSegmentClosed });
      if (manifest === null) continue;
      completed += 1;
      onCompleted(manifest);
    } catch (error) {
      onFault(error);
    }
  }
  return completed;
}
