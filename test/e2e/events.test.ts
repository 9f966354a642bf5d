import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import type { ServerMessage } from '../../src/channel/types.ts';
import { apply, NOTHING, type View } from '../support/events-view.ts';
import { slots, type BrowserClient, type Section } from '../support/browser/client.ts';
import { Stage } from '../support/browser/stage.ts';
import { serverFaults } from '../support/events-schema.ts';
import { eventually } from '../support/eventually.ts';

// Ten publishers share three audio and three video slots. Who is where is said by the events channel; who really is there
// is told by the packets (their CSRC) and by the colour of the picture.
jest.setTimeout(120_000);

const CROWD_SCRIPT = readFileSync(new URL('../support/page/crowd.js', import.meta.url), 'utf8');

/** A publisher's number is its index. The first two have tiles, the others only publish, from one page. */
const NAMES = ['ann', 'ben', 'cid', 'dan', 'eve', 'fay', 'gus', 'hal', 'ida', 'joe'];
const PING = '{"type":"ping"}';
const PUBLISHES: readonly Section[] = [
  { kind: 'audio', direction: 'sendonly' },
  { kind: 'video', direction: 'sendonly' },
];

let stage: Stage;
let ann: BrowserClient;
let ben: BrowserClient;
let crowd: BrowserClient;

beforeAll(async () => {
  stage = await Stage.start();
  [ann, ben, crowd] = await Promise.all([stage.client('ann'), stage.client('ben'), stage.client('crowd')]);
  for (const { tab } of [ann, ben, crowd]) await tab.evaluate(CROWD_SCRIPT);
  for (const [number] of NAMES.entries()) {
    const options = number < 2 ? { sections: slots(3, 3), channel: 'events' } : { sections: PUBLISHES };
    await enter([ann, ben][number] ?? crowd, number, options);
  }
});
afterAll(() => stage.close());

async function enter(client: BrowserClient, number: number, options: object): Promise<void> {
  const query = new URLSearchParams({ token: NAMES[number] ?? '', device: `of ${NAMES[number]}` }).toString();
  const entry = { number, conversation: 'ten', query, ...options };
  expect(await client.tab.evaluate(`crowd.enter(${JSON.stringify(entry)})`)).toEqual({
    end: { code: 1000, reason: expect.any(String) },
    status: 200,
  });
}

/** These speak, and nobody else. */
const speak = (...names: string[]): Promise<unknown> =>
  crowd.tab.evaluate(`crowd.speak(${JSON.stringify(names.map((name) => NAMES.indexOf(name)))})`);

/** What a client was told so far, taken together. */
async function viewOf(client: BrowserClient): Promise<View> {
  const { messages } = await client.channel();
  return messages
    .map((text) => JSON.parse(text) as ServerMessage)
    .reduce((view: View, message) => {
      expect(serverFaults(message)).toBeNull();
      return apply(view, message);
    }, NOTHING);
}

interface Tile {
  readonly csrc: number | null;
  readonly seen: number | null;
}

/** The names on the tiles by kind and index, null where there is nobody; null where what plays in one is not what it says. */
async function names(client: BrowserClient): Promise<Record<'audio' | 'video', (string | null)[]> | null> {
  const [view, tiles] = [await viewOf(client), (await client.tab.evaluate('crowd.tiles()')) as Record<string, Tile>];
  const named = { audio: [] as (string | null)[], video: [] as (string | null)[] };
  for (const { mid, kind, index } of view.ownSlots) {
    const device = view.slots.get(mid) ?? null;
    const tile = tiles[mid];
    // The gate keeps back the silence of who does not speak, so that in an audio slot an old CSRC may stand.
    const isHeard = kind === 'video' || view.speakers.some(({ csrc }) => csrc === device?.csrc);
    if (isHeard && device !== null && tile?.csrc !== device.csrc) return null;
    if (kind === 'video' && device !== null && NAMES[tile?.seen ?? -1] !== device.userid) return null;
    named[kind][index] = device?.userid ?? null;
  }
  return named;
}

/** Resolves with the names on the tiles once they hold, and are as they are wanted. */
const tiles = (
  client: BrowserClient,
  what: string,
  wanted: (named: Record<'audio' | 'video', (string | null)[]>) => boolean,
): Promise<Record<'audio' | 'video', (string | null)[]>> =>
  eventually(
    what,
    async () => {
      const named = await names(client);
      return named !== null && wanted(named) ? named : null;
    },
    30,
  );

