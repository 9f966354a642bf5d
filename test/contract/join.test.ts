// POST and DELETE /join/:conversationid: statuses, ids, limits and bodies, over real sockets.
import { askRaw, claim } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';
import { startService, stopServices } from '../support/service.ts';

afterEach(stopServices);

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

  test.each(['MAX_JOINS', 'MAX_CONVERSATIONS'])('503 with Retry-After at %s, which it names', async (limit) => {
    const service = await startService({ env: { [limit]: '1' } });
    await service.join('me', 'a');
    const reply = await service.join('you', 'b');
    expectProblem(reply, 503, 'full');
    expect(JSON.parse(reply.body)).toMatchObject({ detail: `this server is full; try again later: ${limit}` });
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('503 with Retry-After at MAX_MEMBERS', async () => {
    const service = await startService({ env: { MAX_MEMBERS: '1' } });
    for (const user of ['me', 'you']) await service.connected(user);
    await service.join('me', 'room');
    const reply = await service.join('you', 'room');
    expectProblem(reply, 503, 'conversation-full');
    expect(JSON.parse(reply.body)).toMatchObject({ detail: 'this conversation is full: MAX_MEMBERS' });
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('503 while draining; to leave is still possible', async () => {
    const service = await startService();
    await service.join('me', 'room');
    void service.app.drain();
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
