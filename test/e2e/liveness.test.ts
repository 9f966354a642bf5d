import { jest } from '@jest/globals';
import type { BrowserClient } from '../support/browser/client.ts';
import { Stage } from '../support/browser/stage.ts';
import { eventually } from '../support/eventually.ts';

jest.setTimeout(150_000);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start({ PEER_TIMEOUT: '8' });
});
afterAll(() => stage.close());

const ends = (userid: string): string[] =>
  stage.service.output
    .split('\n')
    .filter((line) => line.includes('"peer-ended"') && line.includes(`"userid":"${userid}"`));

/** Connects somebody whose browser tab is closed without a word, and waits until the service has noticed. */
async function comeAndVanish(userid: string): Promise<void> {
  const client = await stage.client(userid);
  expect(await client.connect({ sections: [{ kind: 'audio', direction: 'sendrecv' }] })).toMatchObject({ code: 1000 });
  await client.tab.close();
  await eventually(`the end of ${userid}`, () => Promise.resolve(ends(userid)[0] ?? null), 40);
}

test('a peer that sends no media lives on, one that vanished is noticed', async () => {
  const quiet: [BrowserClient, Parameters<BrowserClient['connect']>[0]][] = [
    [await stage.client('listener'), { sections: [{ kind: 'audio', direction: 'recvonly' }] }],
    [await stage.client('reader'), { sections: [], channel: 'events' }],
  ];
  for (const [client, options] of quiet) expect(await client.connect(options)).toMatchObject({ code: 1000 });

  // Each takes PEER_TIMEOUT and more to be noticed, so the quiet ones are silent for twice as long.
  for (const userid of ['one', 'two']) {
    await comeAndVanish(userid);
    expect(ends(userid)).toHaveLength(1);
    expect(ends(userid)[0]).toContain('"reason":"silent"');
  }
  for (const [client] of quiet) expect((await client.stats()).state).toBe('connected');
  expect([...ends('listener'), ...ends('reader')]).toEqual([]);
});
