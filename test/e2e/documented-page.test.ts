import { jest } from '@jest/globals';
import type { BrowserClient } from '../support/browser/client.ts';
import { Stage } from '../support/browser/stage.ts';
import { eventually } from '../support/eventually.ts';

// The page of the documentation, as the gateway serves it: one connection, one audio track, one section both ways.
jest.setTimeout(90_000);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start();
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

const openPage = (userid: string): Promise<BrowserClient> => stage.client(userid, { page: '/documented.html' });

const established = (client: BrowserClient): Promise<unknown> =>
  eventually('the socket is closed because the connection is established', async () => {
    const [socket] = await client.sockets();
    return socket?.code === 1000 ? socket : null;
  });

/** Sound arrives, and it is more than silence. */
async function hears(client: BrowserClient): Promise<void> {
  const before = (await client.stats()).sections[0]!;
  await client.receiving('audio', 1);
  await eventually('the sound that arrives can be heard', async () => {
    const now = (await client.stats()).sections[0]!;
    return now.energy > before.energy + 1e-4 ? now : null;
  });
}

test.each([2, 3])('%i clients hear somebody else in their one section', async (count) => {
  const clients = await Promise.all(
    ['ann', 'ben', 'cid']
      .slice(0, count)
      .map((name) => `${name}-${count}`)
      .map(openPage),
  );
  await Promise.all(clients.map(established));
  for (const client of clients) expect(await client.join(`lobby-${count}`)).toBe(200);

  await Promise.all(clients.map(hears));
  for (const client of clients) {
    const { state, sections } = await client.stats();
    expect(state).toBe('connected');
    expect(sections).toHaveLength(1);
    expect(sections[0]).toMatchObject({ kind: 'audio', direction: 'sendrecv', streams: 1, lost: 0 });
    expect(await client.sockets()).toEqual([{ code: 1000, reason: expect.any(String) as string }]);
  }
});

test('who joined before he connects is in the conversation as soon as he is connected', async () => {
  const ann = await stage.client('early-ann');
  const ben = await stage.client('early-ben');
  expect(await ann.join('early')).toBe(200);
  expect(await ben.join('early')).toBe(200);
  await ann.open('/documented.html');
  await ben.open('/documented.html');
  await Promise.all([ann, ben].map(established));
  await Promise.all([ann, ben].map(hears));
});

test('nobody hears himself, nor anybody of another conversation', async () => {
  const [ann, ben] = await Promise.all(['lone-ann', 'lone-ben'].map(openPage));
  await Promise.all([established(ann!), established(ben!)]);
  await ann!.join('here');
  await ben!.join('there');
  // Ben has sent what Ann would have received, had it been for her.
  const sent = (await ben!.stats()).sections[0]!.sent;
  await eventually('two seconds of sound are sent', async () => {
    return (await ben!.stats()).sections[0]!.sent > sent + 100 ? true : null;
  });
  expect((await ann!.stats()).sections[0]!.packets).toBe(0);
  expect((await ben!.stats()).sections[0]!.packets).toBe(0);
});
