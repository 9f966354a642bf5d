// What the service before this one got wrong, each kept as a test of its own. Those of the media itself (talkers
// interleaved on one track, packets after a switch taken for replays) are with the forwarder's.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakePeer } from '../../src/media/fake/peer.ts';
import { claim } from '../support/client.ts';
import { OFFER, startService, stopServices, until, type TestService } from '../support/service.ts';

afterEach(stopServices);

const heard = (service: TestService, listener: FakePeer): string[] => service.hears(listener).sort();
const hearsOnly = (service: TestService, listener: FakePeer, expected: FakePeer[]): Promise<void> =>
  until(
    () =>
      heard(service, listener).join() ===
      expected
        .map(({ id }) => id)
        .sort()
        .join(),
    'whom he hears',
  );

test('the socket never closed: it does, for each of many clients at once', async () => {
  const service = await startService();
  const all = await Promise.all(Array.from({ length: 20 }, (_, i) => service.open(`user ${i}`)));
  for (const client of all) client.socket.send(OFFER);
  for (const client of all) await client.message();
  expect(all.every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true);
  for (const peer of service.plane.peers) peer.connect();
  for (const client of all) expect(await client.closed).toMatchObject({ code: 1000 });
  await until(() => service.app.counts.sockets === 0, 'the end of the sockets');
});

test('no clean-up on disconnect: 50 rounds leave nothing', async () => {
  const service = await startService();
  for (let i = 0; i < 50; i++) {
    const peer = await service.connected('me');
    await service.join('me', `room ${i % 3}`);
    peer.end(i % 2 === 0 ? 'gone' : 'failed');
    await until(() => service.plane.openPeers === 0, 'the release');
  }
  await until(() => service.app.counts.sockets === 0, 'the end of the sockets');
  expect(service.plane.openGraphs).toBe(0);
  expect(service.app.counts).toEqual({ sockets: 0, waiting: 0, peers: 0, channels: 0, joins: 1, conversations: 1 });
  service.clock.advance(600_000);
  expect(service.app.counts).toMatchObject({ joins: 0, conversations: 0 });
  // The liveness sweep, the look at how streams fare, and the one at lines.
  expect(service.clock.timers).toBe(3);
});

test.each([0, 1, 2])(
  'leaving a conversation removed somebody else: number %i of three leaves, and he alone',
  async (leaver) => {
    const service = await startService();
    const users = ['ann', 'bob', 'eve'];
    const peers: FakePeer[] = [];
    for (const user of users) {
      peers.push(await service.connected(user));
      await service.join(user, 'room');
    }
    await service.ask('/join/room', { method: 'DELETE', headers: claim(users[leaver] ?? '') });
    const [first, second] = peers.filter((_, i) => i !== leaver) as [FakePeer, FakePeer];
    await hearsOnly(service, first, [second]);
    await hearsOnly(service, second, [first]);
    await hearsOnly(service, peers[leaver]!, []);
    expect(peers.map(({ closeReason }) => closeReason)).toEqual([null, null, null]);
  },
);

test('so did a disconnect: the others stay', async () => {
  const service = await startService();
  const peers: FakePeer[] = [];
  for (const user of ['ann', 'bob', 'eve']) {
    peers.push(await service.connected(user));
    await service.join(user, 'room');
  }
  const [ann, bob, eve] = peers as [FakePeer, FakePeer, FakePeer];
  bob.end('gone');
  await hearsOnly(service, ann, [eve]);
  await hearsOnly(service, eve, [ann]);
});

test('a permission service’s "no" was taken for a yes', async () => {
  const server = createServer((request, response) => {
    response
      .writeHead(request.url?.includes('bob') === true ? 403 : 200, { Connection: 'close' })
      .end('{"allowed":true}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const service = await startService({ env: { PERMISSIONS_HOST: host } });
    const [ann, bob] = [await service.connected('ann'), await service.connected('bob')];
    expect((await service.join('ann', 'room')).status).toBe(200);
    expect((await service.join('bob', 'room')).status).toBe(401);
    expect([service.hears(ann), service.hears(bob)]).toEqual([[], []]);
  } finally {
    server.close();
  }
});

test('maps shared without order: a storm of everything at once ends in the state of the last word of each', async () => {
  const service = await startService();
  const users = Array.from({ length: 8 }, (_, i) => `user ${i}`);
  const rooms = ['red', 'green', 'blue'];
  // Each user's own requests are in order; those of different users are all under way at once.
  await Promise.all(
    users.map(async (user, u) => {
      for (let round = 0; round < 6; round++) {
        const room = rooms[(u + round) % rooms.length] ?? '';
        const [{ client, peer }] = await Promise.all([connectOne(service, user), service.join(user, room)]);
        peer.connect();
        await client.closed;
        if ((u + round) % 4 === 0) peer.end('gone');
      }
      await service.join(user, rooms[u % rooms.length] ?? '');
      const { client, peer } = await connectOne(service, user);
      peer.connect();
      await client.closed;
    }),
  );
  await until(() => service.plane.openPeers === users.length, 'the end of everything that was replaced');
  const roomOf = new Map(service.plane.peers.map((peer) => [peer.id, rooms[numberOf(service, peer) % rooms.length]]));
  expect(roomOf.size).toBe(users.length);
  const isSettled = (peer: FakePeer): boolean => {
    const [source] = service.hears(peer);
    return source !== undefined && source !== peer.id && roomOf.get(source as FakePeer['id']) === roomOf.get(peer.id);
  };
  await until(() => service.plane.peers.every(isSettled), 'everybody hears somebody of his own room');
  expect(service.app.counts).toMatchObject({ joins: users.length, conversations: rooms.length });
});

/** Several connects run at once, so the peer is found by its id in the report and not by its age. */
const connectOne = async (service: TestService, user: string) => {
  const { client } = await service.answered(user);
  const opened = service.events.filter(
    ({ name, fields }) => name === 'peer-opened' && 'userid' in fields && fields.userid === user,
  );
  const fields = opened.at(-1)?.fields as { peer: FakePeer['id'] };
  return { client, peer: service.plane.peer(fields.peer) };
};

const numberOf = (service: TestService, peer: FakePeer): number => {
  const event = service.events.find(
    ({ name, fields }) => name === 'peer-opened' && 'peer' in fields && fields.peer === peer.id,
  );
  return Number((event?.fields as { userid: string }).userid.split(' ')[1]);
};
