// One connection per device, joins that belong to the user, and how connections end: over real sockets.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakePeer } from '../../src/media/fake/peer.ts';
import { claim } from '../support/client.ts';
import { OFFER, startService, stopServices, until, type TestService } from '../support/service.ts';

afterEach(stopServices);

/** Waits until `listener` hears exactly these. */
const hears = async (service: TestService, listener: FakePeer, ...expected: FakePeer[]): Promise<void> => {
  const ids = expected.map(({ id }) => id);
  await until(() => JSON.stringify(service.hears(listener)) === JSON.stringify(ids), `to hear ${ids.join()}`);
};

describe('replacement', () => {
  test('a newer offer ends an older pending one with 4409, at once', async () => {
    const service = await startService();
    const old = await service.answered('me', 'laptop');
    const next = await service.answered('me', 'laptop');
    expect(await old.client.closed).toMatchObject({ code: 4409, reason: expect.stringMatching(/^replaced: /) });
    expect(old.peer.closeReason).toBe('replaced');
    next.peer.connect();
    expect(await next.client.closed).toMatchObject({ code: 1000 });
  });

  test('so it does while the older one’s answer is still in the making', async () => {
    const service = await startService();
    const { client: old, release } = await service.answering('me');
    const next = await service.open('me');
    next.socket.send(OFFER);
    expect(await old.closed).toMatchObject({ code: 4409 });
    release();
    await next.message();
    await until(() => service.plane.openPeers === 1, 'the release of the older peer');
    expect(old.received).toEqual([]);
  });

  test('an established one goes on until the newer is established: bye, then closed, its place taken over', async () => {
    const service = await startService();
    const listener = await service.connected('listener');
    const old = await service.connected('me', 'laptop');
    for (const user of ['listener', 'me']) await service.join(user, 'room');
    await hears(service, listener, old);
    const channel = old.openChannel();
    const { client, peer: next } = await service.answered('me', 'laptop');
    expect(old.closeReason).toBeNull();
    expect(service.hears(listener)).toEqual([old.id]);
    next.connect();
    expect(await client.closed).toMatchObject({ code: 1000 });
    await hears(service, listener, next);
    await until(() => old.closeReason !== null, 'the end of the old one');
    expect(old.closeReason).toBe('replaced');
    expect(channel.sent.at(-1)).toBe(JSON.stringify({ type: 'bye', reason: 'replaced' }));
    expect(next.request.csrc).toBe(old.request.csrc);
  });

  test('a newer one that fails leaves the established one as it was', async () => {
    const service = await startService();
    const listener = await service.connected('listener');
    const old = await service.connected('me');
    for (const user of ['listener', 'me']) await service.join(user, 'room');
    const { client, peer: next } = await service.answered('me');
    next.end('failed');
    expect(await client.closed).toMatchObject({ code: 4500 });
    expect(old.closeReason).toBeNull();
    await hears(service, listener, old);
  });

  test('a bad offer never touches the old one, pending or established', async () => {
    const service = await startService();
    const established = await service.connected('me', 'a');
    const pending = await service.answered('me', 'b');
    for (const device of ['a', 'b']) {
      const bad = await service.open('me', device);
      bad.socket.send('not an offer');
      expect(await bad.closed).toMatchObject({ code: 4400 });
    }
    expect([established.closeReason, pending.peer.closeReason]).toEqual([null, null]);
    pending.peer.connect();
    expect(await pending.client.closed).toMatchObject({ code: 1000 });
  });

  test('a socket without an offer touches nothing', async () => {
    const service = await startService();
    const { client } = await service.answered('me');
    await service.open('me');
    await client.settled();
  });

  test('devices of a user, and users with a device of the same name, do not replace each other', async () => {
    const service = await startService();
    const peers = [
      await service.connected('me', 'laptop'),
      await service.connected('me', 'phone'),
      await service.connected('me'),
      await service.connected('you', 'laptop'),
    ];
    expect(peers.map(({ closeReason }) => closeReason)).toEqual([null, null, null, null]);
    expect(new Set(peers.map(({ request }) => request.csrc)).size).toBe(4);
  });
});

