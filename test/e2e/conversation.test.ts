import { jest } from '@jest/globals';
import { slots, type BrowserClient, type ConnectOptions } from '../support/browser/client.ts';
import { Stage } from '../support/browser/stage.ts';
import { eventually } from '../support/eventually.ts';

jest.setTimeout(120_000);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start();
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

const ESTABLISHED = { code: 1000, reason: expect.any(String) as string };

async function connected(
  userid: string,
  options: Partial<ConnectOptions> & { device?: string } = {},
): Promise<BrowserClient> {
  const { device = '', sections = slots(3, 0), ...rest } = options;
  const client = await stage.client(userid, { device });
  expect(await client.connect({ sections, ...rest })).toEqual(ESTABLISHED);
  return client;
}

/** Nothing arrives any more: not a packet in the time of ten. */
const quiet = (client: BrowserClient): Promise<unknown> => {
  let before = { packets: -1, at: 0 };
  return eventually('nothing arrives any more', async () => {
    const { at, sections } = await client.stats();
    const packets = sections.reduce((total, one) => total + one.packets, 0);
    if (packets !== before.packets) before = { packets, at };
    return at - before.at > 200 ? true : null;
  });
};

test('four clients with sound and pictures: each sees and hears the three others, each in a slot of its own', async () => {
  const names = ['ann', 'ben', 'cid', 'dan'];
  const clients = await Promise.all(names.map((name) => connected(name, { sections: slots(3, 3) })));
  for (const client of clients) expect(await client.join('four')).toBe(200);

  for (const client of clients) {
    await client.receiving('audio', 3);
    await client.receiving('video', 3, 40);
    const sections = await client.answeredAs(slots(3, 3));
    const [audio, video] = [sections.slice(0, 3), sections.slice(3)];
    // Sound and picture of one index are one stream, and three slots are three streams, of three people.
    expect(video.map(({ streamId }) => streamId)).toEqual(audio.map(({ streamId }) => streamId));
    expect(new Set(audio.map(({ streamId }) => streamId)).size).toBe(3);
    expect(new Set(audio.flatMap(({ sources }) => sources)).size).toBe(3);
    expect(audio.map(({ sources }) => sources.length)).toEqual([1, 1, 1]);
  }
});

test('leaving, joining again, and switching to another conversation', async () => {
  const [ann, ben, cid] = [await connected('ann'), await connected('ben'), await connected('cid')];
  await ann.join('red');
  await ben.join('red');
  await cid.join('blue');
  await Promise.all([ann.receiving('audio', 1), ben.receiving('audio', 1)]);

  expect(await ben.leave('red')).toBe(204);
  expect(await ben.leave('red')).toBe(404);
  await Promise.all([quiet(ann), quiet(ben)]);

  expect(await ben.join('red')).toBe(200);
  await Promise.all([ann.receiving('audio', 1), ben.receiving('audio', 1)]);

  expect(await ben.join('blue')).toBe(200);
  await Promise.all([cid.receiving('audio', 1), ben.receiving('audio', 1), quiet(ann)]);
  expect((await ben.stats()).sections[0]).toMatchObject({ direction: 'sendrecv', lost: 0 });
});

test('a second device is in the conversation of its user, hears him, and leaves with him', async () => {
  const [ben, desk] = [await connected('ben'), await connected('ann', { device: 'desk' })];
  await ben.join('devices');
  await desk.join('devices');
  await Promise.all([ben.receiving('audio', 1), desk.receiving('audio', 1)]);

  const phone = await connected('ann', { device: 'phone' });
  await Promise.all([phone.receiving('audio', 2), desk.receiving('audio', 2), ben.receiving('audio', 2)]);

  await phone.disconnect();
  await Promise.all([desk.receiving('audio', 1), ben.receiving('audio', 1)]);
  expect(await desk.leave('devices')).toBe(204);
  await quiet(ben);
});

test('a page that is loaded again takes over its place', async () => {
  const [ann, ben] = [await connected('ann'), await connected('ben')];
  await ann.join('reload');
  await ben.join('reload');
  await ben.receiving('audio', 1);

  await ann.tab.reload();
  expect(await ann.connect({ sections: slots(3, 0) })).toEqual(ESTABLISHED);
  await Promise.all([ann.receiving('audio', 1), ben.receiving('audio', 1)]);
});

test('a device that connects once more replaces itself without a gap, and the old connection ends', async () => {
  // Users of this test alone: a device of theirs that still ends somewhere else would be in the conversation, too.
  const [eve, fay] = [await connected('eve', { device: 'one' }), await connected('fay')];
  await eve.join('replace');
  await fay.join('replace');
  await fay.receiving('audio', 1);

  const again = await connected('eve', { device: 'one' });
  await Promise.all([again.receiving('audio', 1), fay.receiving('audio', 1)]);
  await eventually('the replaced transport is closed', async () => {
    const { transport } = await eve.stats();
    return transport === 'closed' ? transport : null;
  });
  // One publisher, not two: in Fay's other slots nothing ever played.
  const { sections } = await fay.stats();
  expect(sections.filter(({ packets }) => packets > 0)).toHaveLength(1);
});

test('who is replaced is told so on the events channel, every time, and then loses the transport at once', async () => {
  const options = { sections: slots(1, 0), channel: 'events' };
  const ann = await connected('ann', options);
  for (let round = 0; round < 10; round += 1) {
    await eventually('the channel is open', async () => ((await ann.channel()).state === 'open' ? true : null));
    expect(await ann.connect(options)).toEqual(ESTABLISHED);
    const old = await eventually(
      'the old transport is closed',
      async () => ((await ann.stats(-2)).transport === 'closed' ? ann.channel(-2) : null),
      2,
    );
    expect(old.messages.at(-1)).toBe('{"type":"bye","reason":"replaced"}');
  }
});

test('a data channel of another label is closed', async () => {
  const ann = await connected('ann', { sections: [], channel: 'chat' });
  await eventually('it is closed', async () => ((await ann.channel()).state === 'closed' ? true : null));
  expect((await ann.stats()).transport).toBe('connected');
});
