// coturn with the file of docker/coturn, in network namespaces: it leads to the service and nowhere else. As anybody but
// root these are skipped.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { eventually } from '../../support/eventually.ts';
import { inNamespaces } from '../../support/network/in-namespaces.ts';
import { INSIDE, Lab, OUTSIDE } from '../../support/network/lab.ts';

jest.setTimeout(90_000);

const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const NO_UDP = { ip: 'chain forward { type filter hook forward priority filter; meta l4proto udp drop; }' };
const SECRET = 'the secret of the relay';

const folder = mkdtempSync(join(tmpdir(), 'relay-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The file as it is, but for the addresses, which here are the lab's, and for where coturn keeps its own files. */
const configuration = (): string => {
  const path = join(folder, 'turnserver.conf');
  const text = readFileSync(file('docker/coturn/turnserver.conf'), 'utf8');
  const here = text
    .replace('relay-ip=172.30.12.20', `relay-ip=${INSIDE.router}`)
    .replace('allowed-peer-ip=172.30.12.10', `allowed-peer-ip=${INSIDE.service}`)
    .replace(/^(pidfile|userdb)=.*$/gm, `$1=${folder}/$1`);
  writeFileSync(path, here);
  return path;
};

/** On the router, between a client that no datagram of the service reaches and the service. */
const startRelay = async (lab: Lab): Promise<void> => {
  lab.run('router', 'turnserver', ['-c', configuration(), '--realm=lab', `--static-auth-secret=${SECRET}`]);
  // Its log comes late, where it goes into a pipe.
  const isListening = async (): Promise<true | null> => {
    const sockets = lab.run('router', 'ss', ['-Hlun', 'sport', '=', ':3478']);
    await once(sockets.child, 'close');
    return sockets.output.includes(`${OUTSIDE.router}:3478`) ? true : null;
  };
  await eventually('coturn listens', isListening);
};

/** As an application's server makes them. */
const credentials = (): { username: string; credential: string } => {
  const env = { ...process.env, TURN_SECRET: SECRET };
  const text = execFileSync(process.execPath, [file('docker/auth/turn.mjs'), 'ann'], { env, encoding: 'utf8' });
  return JSON.parse(text) as { username: string; credential: string };
};

/** What a client outside printed, and whether it was connected. */
const callBy = async (lab: Lab, turn: string): Promise<{ isConnected: boolean; output: string }> => {
  const door = [`ws://${OUTSIDE.router}:8080/connect`, '--header', 'X-User-Claim: {"userid":"ann"}'];
  const way = ['--address', OUTSIDE.client, '--turn', turn];
  const client = lab.run('client', process.execPath, [file('scripts/call.mjs'), ...door, ...way]);
  const [code] = (await once(client.child, 'close')) as [number | null];
  return { isConnected: code === 0, output: client.output };
};

inNamespaces('a client without UDP to the service comes in by the relay, with a name that ends by itself', async () => {
  await using lab = await Lab.open(NO_UDP);
  await startRelay(lab);
  await lab.startService({ CONNECT_TIMEOUT: '10' });
  const { username, credential } = credentials();
  const account = `${encodeURIComponent(username)}:${encodeURIComponent(credential)}`;
  const call = await callBy(lab, `turn://${account}@${OUTSIDE.router}:3478`);
  expect([call.isConnected, call.output]).toEqual([true, expect.stringContaining('connected')]);
});

inNamespaces('it leads to nobody else, and knows no other secret', async () => {
  await using lab = await Lab.open(NO_UDP);
  await startRelay(lab);
  const ask = async (secret: string, peer: string): Promise<string> => {
    // A name of its own each: one may have so many connections and no more.
    const one = ['-n', '1', '-c', '-W', secret, '-u', `ann-${peer}`, '-e', peer, OUTSIDE.router];
    const client = lab.run('client', 'turnutils_uclient', one);
    await once(client.child, 'close');
    return client.output;
  };
  for (const peer of [INSIDE.router, OUTSIDE.client, '10.77.0.3', '192.168.1.1', '169.254.169.254', '198.51.100.1']) {
    expect([peer, await ask(SECRET, peer)]).toEqual([peer, expect.stringContaining('error 403 (Forbidden IP)')]);
  }
  expect(await ask('another secret', INSIDE.service)).toContain('Cannot complete Allocation');
});