const sorted = (values: readonly (string | null)[]): string[] => values.map(String).sort();
const are = (values: readonly (string | null)[], ...expected: string[]): boolean =>
  JSON.stringify(sorted(values)) === JSON.stringify(sorted(expected));

test('everybody is in the roster, as the device that he is', async () => {
  for (const client of [ann, ben]) {
    const view = await eventually('ten members', async () => {
      const now = await viewOf(client);
      return now.members.length === 10 ? now : null;
    });
    expect(view.conversation).toBe('ten');
    expect(view.members).toMatchObject(
      NAMES.map((name) => ({ userid: name, clientid: `of ${name}`, publishes: ['audio', 'video'] })),
    );
    expect(new Set(view.members.map(({ csrc }) => csrc)).size).toBe(10);
    expect(view.ownSlots.map(({ kind, index }) => `${kind} ${index}`)).toEqual([
      ...['audio 0', 'audio 1', 'audio 2'],
      ...['video 0', 'video 1', 'video 2'],
    ]);
  }
});

test('three who speak are heard and seen by everybody, each in a tile with his name, sound and picture in one', async () => {
  await speak('fay', 'hal', 'joe');
  for (const client of [ann, ben]) {
    const { audio, video } = await tiles(client, 'fay, hal and joe are in the tiles', (named) =>
      [named.audio, named.video].every((row) => are(row, 'fay', 'hal', 'joe')),
    );
    expect(video).toEqual(audio);
    expect(sorted((await viewOf(client)).speakers.map(({ userid }) => userid))).toEqual(['fay', 'hal', 'joe']);
  }
});

test('when others speak, the tiles and their names follow', async () => {
  await speak('dan', 'hal', 'ida');
  for (const client of [ann, ben]) {
    const { audio, video } = await tiles(client, 'dan, hal and ida are in the tiles', (named) =>
      [named.audio, named.video].every((row) => are(row, 'dan', 'hal', 'ida')),
    );
    expect(video).toEqual(audio);
  }
});

test('a pinned member is in the slot that was selected, for this client only, until it is released', async () => {
  await speak('cid', 'dan', 'eve');
  const { ownSlots } = await viewOf(ann);
  const { mid } = ownSlots.find(({ kind, index }) => kind === 'video' && index === 1)!;
  await ann.tab.evaluate(say({ type: 'select', mid, userid: 'gus', clientid: 'of gus' }));
  const pinned = await tiles(
    ann,
    'gus is seen in video slot 1, the speakers are heard',
    ({ audio, video }) => video[1] === 'gus' && are(audio, 'cid', 'dan', 'eve'),
  );
  expect(pinned.video.filter((name) => name === 'gus')).toHaveLength(1);
  await tiles(ben, 'ben sees the speakers', ({ video }) => are(video, 'cid', 'dan', 'eve'));

  await ann.tab.evaluate(say({ type: 'select', mid, userid: null }));
  await tiles(ann, 'ann sees the speakers again', ({ video }) => are(video, 'cid', 'dan', 'eve'));

  await ann.tab.evaluate(say({ type: 'select', mid: 'none', userid: 'gus' }));
  await eventually('the error', async () => ((await viewOf(ann)).error === null ? null : true));
});

test('who leaves is out of the roster and out of the tiles', async () => {
  await speak('cid', 'dan', 'eve');
  await crowd.tab.evaluate(`connections[${NAMES.indexOf('eve') - 2}].close()`);
  for (const client of [ann, ben]) {
    await tiles(client, 'eve is gone', ({ audio, video }) => ![...audio, ...video].includes('eve'));
    const { members } = await viewOf(client);
    expect(members.map(({ userid }) => userid)).toEqual(NAMES.filter((name) => name !== 'eve'));
  }
});

test('the service says something each second, and not much', async () => {
  const { messages } = await ann.channel();
  await eventually('three pings', async () => {
    const since = (await ann.channel()).messages.slice(messages.length);
    return since.filter((text) => text === PING).length >= 3 ? true : null;
  });
  // Ten came, three times others spoke, one left; however long it took.
  expect(messages.filter((text) => text !== PING).length).toBeLessThan(200);
});

function say(message: object): string {
  return `connections.at(-1).channel.send(${JSON.stringify(JSON.stringify(message))})`;
}
