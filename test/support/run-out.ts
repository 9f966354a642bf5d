import type { Caller } from './caller.ts';
import { ask } from './client.ts';
import { Callers, hearsAll } from './callers.ts';
import { eventually } from './eventually.ts';
import { ServiceProcess } from './service-process.ts';

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
  const hearing = [hearsAll(ann, bob), hearsAll(bob, ann)];
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
  await Promise.all(hearing);
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

/**
 * A service under a limit (`through`: the command that sets it): who is in a call notices nothing, newcomers are told, and
 * it goes on when there is room again.
 */
export const runOut = async (
  resource: string,
  env: Readonly<Record<string, string>>,
  through: string[],
): Promise<void> => {
  const service = await ServiceProcess.start(env, undefined, through);
  try {
    await fillUp(service, resource);
  } finally {
    await service.stop();
  }
};
