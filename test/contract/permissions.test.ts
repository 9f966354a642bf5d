// The permission service as a real server, whose answers are the test's, and the whole service before it.
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ask, claim, type Reply } from '../support/client.ts';
import { startService, stopServices, until, type TestService } from '../support/service.ts';

const TOKEN = 'the-token-of-the-operator';

let server: Server;
let host: string;
let statuses: Map<string, number | 'silence'>;
let asked: string[];
beforeEach(async () => {
  statuses = new Map();
  asked = [];
  server = createServer((request, response: ServerResponse) => {
    const [, , userid = ''] = request.url?.split('/') ?? [];
    asked.push(userid);
    const status = statuses.get(userid) ?? 200;
    if (status !== 'silence') response.writeHead(status).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await stopServices();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const start = (env: Readonly<Record<string, string>> = {}): Promise<TestService> =>
  startService({ env: { PERMISSIONS_HOST: host, ADMIN_TOKEN: TOKEN, ...env } });

const revoke = (service: TestService, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
  ask(service.app.adminAddress?.port ?? 0, '/permissions/revoked', {
    method: 'POST',
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** Two users who hear each other. */
const inCall = async (service: TestService) => {
  const [ann, bob] = [await service.connected('ann'), await service.connected('bob')];
  for (const userid of ['ann', 'bob']) expect((await service.join(userid, 'room')).status).toBe(200);
  await until(
    () => service.hears(ann).includes(bob.id) && service.hears(bob).includes(ann.id),
    'the two hear each other',
  );
  return { ann, bob };
};

test.each([401, 403, 404, 500, 302, 'silence'] as const)('%s is 401 at a join, and changes nothing', async (status) => {
  const service = await start();
  expect((await service.join('ann', 'before')).status).toBe(200);
  statuses.set('ann', status);
  const reply = await service.join('ann', 'room');
  expect(reply.status).toBe(401);
  expect(JSON.parse(reply.body)).toMatchObject({ code: 'permission-denied' });
  expect((await service.ask('/join/before', { method: 'DELETE', headers: claim('ann') })).status).toBe(204);
});

test('a dead service does not keep others waiting: after a few time-outs everybody is told at once', async () => {
  const service = await start();
  const { ann, bob } = await inCall(service);
  for (let i = 0; i < 5; i++) statuses.set(`u${i}`, 'silence');
  const slow = await Promise.all(Array.from({ length: 5 }, (_, i) => service.join(`u${i}`, 'room')));
  expect(slow.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
  const started = performance.now();
  expect((await service.join('other', 'room')).status).toBe(401);
  expect(performance.now() - started).toBeLessThan(500);
  expect(asked).not.toContain('other');
  expect(service.reported('permissions-unanswered')).toHaveLength(1);
  expect(service.hears(ann)).toContain(bob.id);
  service.clock.advance(2_000);
  expect((await service.join('other', 'room')).status).toBe(200);
  expect(service.reported('permissions-answered')).toHaveLength(1);
});

test('who may no more is out with the next re-check', async () => {
  const service = await start({ PERMISSIONS_RECHECK: '10' });
  const { ann, bob } = await inCall(service);
  statuses.set('ann', 403);
  service.clock.advance(10_000);
  await until(() => service.hears(ann).length === 0 && service.hears(bob).length === 0, 'ann is out');
  expect(service.reported('user-left')).toEqual([{ conversation: 'room', userid: 'ann', reason: 'denied' }]);
  expect(ann.closeReason).toBeNull();
});

test('a service that fails keeps everybody in for PERMISSIONS_GRACE, and nobody longer', async () => {
  const service = await start({ PERMISSIONS_RECHECK: '10', PERMISSIONS_GRACE: '25' });
  const { ann, bob } = await inCall(service);
  for (const userid of ['ann', 'bob']) statuses.set(userid, 503);
  const lastYes = service.clock.now();
  /** Time runs, as fast as answers come. */
  const runs = (condition: () => boolean, what: string): Promise<void> =>
    until(() => {
      service.clock.advance(50);
      return condition();
    }, what);
  await runs(() => asked.length === 2 + 2 * 2, 'two re-checks');
  expect(service.hears(ann)).toContain(bob.id);
  await runs(() => service.reported('user-left').length === 2, 'both are out');
  expect([service.hears(ann), service.hears(bob)]).toEqual([[], []]);
  expect(service.clock.now() - lastYes).toBeGreaterThanOrEqual(25_000);
});

test('a join that was stored is asked about before a device gets media', async () => {
  const service = await start();
  await service.join('ann', 'room');
  await service.join('bob', 'room');
  const bob = await service.connected('bob');
  statuses.set('ann', 'silence');
  const ann = await service.connected('ann');
  await until(() => asked.filter((userid) => userid === 'ann').length === 2, 'the question');
  expect([service.hears(ann), service.hears(bob)]).toEqual([[], []]);
  statuses.set('ann', 404);
  server.closeAllConnections();
  // No answer: it is asked again a little later.
  await until(() => {
    service.clock.advance(500);
    return service.reported('user-left').length === 1;
  }, 'ann is out');
  expect([service.hears(ann), service.hears(bob)]).toEqual([[], []]);
});

describe('POST /permissions/revoked', () => {
  test('ends a membership at once, without asking', async () => {
    const service = await start();
    const { ann, bob } = await inCall(service);
    const before = asked.length;
    const reply = await revoke(service, { userid: 'ann', conversationid: 'room' });
    expect([reply.status, reply.body]).toEqual([204, '']);
    expect([service.hears(ann), service.hears(bob)]).toEqual([[], []]);
    expect(service.reported('user-left')).toEqual([{ conversation: 'room', userid: 'ann', reason: 'denied' }]);
    expect(asked).toHaveLength(before);
  });

  test('ends nothing of others, and is content where there is nothing to end', async () => {
    const service = await start();
    const { ann, bob } = await inCall(service);
    for (const body of [
      { userid: 'ann', conversationid: 'other' },
      { userid: 'carol', conversationid: 'room' },
    ]) {
      expect((await revoke(service, body)).status).toBe(204);
    }
    expect(service.hears(ann)).toContain(bob.id);
  });

  test('refuses the join that is being asked about', async () => {
    const service = await start();
    statuses.set('ann', 'silence');
    const join = service.join('ann', 'room');
    await until(() => asked.length === 1, 'the question');
    expect((await revoke(service, { userid: 'ann', conversationid: 'room' })).status).toBe(204);
    expect((await join).status).toBe(401);
  });

  test('works where no service is asked', async () => {
    const service = await start({ PERMISSIONS_HOST: '' });
    const { ann } = await inCall(service);
    expect((await revoke(service, { userid: 'ann', conversationid: 'room' })).status).toBe(204);
    expect(service.hears(ann)).toEqual([]);
  });

  test.each([
    [{}],
    [{ userid: 'ann' }],
    [{ conversationid: 'room' }],
    [{ userid: 1, conversationid: 'room' }],
    [[]],
    ['ann'],
    [null],
  ])('400 for %j', async (body) => {
    const service = await start();
    const reply = await revoke(service, body);
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'admin-body' });
  });

  test('only for who has the token', async () => {
    const service = await start();
    await inCall(service);
    const body = { userid: 'ann', conversationid: 'room' };
    expect((await revoke(service, body, { Authorization: 'Bearer another-token-of-some' })).status).toBe(401);
    expect(service.reported('user-left')).toEqual([]);
  });
});
