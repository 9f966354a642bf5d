// The system gives no more: who is in a call notices nothing, newcomers are told, and it goes on when there is room again.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Caller } from '../../support/caller.ts';
import { ask } from '../../support/client.ts';
import { Callers, heardIn } from '../../support/callers.ts';
import { eventually } from '../../support/eventually.ts';
import { ServiceProcess } from '../../support/service-process.ts';

jest.setTimeout(120_000);

/** Before the upgrade, or where the room is gone by the time that the offer comes. */
const FULL = /refused with 503.*"code":"full"|closed before message 0: 4429 full: /;

/** Fills a service up to its limit with people in a call, and empties it again. */
const fillUp = async (service: ServiceProcess, resource: string): Promise<void> => {
  await using callers = new Callers(service);
  const [ann, bob] = await callers.inCall();
  const crowd: Caller[] = [];
  let refusal = '';
  while (refusal === '' && crowd.length < 60) {
    await callers.connect(`more-${crowd.length}`).then(
      (caller) => crowd.push(caller),
      (error: unknown) => (refusal = String(error)),
    );
  }
  expect(refusal).toMatch(FULL);
  expect(refusal).toContain(resource);
  expect(crowd.length).toBeGreaterThan(2);
  // All at once, and again and again: none gets so far that it would take what is left.
  const hearing = [heardIn(ann, 2_000), heardIn(bob, 2_000)];
  const refusals = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      callers.connect(`late-${i}`).then(
        () => 'in',
        (error: unknown) => String(error),
      ),
    ),
  );
  const refused = refusals.filter((late) => late !== 'in');
  for (const late of refused) expect(late).toMatch(FULL);
  // One whose socket was closing has left its descriptor to another.
  expect(refused.length).toBeGreaterThan(35);
  for (const packets of await Promise.all(hearing)) expect(packets).toBeGreaterThan(60);
  // Everything else is answered.
  expect((await ask(service.adminPort, '/metrics')).status).toBe(200);
  expect((await ask(service.adminPort, '/healthz')).status).toBe(200);
  for (const caller of crowd.slice(crowd.length / 2)) await callers.leave(caller);
  // Threads that end are kept for a while, for the next who need one.
  const again = await eventually('there is room again', () => callers.connect('again').catch(() => null), 40);
  expect(await again.join('room')).toBe(200);
  await Promise.all([again.hears(), ann.hears(), bob.hears()]);
  expect(service.isRunning).toBe(true);
};

const ranOut = async (resource: string, env: Readonly<Record<string, string>>, through: string[]): Promise<void> => {
  const service = await ServiceProcess.start(env, undefined, through);
  try {
    await fillUp(service, resource);
  } finally {
    await service.stop();
  }
};

test('open files run out', () => ranOut('open files', {}, ['prlimit', '--nofile=256:256']));

// The kernel holds root to no limit of processes.
const isRoot = process.getuid?.() === 0;
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
(isRoot ? test : test.skip)(
  `threads run out${isRoot ? '' : ' (skipped: only root can become somebody else)'}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'threads-'));
    chmodSync(folder, 0o777);
    const env = { HOME: folder, RECORDINGS_DIR: join(folder, 'recordings') };
    await ranOut('threads', env, ['prlimit', '--nproc=240:240', ...NOBODY]);
    rmSync(folder, { recursive: true });
  },
);
