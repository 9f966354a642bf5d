// The admin listener over real sockets: who may ask, and what is answered.
import { ask, type Ask } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';
import { startService, stopServices, until, type TestService } from '../support/service.ts';

afterEach(stopServices);

const TOKEN = 'the-token-of-an-operator';
const AUTHORIZED = { Authorization: `Bearer ${TOKEN}` };

const asAdmin = (service: TestService, path: string, options?: Ask) =>
  ask(service.app.adminAddress?.port ?? 0, path, options);

describe('who may ask', () => {
  const foreign: [string, Record<string, string>, string][] = [
    ['a name that could be rebound', { Host: 'evil.example' }, 'admin-host'],
    ['a name with a port', { Host: 'evil.example:9090' }, 'admin-host'],
    ['a name that begins like an address', { Host: '127.0.0.1.evil.example' }, 'admin-host'],
    ['brackets around no address', { Host: '[evil]:9090' }, 'admin-host'],
    ['a page of another origin', { Origin: 'https://evil.example' }, 'admin-origin'],
    ['a page of its own origin', { Origin: 'http://127.0.0.1:9090' }, 'admin-origin'],
    ['a page without an origin', { Origin: 'null' }, 'admin-origin'],
  ];

  test.each(foreign)('not %s, not even with the token', async (_, headers, code) => {
    const service = await startService({ env: { ADMIN_TOKEN: TOKEN } });
    for (const path of ['/healthz', '/readyz', '/conversations', '/elsewhere']) {
      expectProblem(await asAdmin(service, path, { headers: { ...AUTHORIZED, ...headers } }), 403, code);
    }
  });

  test.each([
    '127.0.0.1',
    '127.0.0.1:9090',
    '[::1]',
    '[::1]:9090',
    'localhost',
    'LOCALHOST:80',
    'Media-1:9090',
    '10.1.2.3',
  ])('whoever says Host: %s', async (Host) => {
    const service = await startService({ env: { ADMIN_HOSTS: 'media-1' } });
    expect((await asAdmin(service, '/conversations', { headers: { Host } })).status).toBe(200);
  });

  test('with a token set, everything but the probes wants it', async () => {
    const service = await startService({ env: { ADMIN_TOKEN: TOKEN } });
    for (const headers of [
      {},
      { Authorization: TOKEN },
      { Authorization: `Bearer ${TOKEN}x` },
      { Authorization: 'Bearer ' },
    ]) {
      expectProblem(await asAdmin(service, '/conversations', { headers }), 401, 'admin-token');
      expectProblem(await asAdmin(service, '/elsewhere', { method: 'DELETE', headers }), 401, 'admin-token');
      expect((await asAdmin(service, '/healthz', { headers })).status).toBe(200);
    }
    expect((await asAdmin(service, '/conversations', { headers: AUTHORIZED })).status).toBe(200);
  });

  test('without a token set, nothing can be changed', async () => {
    const service = await startService();
    expectProblem(await asAdmin(service, '/conversations/tea', { method: 'DELETE' }), 403, 'admin-read-only');
    const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };
    expectProblem(await asAdmin(service, '/conversations/tea', post), 403, 'admin-read-only');
  });

  test.each([undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'multipart/form-data'])(
    'no POST of type %s, which a form could send',
    async (type) => {
      const service = await startService({ env: { ADMIN_TOKEN: TOKEN } });
      const headers = type === undefined ? AUTHORIZED : { ...AUTHORIZED, 'Content-Type': type };
      expectProblem(await asAdmin(service, '/x', { method: 'POST', headers, body: '{}' }), 415, 'admin-content-type');
    },
  );
});