describe('join and connect in any order', () => {
  const orders: [string, (service: TestService) => Promise<FakePeer>][] = [
    [
      'before',
      async (service) => {
        await service.join('me', 'room');
        return service.connected('me');
      },
    ],
    [
      'while the socket waits for the offer of',
      async (service) => {
        const client = await service.open('me');
        await service.join('me', 'room');
        client.socket.send(OFFER);
        await client.message();
        const peer = service.newest();
        peer.connect();
        return peer;
      },
    ],
    [
      'between the answer and the end of',
      async (service) => {
        const { peer } = await service.answered('me');
        await service.join('me', 'room');
        peer.connect();
        return peer;
      },
    ],
    [
      'after',
      async (service) => {
        const peer = await service.connected('me');
        await service.join('me', 'room');
        return peer;
      },
    ],
  ];

  test.each(orders)('the join comes %s connect', async (_, arrive) => {
    const service = await startService();
    const other = await service.connected('other');
    await service.join('other', 'room');
    const me = await arrive(service);
    await hears(service, other, me);
    await hears(service, me, other);
  });

  test('nobody is heard before his connection is up', async () => {
    const service = await startService();
    const other = await service.connected('other');
    for (const user of ['other', 'me']) await service.join(user, 'room');
    const { client, peer } = await service.answered('me');
    await client.settled();
    expect(service.hears(other)).toEqual([]);
    peer.connect();
    await hears(service, other, peer);
  });

  test('all devices of the user are in the conversation, and hear each other', async () => {
    const service = await startService();
    await service.join('me', 'room');
    const laptop = await service.connected('me', 'laptop');
    const phone = await service.connected('me', 'phone');
    await hears(service, laptop, phone);
    await hears(service, phone, laptop);
  });

  test('to join another conversation is to leave the one before; to leave is to be heard no more', async () => {
    const service = await startService();
    const [me, a, b] = [await service.connected('me'), await service.connected('a'), await service.connected('b')];
    for (const [user, room] of [
      ['a', 'one'],
      ['b', 'two'],
      ['me', 'one'],
    ] as const)
      await service.join(user, room);
    await hears(service, a, me);
    await service.join('me', 'two');
    await hears(service, a);
    await hears(service, b, me);
    await service.ask('/join/two', { method: 'DELETE', headers: claim('me') });
    await hears(service, b);
    await hears(service, me);
    expect(me.closeReason).toBeNull();
  });

  test('a join is kept for JOIN_TTL while no device is connected', async () => {
    const service = await startService({ env: { JOIN_TTL: '600' } });
    await service.join('me', 'room');
    service.clock.advance(599_000);
    const peer = await service.connected('me');
    service.clock.advance(10_000);
    expect(service.app.counts.joins).toBe(1);
    peer.end('gone');
    service.clock.advance(599_999);
    expect(service.app.counts.joins).toBe(1);
    service.clock.advance(1);
    expect(service.app.counts.joins).toBe(0);
  });
});

describe('the end of a connection', () => {
  test('the device is out of the conversation at once, everything is freed, and the user may come back', async () => {
    const service = await startService();
    const [me, other] = [await service.connected('me'), await service.connected('other')];
    for (const user of ['me', 'other']) await service.join(user, 'room');
    await hears(service, other, me);
    me.end('gone');
    await hears(service, other);
    await until(() => service.plane.openPeers === 1, 'the release');
    const again = await service.connected('me');
    await hears(service, other, again);
  });

  test('one from whom nothing at all comes for PEER_TIMEOUT is ended, and nobody else', async () => {
    const service = await startService({ env: { PEER_TIMEOUT: '30' } });
    const [silent, listener] = [await service.connected('silent'), await service.connected('listener')];
    for (let second = 0; second < 300; second += 5) {
      listener.idle = 25_000;
      silent.idle = second < 60 ? 1_000 : (second - 60) * 1_000;
      service.clock.advance(5_000);
      if (second === 85) expect(silent.closeReason).toBeNull();
    }
    await until(() => silent.closeReason !== null, 'the end');
    expect(silent.closeReason).toBe('silent');
    expect(listener.closeReason).toBeNull();
    expect(service.plane.openPeers).toBe(1);
  });

  test('a connection that failed is gone too', async () => {
    const service = await startService();
    const me = await service.connected('me');
    me.end('failed');
    await until(() => service.app.counts.peers === 0, 'the release');
  });
});

describe('the permission service', () => {
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  /** Answers every question with this status; keeps what was asked. */
  const permission = async (status: number): Promise<{ host: string; asked: string[] }> => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(status, { Location: '/yes', Connection: 'close' }).end('true');
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { host: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  };

  test('a yes is a 200', async () => {
    const { host, asked } = await permission(200);
    const service = await startService({ env: { PERMISSIONS_HOST: host } });
    expect((await service.join('me/you', 'a b')).status).toBe(200);
    expect(asked).toEqual(['/user/me%2Fyou/conversation/a%20b']);
  });

  test.each([401, 403, 404, 500, 204, 302])('%i is a no: 401, and nothing has changed', async (status) => {
    const { host } = await permission(status);
    const service = await startService({ env: { PERMISSIONS_HOST: host } });
    const reply = await service.join('me', 'room');
    expect(reply.status).toBe(401);
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'permission-denied' });
    expect(reply.headers['www-authenticate']).toBeDefined();
    expect(service.app.counts.joins).toBe(0);
  });

  test('nobody there is a no', async () => {
    const service = await startService({ env: { PERMISSIONS_HOST: 'http://127.0.0.1:1' } });
    expect((await service.join('me', 'room')).status).toBe(401);
  });
});
