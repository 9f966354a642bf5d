import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { identityOf, type ProcessIdentity } from '../../../../src/recording/process-identity.ts';
import { endOrphan, recordersOf } from '../../../../src/recording/service/orphans.ts';
import { manifestOf } from '../../../../src/recording/manifest/manifest.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { ann, entriesOf, started } from '../manifest/support.ts';

let child: ChildProcess;
let orphan: ProcessIdentity;
let clock: ManualClock;
beforeEach(() => {
  child = spawn('sleep', ['60']);
  orphan = identityOf(child.pid ?? 0)!;
  clock = new ManualClock();
});
afterEach(() => void child.kill('SIGKILL'));

/** Whether it is done after so much of the clock's time. */
async function isDone(work: Promise<void>, ms: number): Promise<boolean> {
  let done = false;
  void work.then(() => (done = true));
  for (let at = 0; at < ms; at += 100) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(100);
  }
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

test('a recorder that is at work is waited for', async () => {
  const work = endOrphan(orphan, clock, clock.now() + 10_000);
  expect(await isDone(work, 5_000)).toBe(false);
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([null, 'SIGTERM']);
  expect(await isDone(work, 100)).toBe(true);
});

test('one that does not end in time is killed', async () => {
  const exited = once(child, 'exit');
  const work = endOrphan(orphan, clock, clock.now() + 10_000);
  expect(await isDone(work, 9_900)).toBe(false);
  expect(child.exitCode).toBeNull();
  clock.advance(100);
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(await isDone(work, 100)).toBe(true);
});

test('another process that has its number is left alone, and not waited for', async () => {
  await endOrphan({ ...orphan, startTicks: orphan.startTicks - 1 }, clock, clock.now());
  expect(identityOf(orphan.pid)).toEqual(orphan);
});

test('a manifest speaks of every recorder it has had; one of before speaks of none', () => {
  const began = { type: 'recorder', what: 'began', text: 'process 7' } as const;
  const manifest = manifestOf(entriesOf(started, ann, began, { ...began, process: orphan }));
  expect(recordersOf(manifest)).toEqual([orphan]);
});
