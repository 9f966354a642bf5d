// The auth service of docker/auth, asked as traefik and caddy ask it.
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { authServer } from '../../../docker/auth/server.mjs';
import { sign } from '../../../docker/auth/token.mjs';
import { ask, UPGRADE, type Reply } from '../../support/client.ts';

const SECRET = 'a secret that is long enough for HS256';
const NOW = 1_700_000_000;
const folder = fileURLToPath(new URL('../../../docker/auth/', import.meta.url));

let server: Server;
beforeAll(async () => {
  server = authServer({ secret: SECRET, nowSeconds: () => NOW }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const get = (headers: Record<string, string>): Promise<Reply> =>
  ask((server.address() as AddressInfo).port, '/auth', { headers });
const token = (userid: string, clientid = 'laptop', end = NOW + 60): string => sign({ userid, clientid }, SECRET, end);
const claimIn = ({ headers }: Reply): unknown => {
  const header = headers['x-user-claim']?.toString();
  return header === undefined ? null : JSON.parse(Buffer.from(header, 'latin1').toString('utf8'));
};

it('takes the token of the header, and of the query of the request that came to the proxy', async () => {
  for (const headers of [
    { Authorization: `Bearer ${token('ann')}` },
    { authorization: `bearer   ${token('ann')}` },
    { 'X-Forwarded-Uri': `/connect?token=${token('ann')}` },
    { 'X-Forwarded-Uri': `/join/a%2Fb?x=%3F&token=${token('ann')}&token=other` },
    { 'X-Forwarded-Uri': `/connect?token=${token('bob')}`, Authorization: `Bearer ${token('ann')}` },
    { 'X-Forwarded-Uri': `/connect?token=${token('ann')}`, Authorization: 'Basic eDp5' },
    { ...UPGRADE, 'X-Forwarded-Uri': `/connect?token=${token('ann')}` },
  ]) {
    const reply = await get(headers);
    expect([reply.status, claimIn(reply)]).toEqual([200, { userid: 'ann', clientid: 'laptop' }]);
  }
});

it('writes the claim as UTF-8 on one line, whatever the name is', async () => {
  for (const userid of ['Zoë "🦊"', 'a\r\nX-Proxy-Secret: b', 'tab\tdel\x7f\0', '日本']) {
    const reply = await get({ Authorization: `Bearer ${token(userid, '')}` });
    expect([reply.status, claimIn(reply)]).toEqual([200, { userid, clientid: '' }]);
    expect(reply.headers['x-user-claim']).toMatch(/^[\x20-\x7e\x80-\xff]+$/);
  }
});

it('is 400 where there is no token, and 401 where it is no good, without a claim', async () => {
  const refused = async (headers: Record<string, string>): Promise<number> => {
    const reply = await get(headers);
    expect(claimIn(reply)).toBeNull();
    return reply.status;
  };
  for (const headers of [
    {},
    { 'X-Forwarded-Uri': '/connect' },
    { 'X-Forwarded-Uri': '/connect?token=' },
    { 'X-Forwarded-Uri': `/connect?Token=${token('ann')}` },
    { 'X-Forwarded-Uri': `//[?` },
    { Authorization: 'Bearer' },
    { 'X-User-Claim': '{"userid":"ann"}' },
  ])
    expect([headers, await refused(headers)]).toEqual([headers, 400]);
  for (const headers of [
    { Authorization: 'Bearer x' },
    { Authorization: `Bearer ${token('ann', 'laptop', NOW)}` },
    { Authorization: 'Bearer x', 'X-Forwarded-Uri': `/connect?token=${token('ann')}` },
    { 'X-Forwarded-Uri': '/connect?token=x' },
  ])
    expect([headers, await refused(headers)]).toEqual([headers, 401]);
});

it('lets a browser ask first, as which no user is named', async () => {
  const reply = await get({ 'X-Forwarded-Method': 'OPTIONS' });
  expect([reply.status, claimIn(reply)]).toEqual([200, null]);
});

it('has nothing else but its health', async () => {
  const { port } = server.address() as AddressInfo;
  expect((await ask(port, '/healthz')).status).toBe(200);
  expect((await ask(port, `/?token=${token('ann')}`)).status).toBe(404);
  // The query is that of the proxy's request; a proxy may take it from the client.
  expect((await ask(port, `/auth?token=${token('ann')}`)).status).toBe(400);
});

it('signs tokens for trying out, with a secret that is long enough', () => {
  const env = { ...process.env, SECRET };
  const run = (secret: string, ...args: string[]) =>
    spawnSync(process.execPath, [`${folder}sign.mjs`, ...args], { env: { ...env, SECRET: secret }, encoding: 'utf8' });
  const [, payload = ''] = run(SECRET, 'ann', 'laptop', '--hours', '2').stdout.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
  expect(claims).toMatchObject({ userid: 'ann', clientid: 'laptop' });
  expect(Math.abs(claims.exp - Date.now() / 1000 - 7200)).toBeLessThan(60);
  expect(run('short', 'ann').stderr).toContain('SECRET must be 32 bytes');
  expect(run(SECRET).stderr).toContain('usage');
});

it('makes names and passwords for coturn', () => {
  const env = { ...process.env, TURN_SECRET: 'north' };
  const text = execFileSync(process.execPath, [`${folder}turn.mjs`, 'ann'], { env, encoding: 'utf8' });
  const { username } = JSON.parse(text) as { username: string };
  expect(username).toMatch(/^\d{10,}:ann$/);
});
