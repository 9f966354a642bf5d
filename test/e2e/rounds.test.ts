import { jest } from '@jest/globals';
import { slots } from '../support/browser/client.ts';
import { Stage } from '../support/browser/stage.ts';
import { eventually } from '../support/eventually.ts';

// Whoever comes and goes leaves nothing behind.
jest.setTimeout(240_000);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start();
});
afterAll(async () => {
  await stage.clear();
  await stage.close();
});

const SECTIONS = slots(2, 2);

test('100 rounds of connecting, joining, leaving leave threads and files where they began', async () => {
  const clients = [await stage.client('ann'), await stage.client('ben')];
  const rounds = (count: number): Promise<string[][]> =>
    Promise.all(clients.map((client) => client.rounds(count, 'rounds', SECTIONS)));

  // The first ones load plugins and fill pools.
  expect((await rounds(5)).flat()).toEqual([]);
  const before = await atRest();
  expect((await rounds(50)).flat()).toEqual([]);

  const after = await eventually(
    `threads and files are back at ${before.threads} and ${before.files}`,
    () => {
      const now = stage.service.footprint;
      return now.threads <= before.threads && now.files <= before.files ? now : null;
    },
    45,
  );
  expect(after.files).toBeLessThanOrEqual(before.files);
});

/** The footprint when the ends of the last round are through: it was the same for two seconds. */
async function atRest(): Promise<Stage['service']['footprint']> {
  let last = stage.service.footprint;
  let since = performance.now();
  return eventually('the service is at rest', () => {
    const now = stage.service.footprint;
    if (now.threads !== last.threads || now.files !== last.files) since = performance.now();
    last = now;
    return performance.now() - since > 2000 ? now : null;
  });
}
