// What the public listener says in HTTP: statuses, headers and bodies, over real sockets.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { askRaw, claim, handshake, TestClient, UPGRADE, type Ask } from '../support/client.ts';
import { deferred } from '../support/deferred.ts';
import { expectProblem } from '../support/problem.ts';
import { OFFER, startService, stopServices, until, type TestService } from '../support/service.ts';

afterEach(stopServices);

const SECRET = 'a-secret-of-the-proxy';

/** Every way into the service that needs a claim. */
const DOORS: [string, string, Ask][] = [
  ['GET /connect', '/connect', {}],
  ['GET /connect as an upgrade', '/connect', { headers: UPGRADE }],
  ['POST /join/a', '/join/a', { method: 'POST' }],
  ['DELETE /join/a', '/join/a', { method: 'DELETE' }],
  ['GET /elsewhere', '/elsewhere', {}],
  ['an upgrade elsewhere', '/elsewhere', { headers: UPGRADE }],
  ['POST /join/', '/join/', { method: 'POST' }],
];

const through = (service: TestService, [, path, ask]: (typeof DOORS)[number], headers: Record<string, string>) =>
  service.ask(path, { ...ask, headers: { ...ask.headers, ...headers } });

describe('the claim', () => {
  const bad: [string, Record<string, string>, string][] = [
    ['missing', {}, 'claim-missing'],
    ['empty', { 'X-User-Claim': '' }, 'claim-missing'],
    ['not JSON', { 'X-User-Claim': 'me' }, 'claim-malformed'],
    ['not an object', { 'X-User-Claim': '["me"]' }, 'claim-malformed'],
    ['not UTF-8', { 'X-User-Claim': '{"userid":"\xff"}' }, 'claim-malformed'],
    ['without a userid', { 'X-User-Claim': '{"clientid":"c"}' }, 'claim-userid'],
    ['with a userid that is no text', { 'X-User-Claim': '{"userid":7}' }, 'claim-userid'],
    ['with an empty userid', { 'X-User-Claim': '{"userid":""}' }, 'claim-userid'],
    ['with a userid of 257 characters', claim('x'.repeat(257)), 'claim-userid'],
    ['with a clientid that is no text', { 'X-User-Claim': '{"userid":"u","clientid":null}' }, 'claim-clientid'],
    [
      'longer than 8 KiB',
      { 'X-User-Claim': JSON.stringify({ userid: 'me', more: 'x'.repeat(8192) }) },
      'claim-too-long',
    ],
    [
      'longer than Node reads',
      { 'X-User-Claim': JSON.stringify({ userid: 'me', more: 'x'.repeat(40_000) }) },
      'claim-too-long',
    ],
  ];

  describe.each(DOORS)('%s', (...door) => {
    test.each(bad)('400 where it is %s', async (_, headers, code) => {
      expectProblem(await through(await startService(), door, headers), 400, code);
    });
  });

  test('8 KiB, unknown members and ids of 256 characters are fine', async () => {
    const service = await startService();
    const json = JSON.stringify({ userid: 'x'.repeat(256), clientid: 'y'.repeat(256), more: '' });
    const padded = json.replace('"more":""', `"more":"${'z'.repeat(8192 - json.length)}"`);
    expect(padded).toHaveLength(8192);
    expect((await service.ask('/join/a', { method: 'POST', headers: { 'X-User-Claim': padded } })).status).toBe(200);
  });

  test('is read as UTF-8 though Node hands it over as latin1', async () => {
    const service = await startService();
    const peer = await service.connected('Zoë 😀', 'téléphone');
    const other = await service.connected('other');
    await service.join('other', 'room');
    await service.join('Zoë 😀', 'room');
    await until(() => service.hears(other).length === 1, 'the route');
    expect(service.hears(other)).toEqual([peer.id]);
  });
});