describe('the probes', () => {
  test('/healthz says whether the media plane is able', async () => {
    const service = await startService();
    expect(await asAdmin(service, '/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    service.plane.readyError = new Error('lost');
    expectProblem(await asAdmin(service, '/healthz'), 500, 'internal');
  });

  test('/readyz says whether a connection would be accepted', async () => {
    const service = await startService();
    expect(await asAdmin(service, '/readyz')).toMatchObject({ status: 200, body: 'ok\n' });
    void service.app.drain();
    expectProblem(await asAdmin(service, '/readyz'), 503, 'draining');
    expect((await asAdmin(service, '/healthz')).status).toBe(200);
  });
});

describe('conversations', () => {
  test('are listed, with how many are in them', async () => {
    const service = await startService();
    expect(JSON.parse((await asAdmin(service, '/conversations')).body)).toEqual({ conversations: [] });
    await service.join('ann', 'tea');
    await service.join('ben', 'tea');
    await service.join('cid', 'coffee/ü');
    await service.connected('ann');
    expect(JSON.parse((await asAdmin(service, '/conversations')).body)).toEqual({
      conversations: [
        { id: 'tea', users: 2, members: 1 },
        { id: 'coffee/ü', users: 1, members: 0 },
      ],
    });
  });

  test('are shown one by one', async () => {
    const service = await startService();
    await service.join('ann', 'coffee/ü');
    const peer = await service.connected('ann', 'laptop');
    const { status, body } = await asAdmin(service, `/conversations/${encodeURIComponent('coffee/ü')}`);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      id: 'coffee/ü',
      users: ['ann'],
      members: [
        {
          peer: peer.id,
          userid: 'ann',
          clientid: 'laptop',
          csrc: peer.request.csrc,
          tracks: [{ mid: '0', kind: 'audio' }],
          slots: [{ mid: '0', kind: 'audio', index: 0, hears: null }],
          traffic: {
            received: { packets: 0, bytes: 0 },
            sent: { packets: 0, bytes: 0 },
            dropped: 0,
            roundTripTime: null,
            loss: { received: null, sent: null },
          },
        },
      ],
    });
  });

  test('are shown with who is heard by whom, and how it gets there; and as a picture', async () => {
    const service = await startService();
    for (const userid of ['ann', '<b>']) await service.join(userid, 'tea');
    const [ann, other] = [await service.connected('ann'), await service.connected('<b>')];
    await until(() => service.hears(ann).length === 1);
    const stream = { kind: 'audio' as const, packetsLost: 1, jitter: null };
    ann.quality = [
      { ...stream, direction: 'received', fractionLost: 0.1, roundTripTime: null },
      { ...stream, direction: 'sent', fractionLost: 0.2, roundTripTime: 0.05 },
      { ...stream, direction: 'sent', fractionLost: 0.3, roundTripTime: 0.05 },
      { ...stream, direction: 'sent', fractionLost: null, roundTripTime: 0.05 },
    ];
    ann.counted = { ...ann.counted, dropped: { late: 3, stale: 4 } };
    const shown = JSON.parse((await asAdmin(service, '/conversations/tea')).body) as { members: unknown };
    expect(shown.members).toMatchObject([
      {
        slots: [{ hears: other.id }],
        traffic: { dropped: 7, roundTripTime: 0.05, loss: { received: 0.1, sent: 0.3 } },
      },
      { slots: [{ hears: ann.id }], traffic: { loss: { received: null, sent: null } } },
    ]);
    const { status, headers, body } = await asAdmin(service, '/conversations/tea/graph.svg');
    expect([status, headers['content-type']]).toEqual([200, 'image/svg+xml; charset=utf-8']);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
    expect(body).toMatch(/^<svg .*<title>&lt;b&gt; → ann, audio slot 0<\/title>.*<\/svg>$/s);
    expectProblem(await asAdmin(service, '/conversations/none/graph.svg'), 404, 'admin-not-found');
  });

  test('are ended one by one: everybody is out, connections stay, and who joins again is in it again', async () => {
    const service = await startService({ env: { ADMIN_TOKEN: TOKEN } });
    const end = (id: string) => asAdmin(service, `/conversations/${id}`, { method: 'DELETE', headers: AUTHORIZED });
    const peers = [];
    for (const [userid, id] of [
      ['ann', 'tea'],
      ['ben', 'tea'],
      ['cid', 'coffee'],
    ] as const) {
      await service.join(userid, id);
      peers.push(await service.connected(userid));
    }
    const [ann, , cid] = peers;
    const channel = ann!.openChannel();
    await until(() => service.hears(ann!).length === 1);
    channel.sent.length = 0;
    expect(await end('tea')).toMatchObject({ status: 204, body: '' });
    expect(service.hears(ann!)).toEqual([]);
    service.clock.advance(1_000);
    const said = channel.sent.map((text) => JSON.parse(text) as object);
    expect(said).toMatchObject([{ type: 'roster', conversation: null, members: [] }, { type: 'slots' }, {}]);
    expect(service.reported('user-left')).toEqual([
      { conversation: 'tea', userid: 'ann', reason: 'ended' },
      { conversation: 'tea', userid: 'ben', reason: 'ended' },
    ]);
    expect(peers.map(({ closeReason }) => closeReason)).toEqual([null, null, null]);
    expect(JSON.parse((await asAdmin(service, '/conversations', { headers: AUTHORIZED })).body)).toEqual({
      conversations: [{ id: 'coffee', users: 1, members: 1 }],
    });
    expect(service.hears(cid!)).toEqual([]);
    expectProblem(await end('tea'), 404, 'admin-not-found');
    await service.join('ann', 'coffee');
    await until(() => service.hears(ann!).length === 1);
    expect(service.hears(ann!)).toEqual([cid!.id]);
    await service.join('ben', 'tea');
    expect((await asAdmin(service, '/conversations/tea', { headers: AUTHORIZED })).status).toBe(200);
  });

  test.each(['/conversations/nobody', '/elsewhere', '/conversations/%', '/healthz/x'])(
    '%s is not there',
    async (path) => {
      expectProblem(await asAdmin(await startService(), path), 404, 'admin-not-found');
    },
  );
});

test('nothing of it is on the public listener, and the other way round', async () => {
  const service = await startService();
  for (const path of ['/healthz', '/conversations']) expect((await service.ask(path)).status).toBe(400);
  expectProblem(await asAdmin(service, '/connect'), 404, 'admin-not-found');
});

test('it can be left out', async () => {
  const service = await startService({ env: { ADMIN_LISTEN: 'off' } });
  expect(service.app.adminAddress).toBeNull();
});

test('a port that is taken is named by its own setting', async () => {
  const service = await startService();
  const taken = `127.0.0.1:${service.app.adminAddress?.port ?? 0}`;
  await expect(startService({ env: { ADMIN_LISTEN: taken } })).rejects.toMatchObject({
    code: 'listen',
    detail: expect.stringMatching(
      new RegExp(`^ADMIN_LISTEN=${taken.replaceAll('.', '\\.')}: something else`),
    ) as string,
  });
});
