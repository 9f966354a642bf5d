import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Recorders give way to media. */
export const NICENESS = 10;

/**
 * Lets every thread of this process give way, and so those that they start. On Linux niceness is a thread's, whatever POSIX
 * says: setting that of the process would leave out the pool that Node had begun, and with it what GStreamer starts there.
 */
export function giveWay(): void {
  for (const thread of readdirSync('/proc/self/task')) {
    try {
      setPriority(Number(thread), NICENESS);
    } catch {
      // A thread that ended meanwhile.
    }
  }
}
