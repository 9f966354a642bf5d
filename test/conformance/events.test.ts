import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { slots, type BrowserClient } from '../support/browser/client.ts';
import { ESTABLISHED, inEachBrowser, opened, told, viewOf } from '../support/conformance/browsers.ts';
import { eventually } from '../support/eventually.ts';

jest.setTimeout(120_000);

const CROWD_SCRIPT = readFileSync(new URL('../support/page/crowd.js', import.meta.url), 'utf8');

inEachBrowser((lab) => {
  const connected = async (userid: string, room: string): Promise<BrowserClient> => {
    const client = await lab().client(userid);
    expect(await client.connect({ sections: slots(2, 2), channel: 'events' })).toEqual(ESTABLISHED);
    expect(await client.join(room)).toBe(200);
    return client;
  };
  const say = (client: BrowserClient, text: string): Promise<unknown> =>
    client.tab.evaluate(`connections.at(-1).channel.send(${JSON.stringify(text)})`);

  test('P-60 the first message is welcome: who one is, and the slots as they were offered', async () => {
    const ann = await connected('ann', 'welcome');
    const view = await told(ann, 'a conversation', ({ conversation }) => conversation === 'welcome');
    expect(JSON.parse((await ann.channel()).messages[0]!)).toMatchObject({ type: 'welcome' });
    expect(view.me).toEqual({ userid: 'ann', clientid: '', csrc: expect.any(Number) });
    const { sections } = await ann.stats();
    expect(view.ownSlots.map(({ mid, kind }) => ({ mid, kind }))).toEqual(
      sections.map(({ mid, kind }) => ({ mid, kind })),
    );
    expect(view.ownSlots.map(({ index }) => index)).toEqual([0, 1, 0, 1]);
  });

  test('P-61 the roster has every member, and slots name who is in them', async () => {
    const [ann] = [await connected('ann', 'roster'), await connected('ben', 'roster')];
    const view = await told(ann, 'ben is in both first slots', ({ members, slots: filled, ownSlots }) => {
      const firsts = ownSlots.filter(({ index }) => index === 0).map(({ mid }) => filled.get(mid)?.userid);
      return members.length === 2 && firsts.every((userid) => userid === 'ben');
    });
    expect(view.members).toMatchObject([
      { userid: 'ann', publishes: ['audio', 'video'] },
      { userid: 'ben', publishes: ['audio', 'video'] },
    ]);
  });

  test('P-62 a ping comes each second', async () => {
    const ann = await connected('ann', 'ping');
    await eventually('three pings', async () => {
      const { messages } = await ann.channel();
      return messages.filter((text) => text === '{"type":"ping"}').length >= 3 ? true : null;
    });
  });

  test('P-63 who speaks is told', async () => {
    const ann = await connected('ann', 'speaks');
    // Its voice is made by hand, in the browser that makes it the same everywhere.
    const ben = await lab().stage.client('ben');
    await ben.tab.evaluate(CROWD_SCRIPT);
    const query = new URLSearchParams({ token: 'ben', device: '' }).toString();
    const sections = [{ kind: 'audio', direction: 'sendonly' }];
    await ben.tab.evaluate(`crowd.enter(${JSON.stringify({ number: 1, conversation: 'speaks', query, sections })})`);
    await ben.tab.evaluate('crowd.speak([1])');
    await told(ann, 'ben speaks', ({ speakers }) => speakers.some(({ userid }) => userid === 'ben'));
    await ben.tab.evaluate('crowd.speak([])');
    await told(ann, 'he speaks no more', ({ speakers }) => speakers.every(({ userid }) => userid !== 'ben'));
  });

  test('P-64 select pins a member to a slot, and lets go; what cannot be is answered with an error', async () => {
    const ann = await connected('ann', 'pins');
    for (const userid of ['ben', 'cid']) await connected(userid, 'pins');
    const view = await told(ann, 'all are there', ({ members, slots: filled }) => {
      return members.length === 3 && [...filled.values()].every((device) => device !== null);
    });
    const [mid = ''] = view.ownSlots.flatMap(({ kind, index, mid }) => (kind === 'video' && index === 0 ? mid : []));
    const other = view.slots.get(mid)?.userid === 'ben' ? 'cid' : 'ben';
    await say(ann, JSON.stringify({ type: 'select', mid, userid: other }));
    await told(ann, 'the other one is in it', ({ slots: filled }) => filled.get(mid)?.userid === other);
    await say(ann, JSON.stringify({ type: 'select', mid, userid: null }));
    await say(ann, JSON.stringify({ type: 'select', mid: 'none', userid: other }));
    await told(ann, 'an error', ({ error }) => error !== null);
  });

  test('P-65 what is not known on the channel is ignored', async () => {
    const ann = await connected('ann', 'unknown');
    await opened(ann);
    for (const text of ['{"type":"of-the-future"}', 'no json', '[]', 'null']) await say(ann, text);
    const before = (await ann.channel()).messages.length;
    await eventually('it goes on', async () => ((await ann.channel()).messages.length > before + 1 ? true : null));
    expect((await viewOf(ann)).error).toBeNull();
    expect((await ann.channel()).state).toBe('open');
  });

  test('P-66 a channel of another label is closed, and nothing else', async () => {
    const ann = await lab().client('ann');
    expect(await ann.connect({ sections: slots(1, 0), channel: 'chat' })).toEqual(ESTABLISHED);
    await eventually('it is closed', async () => ((await ann.channel()).state === 'closed' ? true : null));
    expect((await ann.stats()).transport).toBe('connected');
  });

  test('P-67 a client without the channel loses nothing else', async () => {
    await connected('ann', 'without');
    const ben = await lab().client('ben');
    expect(await ben.connect({ sections: slots(1, 1) })).toEqual(ESTABLISHED);
    expect(await ben.join('without')).toBe(200);
    await Promise.all([ben.receiving('audio', 1), ben.receiving('video', 1, 40)]);
  });
});
