// The `events` data channel of the whole service, with media in memory and time by hand.
import { readFileSync } from 'node:fs';
import { apply, NOTHING, type View } from '../support/events-view.ts';
import type { ServerMessage } from '../../src/channel/types.ts';
import type { FakeChannel } from '../../src/media/fake/channel.ts';
import type { FakePeer } from '../../src/media/fake/peer.ts';
import { claim } from '../support/client.ts';
import { settled } from '../support/deferred.ts';
import { serverFaults } from '../support/events-schema.ts';
import { startService, stopServices, until, type TestService } from '../support/service.ts';

afterEach(stopServices);

/** Three audio and three video sections, the first of each kind both ways, and a data channel. */
const OFFER = readFileSync(new URL('../fixtures/offers/chromium-156-events.sdp', import.meta.url), 'utf8');

interface Client {
  readonly peer: FakePeer;
  readonly channel: FakeChannel;
}

const connected = async (service: TestService, userid: string, clientid?: string): Promise<Client> => {
  const client = await service.open(userid, clientid);
  client.socket.send(OFFER);
  await client.message();
  const peer = service.newest();
  peer.connect();
  await client.closed;
  return { peer, channel: peer.openChannel() };
};

const messages = ({ channel }: Client): ServerMessage[] =>
  channel.sent.map((text) => {
    const message = JSON.parse(text) as ServerMessage;
    expect(serverFaults(message)).toBeNull();
    return message;
  });
const viewOf = (client: Client): View => messages(client).reduce(apply, NOTHING);
const namesIn = (client: Client): string[] => viewOf(client).members.map(({ userid }) => userid);
const inSlots = (client: Client): (string | null)[] =>
  [...viewOf(client).slots.values()].map((device) => device?.userid ?? null);
const say = ({ channel }: Client, message: object): void => channel.events.emit('message', JSON.stringify(message));

/** What follows from what was asked for is worked out, and time goes on. */
const pass = async (service: TestService, ms: number): Promise<void> => {
  await settled();
  service.clock.advance(ms);
};

test('a client knows itself, who is there, who is in which slot, and that the service lives', async () => {
  const service = await startService();
  const ann = await connected(service, 'ann', 'laptop');
  expect(messages(ann).map(({ type }) => type)).toEqual(['welcome', 'roster', 'slots', 'speakers']);
  expect(viewOf(ann)).toMatchObject({
    me: { userid: 'ann', clientid: 'laptop', csrc: ann.peer.request.csrc },
    conversation: null,
    ownSlots: ann.peer.slots.map(({ mid, kind, index }) => ({ mid, kind, index })),
  });
  await service.join('ann', 'tea');
  await service.join('ben', 'tea');
  const ben = await connected(service, 'ben');
  await pass(service, 1_000);
  for (const client of [ann, ben]) {
    expect(viewOf(client)).toMatchObject({
      conversation: 'tea',
      members: [
        { userid: 'ann', clientid: 'laptop', csrc: ann.peer.request.csrc, publishes: ['audio', 'video'] },
        { userid: 'ben', clientid: '', csrc: ben.peer.request.csrc, publishes: ['audio', 'video'] },
      ],
    });
  }
  // What it says is what is routed.
  const { slots } = viewOf(ann);
  for (const slot of ann.peer.slots) {
    const talker = service.plane.heardBy(slot)?.peer;
    expect([slot.mid, slots.get(slot.mid)?.csrc]).toEqual([
      slot.mid,
      talker === undefined ? undefined : service.plane.peer(talker).request.csrc,
    ]);
  }
  expect(inSlots(ann).filter((name) => name === 'ben')).toHaveLength(2);
  const before = messages(ann).length;
  await pass(service, 10_000);
  expect(messages(ann).slice(before)).toEqual(Array.from({ length: 10 }, () => ({ type: 'ping' })));
});

test('leaving, and another conversation', async () => {
  const service = await startService();
  const [ann, ben] = [await connected(service, 'ann'), await connected(service, 'ben')];
  for (const user of ['ann', 'ben']) await service.join(user, 'tea');
  await pass(service, 1_000);
  await service.join('ben', 'milk');
  await pass(service, 1_000);
  expect([namesIn(ann), new Set(inSlots(ann))]).toEqual([['ann'], new Set([null])]);
  expect([viewOf(ben).conversation, namesIn(ben)]).toEqual(['milk', ['ben']]);
  await service.ask('/join/milk', { method: 'DELETE', headers: claim('ben') });
  await pass(service, 1_000);
  expect(viewOf(ben)).toMatchObject({ conversation: null, members: [] });
});

test('who waits for a place in a full conversation is in none', async () => {
  const service = await startService({ env: { MAX_MEMBERS: '2' } });
  for (const user of ['ann', 'ben']) await service.join(user, 'tea');
  const ann = await connected(service, 'ann');
  await connected(service, 'ann', 'phone');
  const ben = await connected(service, 'ben');
  await pass(service, 1_000);
  expect(viewOf(ben).conversation).toBeNull();
  ann.peer.end('gone');
  await pass(service, 1_000);
  expect([viewOf(ben).conversation, namesIn(ben)]).toEqual(['tea', ['ann', 'ben']]);
});

