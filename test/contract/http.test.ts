// What the public listener says in HTTP: statuses, headers and bodies, over real sockets.
import { claim, askRaw, type Ask, type Reply } from '../support/client.ts';
import { OFFER, startService, stopServices, until, type TestService } from '../support/service.ts';

afterEach(stopServices);

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};
const SECRET = 'a-secret-of-the-proxy';

const expectProblem = (reply: Reply, status: number, code: string): void => {
  expect(reply.status).toBe(status);
  expect(reply.headers['content-type']).toBe('application/problem+json');
  expect(JSON.parse(reply.body)).toEqual({
    type: 'about:blank',
    title: expect.any(String),
    status,
    code,
    detail: expect.any(String),
  });
};

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
    expect(reply.headers).toMatchObject({ upgrade: 'websocket', connection: 'Upgrade' });
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

describe('POST and DELETE /join/:conversationid', () => {
  test('200 with an empty body', async () => {
    const service = await startService();
    const reply = await service.join('me', 'room');
    expect(reply).toMatchObject({ status: 200, body: '' });
    expect(reply.headers['content-length']).toBe('0');
    expect(reply.headers['content-type']).toBeUndefined();
    expect(service.app.counts.joins).toBe(1);
  });

  test('the same again changes nothing; another leaves the one before', async () => {
    const service = await startService();
    for (const room of ['a', 'a', 'b']) expect((await service.join('me', room)).status).toBe(200);
    expect(service.app.counts).toMatchObject({ joins: 1, conversations: 1 });
    const leave = (room: string) => service.ask(`/join/${room}`, { method: 'DELETE', headers: claim('me') });
    expectProblem(await leave('a'), 404, 'not-joined');
    const left = await leave('b');
    expect(left).toMatchObject({ status: 204, body: '' });
    expectProblem(await leave('b'), 404, 'not-joined');
    expect(service.app.counts).toMatchObject({ joins: 0, conversations: 0 });
  });

  test.each([
    ['empty', ''],
    ['not percent-encoding', '%'],
    ['not percent-encoding', '%zz'],
    ['not UTF-8', '%ff'],
    ['longer than 256 characters', 'x'.repeat(257)],
  ])('400 where the id is %s', async (_, segment) => {
    const service = await startService();
    for (const method of ['POST', 'DELETE']) {
      const reply = await service.ask(`/join/${segment}`, { method, headers: claim('me') });
      expectProblem(reply, 400, 'conversation-id');
    }
    expect(service.app.counts.joins).toBe(0);
  });

  test.each(['a%2Fb', 'a%252Fb', '%F0%9F%98%80'.repeat(64), 'x'.repeat(256), 'a%20b', '..%2Fx'])(
    '%s is an id',
    async (segment) => {
      const service = await startService();
      const as = (method: string, path: string) => service.ask(path, { method, headers: claim('me') });
      expect((await as('POST', `/join/${segment}?token=x`)).status).toBe(200);
      expect((await as('DELETE', `/join/${segment}`)).status).toBe(204);
    },
  );

  test('a%2Fb and a%252Fb are two', async () => {
    const service = await startService();
    await service.ask('/join/a%2Fb', { method: 'POST', headers: claim('me') });
    await service.ask('/join/a%252Fb', { method: 'POST', headers: claim('you') });
    expect(service.app.counts).toMatchObject({ joins: 2, conversations: 2 });
  });

  test.each<[string, Record<string, string>, string]>([
    ['MAX_JOINS', { MAX_JOINS: '1' }, 'full'],
    ['MAX_CONVERSATIONS', { MAX_CONVERSATIONS: '1' }, 'full'],
  ])('503 with Retry-After at %s', async (_, env, code) => {
    const service = await startService({ env });
    await service.join('me', 'a');
    const reply = await service.join('you', 'b');
    expectProblem(reply, 503, code);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('503 with Retry-After at MAX_MEMBERS', async () => {
    const service = await startService({ env: { MAX_MEMBERS: '1' } });
    for (const user of ['me', 'you']) await service.connected(user);
    await service.join('me', 'room');
    const reply = await service.join('you', 'room');
    expectProblem(reply, 503, 'conversation-full');
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('503 while draining; to leave is still possible', async () => {
    const service = await startService();
    await service.join('me', 'room');
    service.app.drain();
    const reply = await service.join('you', 'room');
    expectProblem(reply, 503, 'draining');
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    expect((await service.ask('/join/room', { method: 'DELETE', headers: claim('me') })).status).toBe(204);
  });

  test('a body is not looked at, and the connection stays good', async () => {
    const service = await startService();
    const head = `POST /join/a HTTP/1.1\r\nHost: x\r\nX-User-Claim: {"userid":"me"}\r\n`;
    const first = `${head}Content-Length: 10000\r\n\r\n${'x'.repeat(10_000)}`;
    const second = `${head}Connection: close\r\nContent-Length: 0\r\n\r\n`;
    const reply = await askRaw(service.port, first, second);
    expect(reply.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  });

  test('a body without end gets its answer and then the end of the connection', async () => {
    const service = await startService();
    const head = `POST /join/a HTTP/1.1\r\nHost: x\r\nX-User-Claim: {"userid":"me"}\r\nContent-Length: 1000000000\r\n\r\n`;
    const reply = await askRaw(service.port, head, Buffer.alloc(1_000_000));
    expect(reply).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  test.each(['h2c', 'websocket'])(
    'a client that also offers to upgrade to %s is served like any other',
    async (protocol) => {
      const service = await startService();
      const upgrade = `Connection: Upgrade\r\nUpgrade: ${protocol}\r\nContent-Length: 5\r\n\r\nhello`;
      const reply = await askRaw(
        service.port,
        `POST /join/a HTTP/1.1\r\nHost: x\r\nX-User-Claim: {"userid":"me"}\r\n${upgrade}`,
      );
      expect(reply).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(service.app.counts.joins).toBe(1);
    },
  );
});

describe('before the upgrade', () => {
  test('503 with Retry-After where the server is full', async () => {
    const service = await startService({ env: { MAX_PEERS: '1' } });
    await service.connected('me');
    const reply = await service.refused(claim('you'));
    expectProblem(reply, 503, 'full');
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    // The device that has the place may come again.
    await service.answered('me');
  });

  test('503 with Retry-After while draining', async () => {
    const service = await startService();
    service.app.drain();
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

  test('500 where no peer can be created, with nothing of why', async () => {
    const service = await startService();
    Object.defineProperty(service.plane, 'openPeers', {
      get: () => {
        throw new Error('secret detail');
      },
    });
    const reply = await service.refused(claim('me'));
    expectProblem(reply, 500, 'internal');
    expect(reply.body).not.toContain('secret');
    expect((await service.join('me', 'room')).status).toBe(200);
  });

  test('a refused upgrade ends the connection', async () => {
    const service = await startService();
    const head = Object.entries({ Host: 'x', ...UPGRADE }).map(([name, value]) => `${name}: ${value}\r\n`);
    const reply = await askRaw(service.port, `GET /connect HTTP/1.1\r\n${head.join('')}\r\n`);
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
