import type { Clock } from '../../base/clock.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { isAlive, type ProcessIdentity } from '../process-identity.ts';

/** What a recorder may take to close its files once its service has gone. It ends by itself before, unless it is stopped. */
export const CLOSING_MS = 30_000;
/** What the kernel may take to end a process that was killed. */
const DEATH_MS = 5_000;
const LOOK_MS = 100;

/** The recorders that a manifest speaks of. */
export const recordersOf = ({ entries }: Manifest): ProcessIdentity[] =>
  entries.flatMap((entry) => (entry.type === 'recorder' && entry.process !== undefined ? [entry.process] : []));

/**
 * Resolves when a recorder of a service that has gone is gone, too: it closes its files, and nobody else is to read them
 * as if they were whole. One that is still there when the time is over is killed; as its identity says, it is no other
 * process. Rejects where even that does not end it: its disk hangs.
 *
 * @param closedByMs when the time is over, on `clock`
 */
export async function endOrphan(orphan: ProcessIdentity, clock: Clock, closedByMs: number): Promise<void> {
  if (await isGoneBy(orphan, clock, closedByMs)) return;
  process.kill(orphan.pid, 'SIGKILL');
  if (await isGoneBy(orphan, clock, clock.now() + DEATH_MS)) return;
  throw new Error(`process ${orphan.pid}, a recorder of a service that has gone, cannot be ended`);
}

async function isGoneBy(orphan: ProcessIdentity, clock: Clock, untilMs: number): Promise<boolean> {
  while (isAlive(orphan)) {
    if (clock.now() >= untilMs) return false;
    await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
  }
  return true;
}