test('a hundred who join at once are a few messages for each of them', async () => {
  const service = await startService();
  const users = Array.from({ length: 100 }, (_, n) => `user ${n}`);
  const clients = await Promise.all(users.map((user) => connected(service, user)));
  for (const { channel } of clients) channel.sent.length = 0;
  let passed = 0;
  for (const user of users) {
    await service.join(user, 'lecture');
    await pass(service, 10);
    passed += 10;
  }
  await pass(service, 2_000);
  const counts = clients.map((client) => messages(client).filter(({ type }) => type !== 'ping').length);
  // One second of joins: a handful of rosters of a growing room, and whoever comes into the three slots of each kind.
  expect(passed).toBe(1_000);
  expect(Math.max(...counts)).toBeLessThanOrEqual(15);
  for (const client of clients) expect([...namesIn(client)].sort()).toEqual([...users].sort());
  // Serialised once, the text is one for all.
  const last = clients.map(({ channel }) => channel.sent.filter((text) => text.includes('"roster"')).at(-1));
  expect(new Set(last).size).toBe(1);
}, 60_000);

test('select pins a device to a slot, null releases it, and a bad one is answered', async () => {
  const service = await startService();
  const names = ['ann', 'ben', 'cid', 'dan', 'eve'];
  const clients: Client[] = [];
  for (const name of names) {
    clients.push(await connected(service, name));
    await service.join(name, 'tea');
  }
  await pass(service, 1_000);
  const [ann] = clients as [Client];
  const [slot] = ann.peer.slots.filter(({ kind }) => kind === 'audio').slice(-1);
  const left = names.slice(1).find((name) => !inSlots(ann).includes(name)) ?? '';
  expect(left).not.toBe('');

  say(ann, { type: 'select', mid: slot?.mid, userid: left, clientid: '' });
  await pass(service, 200);
  expect(viewOf(ann).slots.get(slot?.mid ?? '')?.userid).toBe(left);
  expect(service.plane.heardBy(slot!)?.peer).toBe(clients[names.indexOf(left)]?.peer.id);

  say(ann, { type: 'select', mid: slot?.mid, userid: null });
  say(ann, { type: 'select', mid: '99', userid: 'ben' });
  say(ann, { type: 'sing' });
  await pass(service, 200);
  expect(messages(ann).filter(({ type }) => type === 'error')).toEqual([
    { type: 'error', code: 'select-mid', detail: 'no slot of this connection has this mid' },
  ]);
});

test('a client that reads nothing keeps nobody waiting, and is told the latest when it reads again', async () => {
  const service = await startService();
  const [slow, other] = [await connected(service, 'slow'), await connected(service, 'other')];
  for (const user of ['slow', 'other']) await service.join(user, 'tea');
  await pass(service, 1_000);
  slow.channel.stuck = true;
  const before = slow.channel.sent.length;
  for (const conversation of ['a', 'b', 'tea', 'c', 'tea']) {
    await service.join('other', conversation);
    await pass(service, 1_000);
    expect(viewOf(other).conversation).toBe(conversation);
  }
  slow.channel.stuck = false;
  await service.join('other', 'elsewhere');
  await pass(service, 2_000);
  expect(namesIn(slow)).toEqual(['slow']);
  const since = messages(slow).slice(before);
  expect(since.filter(({ type }) => type === 'roster')).toHaveLength(1);
});

test('a device that connects again gets a fresh welcome; the old connection bye, and nothing after it', async () => {
  const service = await startService();
  const [old, ben] = [await connected(service, 'ann', 'laptop'), await connected(service, 'ben')];
  for (const user of ['ann', 'ben']) await service.join(user, 'tea');
  await pass(service, 1_000);
  const before = viewOf(ben).members;
  const next = await connected(service, 'ann', 'laptop');
  await pass(service, 1_000);
  expect(messages(old).at(-1)).toEqual({ type: 'bye', reason: 'replaced' });
  expect(messages(old).filter(({ type }) => type === 'bye')).toHaveLength(1);
  expect(viewOf(next)).toMatchObject({ conversation: 'tea', me: viewOf(old).me ?? {} });
  expect(namesIn(next)).toEqual(['ann', 'ben']);
  // The others see no difference.
  expect(viewOf(ben).members).toEqual(before);
});

test('the end of the service is a bye for everybody; then no channel and no timer is left', async () => {
  const service = await startService();
  const clients = [await connected(service, 'ann'), await connected(service, 'ben')];
  for (const user of ['ann', 'ben']) await service.join(user, 'tea');
  expect(service.app.counts.channels).toBe(2);
  await service.app.close();
  for (const client of clients) expect(messages(client).at(-1)).toEqual({ type: 'bye', reason: 'shutdown' });
  expect([service.app.counts.channels, service.clock.timers]).toEqual([0, 0]);
});

test('a flood is counted and reported, and costs the others nothing', async () => {
  const service = await startService();
  const [loud, other] = [await connected(service, 'loud'), await connected(service, 'other')];
  for (let n = 0; n < 500; n += 1) loud.channel.events.emit('message', '{"type":');
  say(other, { type: 'select', mid: '99', userid: 'loud' });
  expect(messages(other).at(-1)).toMatchObject({ type: 'error', code: 'select-mid' });
  loud.channel.events.emit('closed');
  expect(service.reported('channel-closed')).toMatchObject([{ userid: 'loud', ignored: 20, limited: 480 }]);
  loud.peer.end('gone');
  await until(() => service.app.counts.peers === 1, 'the release');
});
