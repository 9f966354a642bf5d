import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Stage } from '../support/browser/stage.ts';

const MINUTES = 5;
jest.setTimeout((MINUTES + 2) * 60_000);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start();
});
afterAll(() => stage.close());

test(`a silent listener and a data-channel-only client live ${MINUTES} minutes`, async () => {
  const [listener, reader] = [await stage.client('listener'), await stage.client('reader')];
  expect(await listener.connect({ sections: [{ kind: 'audio', direction: 'recvonly' }] })).toMatchObject({
    code: 1000,
  });
  expect(await reader.connect({ sections: [], channel: 'events' })).toMatchObject({ code: 1000 });

  // Time itself is what is tested: nothing is to happen in it.
  for (let elapsed = 0; elapsed < MINUTES * 60; elapsed += 10) {
    await delay(10_000);
    for (const client of [listener, reader]) expect((await client.stats()).state).toBe('connected');
    expect(stage.service.output).not.toContain('"peer-ended"');
  }
});