describe('what is served', () => {
  test.each<[string, string]>([
    ['GET', '/'],
    ['GET', '/connect/'],
    ['GET', '/join'],
    ['POST', '/join/a/b'],
    ['POST', '/join/a/'],
    ['GET', '/join/a'],
    ['PUT', '/join/a'],
    ['PATCH', '/join/a'],
    ['POST', '/connect'],
    ['DELETE', '/connect'],
    ['GET', '/health'],
    ['GET', '/metrics'],
    ['GET', '/favicon.ico'],
    ['GET', '/%63onnect'],
    ['OPTIONS', '/elsewhere'],
  ])('%s %s is 404', async (method, path) => {
    const service = await startService();
    expectProblem(await service.ask(path, { method, headers: claim('me') }), 404, 'not-found');
  });

  test.each(['/connect', '/join/a', '/'])('HEAD %s is 404 without a body', async (path) => {
    const reply = await (await startService()).ask(path, { method: 'HEAD', headers: claim('me') });
    expect(reply).toMatchObject({ status: 404, body: '' });
  });

  test.each(['/', '/connect/', '/join/a', '/connections'])('an upgrade to %s is 404', async (path) => {
    const service = await startService();
    expectProblem(await service.refused(claim('me'), path), 404, 'not-found');
  });

  test('GET /connect without an upgrade is 426', async () => {
    const reply = await (await startService()).ask('/connect', { headers: claim('me') });
    expectProblem(reply, 426, 'upgrade-required');
    expect(reply.headers).toMatchObject({ upgrade: 'websocket', connection: 'Upgrade, close' });
  });

  test('GET /connect without an upgrade tells what refuses one: a full service, a page from elsewhere', async () => {
    const full = await startService({ env: { MAX_PEERS: '1' } });
    await full.connected('ann');
    const reply = await full.ask('/connect', { headers: claim('me') });
    expectProblem(reply, 503, 'full');
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    // His own connection makes place for the one that replaces it.
    expectProblem(await full.ask('/connect', { headers: claim('ann') }), 426, 'upgrade-required');

    const picky = await startService({ env: { CONNECT_ORIGINS: 'https://app.example.org' } });
    const elsewhere = { ...claim('me'), Origin: 'https://evil.example.org' };
    expectProblem(await picky.ask('/connect', { headers: elsewhere }), 403, 'connect-origin');
  });

  test('an upgrade to something else is 426', async () => {
    const service = await startService();
    const headers = { ...claim('me'), Connection: 'Upgrade', Upgrade: 'h2c' };
    expectProblem(await service.ask('/connect', { headers }), 426, 'upgrade-required');
  });

  test('nothing tells what runs here', async () => {
    const { headers } = await (await startService()).ask('/', { headers: claim('me') });
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['server']).toBeUndefined();
  });

  test('the token of the query is in no answer', async () => {
    const service = await startService();
    const token = 'very-secret-token';
    const replies = [
      await service.ask(`/connect?token=${token}`),
      await service.ask(`/connect?token=${token}`, { headers: claim('me') }),
      await service.ask(`/nowhere?token=${token}`, { headers: claim('me') }),
      await service.refused({}, `/connect?token=${token}`),
    ];
    expect(replies.map(({ status }) => status)).toEqual([400, 426, 404, 400]);
    for (const reply of replies) expect(JSON.stringify(reply)).not.toContain(token);
  });

  test.each(['hello\r\n\r\n', 'GET / HTTP/1.1\r\nBad Header: x\r\n\r\n'])('%j is 400 and the end', async (bytes) => {
    expect(await askRaw((await startService()).port, bytes)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('before the upgrade', () => {
  test('503 with Retry-After where the server is full', async () => {
    const service = await startService({ env: { MAX_PEERS: '1' } });
    await service.connected('me');
    const reply = await service.refused(claim('you'));
    expectProblem(reply, 503, 'full');
    expect(JSON.parse(reply.body)).toMatchObject({ detail: 'this server is full; try again later: MAX_PEERS' });
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    // The device that has the place may come again.
    await service.answered('me');
  });

  test('503 with Retry-After while draining', async () => {
    const service = await startService();
    void service.app.drain();
    const reply = await service.refused(claim('me'));
    expectProblem(reply, 503, 'draining');
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('429 with Retry-After for a user who connects too often, and for nobody else', async () => {
    const service = await startService({ env: { CONNECT_RATE: '2' } });
    await service.open('me', 'a');
    await service.open('me', 'b');
    const reply = await service.refused(claim('me', 'c'));
    expectProblem(reply, 429, 'connect-rate');
    expect(reply.headers['retry-after']).toBe('30');
    await service.open('you');
    service.clock.advance(30_000);
    await service.open('me', 'c');
  });

  describe('429 for an address that connects too often', () => {
    const from = (userid: string, forwarded: string): Record<string, string> => ({
      ...claim(userid),
      'X-Forwarded-For': forwarded,
    });

    test('that of the socket where no proxy is trusted, whatever is forwarded', async () => {
      const service = await startService({ env: { CONNECT_RATE_ADDRESS: '2' } });
      await service.open('a');
      await service.open('b');
      const reply = await service.refused(from('c', '192.0.2.1'));
      expectProblem(reply, 429, 'connect-rate');
      expect(reply.headers['retry-after']).toBe('30');
      expect(service.app.counts.waiting).toBe(2);
      service.clock.advance(30_000);
      await service.open('c');
    });

    test('that which the trusted proxy saw, and nobody at another; of IPv6 the whole network', async () => {
      const service = await startService({ env: { CONNECT_RATE_ADDRESS: '1', TRUST_PROXY: '1' } });
      const open = async (forwarded: string): Promise<void> => {
        const client = await TestClient.open(service.port, from(forwarded, forwarded));
        expect(client).toBeInstanceOf(TestClient);
      };
      await open('192.0.2.1');
      expectProblem(await service.refused(from('x', 'forged, 192.0.2.1')), 429, 'connect-rate');
      await open('192.0.2.2');
      await open('2001:db8::1');
      expectProblem(await service.refused(from('x', '2001:db8::2')), 429, 'connect-rate');
      await open('2001:db8:0:1::2');
    });
  });

  test('403 for a page that is not one of CONNECT_ORIGINS; what is no page may connect', async () => {
    const service = await startService({ env: { CONNECT_ORIGINS: 'https://app.example' } });
    expectProblem(await service.refused({ ...claim('me'), Origin: 'https://evil.example' }), 403, 'connect-origin');
    expectProblem(await service.refused({ ...claim('me'), Origin: 'null' }), 403, 'connect-origin');
    for (const headers of [claim('me'), { ...claim('me'), Origin: 'https://app.example' }]) {
      expect(await TestClient.open(service.port, headers)).toBeInstanceOf(TestClient);
    }
  });

  test('by default any page may connect', async () => {
    const service = await startService();
    const headers = { ...claim('me'), Origin: 'https://evil.example' };
    expect(await TestClient.open(service.port, headers)).toBeInstanceOf(TestClient);
  });

  test('500 where no peer can be created, with nothing of why', async () => {
    const service = await startService();
    service.plane.readyError = new Error('secret detail');
    const reply = await service.refused(claim('me'));
    expectProblem(reply, 500, 'internal');
    expect(reply.body).not.toContain('secret');
    expect(service.reported('fault')).toMatchObject([{ error: 'Error: secret detail' }]);
    expect((await service.join('me', 'room')).status).toBe(200);
  });

  test('a refused upgrade ends the connection', async () => {
    const service = await startService();
    const reply = await askRaw(service.port, handshake({}));
    expect(reply).toMatch(/^HTTP\/1\.1 400 /);
    expect(reply).toMatch(/\r\nConnection: close\r\n/i);
  });
});

describe('CORS', () => {
  const PAGE = 'https://app.example.org';
  const env = { CORS_ORIGINS: `https://other.example.org, ${PAGE}` };
  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type',
    },
  });

  test.each(['/join/a', '/join/a%2Fb', '/connect', '/connect?token=x'])(
    'OPTIONS %s is answered before the claim',
    async (path) => {
      const service = await startService({ env });
      const reply = await service.ask(path, preflight(PAGE));
      expect(reply).toMatchObject({ status: 204, body: '' });
      expect(reply.headers).toMatchObject({
        'access-control-allow-origin': PAGE,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': path.startsWith('/join') ? 'POST, DELETE' : 'GET',
        'access-control-allow-headers': 'authorization,content-type',
        vary: 'Origin',
      });
    },
  );

  test.each(['https://evil.example.org', 'http://app.example.org', 'null', `${PAGE}.evil.org`])(
    'no headers for %s',
    async (origin) => {
      const service = await startService({ env });
      const options = await service.ask('/join/a', preflight(origin));
      const post = await service.ask('/join/a', { method: 'POST', headers: { ...claim('me'), Origin: origin } });
      expect([options.status, post.status]).toEqual([204, 200]);
      for (const { headers } of [options, post]) {
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
        expect(headers.vary).toBe('Origin');
      }
    },
  );

  test('OPTIONS without an origin is 204 without headers', async () => {
    const reply = await (await startService({ env })).ask('/join/a', { method: 'OPTIONS' });
    expect(reply.status).toBe(204);
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('answers carry them, errors too', async () => {
    const service = await startService({ env: { ...env, PROXY_SECRET: SECRET } });
    const secret = { 'X-Proxy-Secret': SECRET, Origin: PAGE };
    const replies = [
      await service.ask('/join/a', { method: 'POST', headers: { ...claim('me'), ...secret } }),
      await service.ask('/join/a', { method: 'POST', headers: { Origin: PAGE } }),
      await service.ask('/join/a', { method: 'POST', headers: secret }),
      await service.ask('/join/%', { method: 'POST', headers: { ...claim('me'), ...secret } }),
      await service.ask('/nowhere', { headers: { ...claim('me'), ...secret } }),
      await service.refused({ ...secret }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 403, 400, 400, 404, 400]);
    for (const { headers } of replies) expect(headers['access-control-allow-origin']).toBe(PAGE);
  });
});

describe('who may bring a claim', () => {
  describe.each(DOORS)('%s', (...door) => {
    test('403 from an address that is none of TRUSTED_PROXIES, whatever the claim', async () => {
      const service = await startService({ env: { TRUSTED_PROXIES: '192.0.2.0/24' } });
      const forged = { ...claim('me'), 'X-Forwarded-For': '192.0.2.1', 'X-Real-IP': '192.0.2.1' };
      expectProblem(await through(service, door, forged), 403, 'proxy-untrusted');
      expectProblem(await through(service, door, {}), 403, 'proxy-untrusted');
    });

    test.each([
      ['missing', {}],
      ['wrong', { 'X-Proxy-Secret': `${SECRET}!` }],
      ['empty', { 'X-Proxy-Secret': '' }],
    ])('403 where the proxy secret is %s', async (_, headers) => {
      const service = await startService({ env: { PROXY_SECRET: SECRET } });
      expectProblem(await through(service, door, { ...claim('me'), ...headers }), 403, 'proxy-secret');
    });
  });

  test.each(['127.0.0.1', '127.0.0.0/8', '192.0.2.1,127.0.0.1'])(
    'TRUSTED_PROXIES=%s lets 127.0.0.1 in',
    async (networks) => {
      const service = await startService({ env: { TRUSTED_PROXIES: networks } });
      expect((await service.join('me', 'room')).status).toBe(200);
      await service.connected('me');
    },
  );

  test('a dual-stack listener knows an IPv4 proxy', async () => {
    const service = await startService({ env: { LISTEN: ':0', TRUSTED_PROXIES: '127.0.0.1' } });
    expect((await service.join('me', 'room')).status).toBe(200);
  });

  test('with the secret everything works', async () => {
    const service = await startService({ env: { PROXY_SECRET: SECRET } });
    const headers = { ...claim('me'), 'X-Proxy-Secret': SECRET };
    expect((await service.ask('/join/a', { method: 'POST', headers })).status).toBe(200);
  });

  test('OPTIONS is answered for anybody', async () => {
    const service = await startService({ env: { PROXY_SECRET: SECRET, TRUSTED_PROXIES: '192.0.2.1' } });
    expect((await service.ask('/join/a', { method: 'OPTIONS' })).status).toBe(204);
    expect((await service.ask('/connect', { method: 'OPTIONS' })).status).toBe(204);
    expect((await service.ask('/', { method: 'OPTIONS' })).status).toBe(403);
  });
});

test('clients that break off in the middle of things end nothing', async () => {
  const service = await startService();
  const requests = [
    `POST /join/a HTTP/1.1\r\nHost: x\r\nX-User-Claim: {"userid":"me"}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`,
    `GET /connect HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    `POST /join/a HTTP/1.1\r\nHost: x\r\nX-User-Claim: {"userid":"me"}\r\nContent-Length: 9\r\n\r\n`,
  ];
  for (let i = 0; i < 60; i++) {
    const socket = connect(service.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(requests[i % requests.length] ?? '');
    if (i % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
    socket.resetAndDestroy();
  }
  expect((await service.join('you', 'room')).status).toBe(200);
});

test('an upgrade sent behind a request that is still being answered ends its connection and nothing else', async () => {
  const asked = deferred<undefined>();
  const permission = createServer(() => asked.resolve(undefined)).listen(0, '127.0.0.1');
  await once(permission, 'listening');
  try {
    const { port } = permission.address() as AddressInfo;
    const service = await startService({ env: { PERMISSIONS_HOST: `http://127.0.0.1:${port}` } });
    const socket = connect(service.port, '127.0.0.1').on('error', () => undefined);
    socket.write(`POST /join/a HTTP/1.1\r\nHost: x\r\nX-User-Claim: {"userid":"me"}\r\nContent-Length: 0\r\n\r\n`);
    await asked.promise;
    socket.write(handshake(claim('me')));
    await once(socket, 'close');
    permission.closeAllConnections();
    await service.open('you');
  } finally {
    permission.close();
    permission.closeAllConnections();
  }
});

test('an error on one socket harms nobody else', async () => {
  const service = await startService();
  const { client, peer } = await service.answered('me');
  for (const bytes of [
    'GET /connect HTTP/1.1\r\n',
    OFFER,
    '\0\0\0',
    'POST /join/a HTTP/1.1\r\nContent-Length: -1\r\n\r\n',
  ]) {
    await askRaw(service.port, bytes, '\r\n\r\n');
  }
  peer.connect();
  expect(await client.closed).toMatchObject({ code: 1000 });
});
