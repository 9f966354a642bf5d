// The service behind a real proxy that asks the auth service: caddy, which Debian has, with the file of docker/caddy.
import { jest } from '@jest/globals';
import { sign } from '../../../docker/auth/token.mjs';
import { Caller } from '../../support/caller.ts';
import { hearsAll } from '../../support/callers.ts';
import { ask, claim, TestClient, type At } from '../../support/client.ts';
import { eventually } from '../../support/eventually.ts';
import { Front, startAuth, type Program } from '../../support/front.ts';
import { ServiceProcess } from '../../support/service-process.ts';

jest.setTimeout(120_000);

const SECRET = 'a secret that is long enough for HS256';
const PAGE = 'https://app.example.org';
const ROOM = 'a%2Fb';

const token = (userid: string, seconds = 600): string =>
  sign({ userid, clientid: 'laptop' }, SECRET, Math.floor(Date.now() / 1000) + seconds);
const tokens = { ann: token('ann'), zoë: token('Zoë'), late: token('late', -10) };
/** What an attacker would write himself. */
const forged = { ...claim('mallory'), 'X-Proxy-Secret': 'a guess of the secret' };

let auth: Program;
let service: ServiceProcess;
let front: Front;
let at: At;
beforeAll(async () => {
  service = await ServiceProcess.start({ CORS_ORIGINS: PAGE });
  const started = await startAuth(SECRET);
  auth = started.auth;
  front = await Front.start(started.port, service.port, service.secret);
  at = { tls: front.port };
});
afterAll(async () => {
  await front.stop();
  await auth.stop();
  await service.stop();
});

/** The status of a join with these headers. */
const join = async (headers: Readonly<Record<string, string>>, query = '', room = 'lobby'): Promise<number> =>
  (await ask(at, `/join/${room}${query}`, { method: 'POST', headers })).status;

const usersIn = async (room: string): Promise<unknown> => {
  const { body } = await ask(service.adminPort, `/conversations/${room}`);
  return (JSON.parse(body) as { users?: unknown }).users;
};

test('a token gets in, by the header or by the query; without one it is 400, with a bad one 401', async () => {
  expect(await join({ Authorization: `Bearer ${tokens.ann}` })).toBe(200);
  expect(await join({}, `?token=${tokens.ann}`)).toBe(200);
  expect(await join({})).toBe(400);
  expect(await join({}, '?token=')).toBe(400);
  expect(await join({ Authorization: `Bearer ${tokens.late}` })).toBe(401);
  expect(await join({}, `?token=${tokens.ann.slice(0, -2)}xx`)).toBe(401);
  const refused = await TestClient.open(at, {}, `/connect?token=${tokens.late}`);
  expect(refused).toMatchObject({ status: 401 });
  expect(await TestClient.open(at, forged, '/connect')).toMatchObject({ status: 400 });
});

test('there is no way past it: who asks the service himself is refused, and other paths are nothing', async () => {
  expect((await ask(service.port, '/join/lobby', { method: 'POST', headers: forged })).status).toBe(403);
  for (const path of ['/', '/metrics', '/healthz', '/connect/', '/joins']) {
    const { status } = await ask(at, path, { headers: { Authorization: `Bearer ${tokens.ann}` } });
    expect([path, status]).toEqual([path, 404]);
  }
});

test.each([
  ['alone', {}],
  ['twice', { 'x-user-claim': '{"userid":"mallory","clientid":""}' }],
  ['with the path of another request', { 'X-Forwarded-Uri': `/connect?token=${tokens.ann}` }],
  ['as what a browser asks first', { 'X-Forwarded-Method': 'OPTIONS' }],
  ['with headers that shall go no further', { Connection: 'close, X-User-Claim, X-Proxy-Secret, X-Forwarded-Uri' }],
])('a claim of the own making comes to nothing: %s', async (_how, more) => {
  expect(await join({ ...forged, ...more }, '', 'forged')).toBe(400);
  await join({ ...forged, ...more, Authorization: `Bearer ${tokens.ann}` }, '', 'forged');
  expect(await usersIn('forged')).not.toContain('mallory');
});

test('a page of another origin may ask first, without a token', async () => {
  const headers = { Origin: PAGE, 'Access-Control-Request-Method': 'POST' };
  const reply = await ask(at, '/join/lobby', { method: 'OPTIONS', headers });
  expect([reply.status, reply.headers['access-control-allow-origin']]).toEqual([204, PAGE]);
});

test('what the service refuses comes through as it is', async () => {
  const reply = await ask(at, `/connect?token=${tokens.ann}`);
  expect(reply.status).toBe(426);
  expect(JSON.parse(reply.body)).toMatchObject({ code: 'upgrade-required' });
  const long = await ask(at, `/join/${'x'.repeat(257)}?token=${tokens.ann}`, { method: 'POST', headers: {} });
  expect(long.status).toBe(400);
  expect(long.headers['content-type']).toBe('application/problem+json');
});

test('a call over wss; the proxy breaks down in it, and nobody notices', async () => {
  // Each says that he is mallory, and is who his token says.
  const callers = [
    await Caller.connect(at, 'mallory', forged, tokens.ann),
    await Caller.connect(at, 'mallory', { ...forged, Authorization: `Bearer ${tokens.zoë}` }, 'is-not-looked-at'),
  ];
  try {
    expect(await join({ ...forged, Authorization: `Bearer ${tokens.ann}` }, '', ROOM)).toBe(200);
    expect(await join({ ...forged, Authorization: `Bearer ${tokens.zoë}` }, '', ROOM)).toBe(200);
    expect(await usersIn(ROOM)).toEqual(['ann', 'Zoë']);
    for (const caller of callers) caller.talk();
    await Promise.all(callers.map((caller) => caller.hears()));

    const [ann, zoë] = callers as [Caller, Caller];
    const hearing = Promise.all([hearsAll(ann, zoë), hearsAll(zoë, ann)]);
    await front.crash();
    await hearing;
    await front.again();
    await Promise.all([hearsAll(ann, zoë), hearsAll(zoë, ann)]);
    expect(service.output).not.toContain('peer-ended');

    const socket = await TestClient.open(at, {}, `/connect?token=${tokens.ann}`);
    expect(socket).toBeInstanceOf(TestClient);
    if (socket instanceof TestClient) socket.socket.terminate();
  } finally {
    await Promise.all(callers.map((caller) => caller.close()));
  }
});

test('without the auth service nobody gets in', async () => {
  await auth.stop();
  expect(await join({ ...forged, Authorization: `Bearer ${tokens.ann}` }, `?token=${tokens.ann}`)).toBe(502);
});

test('no log has a token, a claim that was forged, or the secret', async () => {
  await eventually('the error is logged', () => (front.output.includes('"status":502') ? true : null));
  const logs = { proxy: front.output, auth: auth.output, service: service.output };
  const secrets = [...Object.values(tokens), SECRET, service.secret, 'a guess of the secret', 'mallory'];
  for (const [name, log] of Object.entries(logs)) {
    expect(log.length).toBeGreaterThan(50);
    expect([name, secrets.filter((secret) => log.includes(secret))]).toEqual([name, []]);
  }
});
