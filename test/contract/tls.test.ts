// The public listener with a certificate of its own: wss, and another certificate without a restart.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import WebSocket from 'ws';
import { claim } from '../support/client.ts';
import { OFFER, startService, stopServices, until, type TestService } from '../support/service.ts';

let folder: string;
let files: { TLS_CERT: string; TLS_KEY: string };
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-'));
  for (const name of ['first', 'second']) {
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      join(folder, `${name}.key`),
    ];
    const cert = ['-subj', `/CN=${name}`, '-days', '2', '-out', join(folder, `${name}.pem`)];
    execFileSync('openssl', ['req', '-x509', ...key, ...cert], { stdio: 'ignore' });
  }
});
beforeEach(() => {
  files = { TLS_CERT: join(folder, 'cert.pem'), TLS_KEY: join(folder, 'key.pem') };
  copyFileSync(join(folder, 'first.pem'), files.TLS_CERT);
  copyFileSync(join(folder, 'first.key'), files.TLS_KEY);
});
afterEach(stopServices);
afterAll(() => rmSync(folder, { recursive: true }));

const open = async (service: TestService): Promise<WebSocket> => {
  const socket = new WebSocket(`wss://127.0.0.1:${service.port}/connect`, {
    headers: claim('ann'),
    rejectUnauthorized: false,
  });
  await once(socket, 'open');
  return socket;
};

/** The common name in the certificate that is shown to who connects now. */
const shown = async (service: TestService): Promise<string> => {
  const socket = connect({ port: service.port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const name = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return String(name);
};

const post = (service: TestService, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const options = { port: service.port, host: '127.0.0.1', path, method: 'POST', headers: claim('ann') };
    request({ ...options, agent: false, rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });

/** As tools do it that write one file after the other, each in one go. */
const exchange = (to: string): void => {
  for (const [from, path] of [
    [`${to}.pem`, files.TLS_CERT],
    [`${to}.key`, files.TLS_KEY],
  ] as const) {
    copyFileSync(join(folder, from), `${path}.new`);
    renameSync(`${path}.new`, path);
  }
};

/** Files are looked at every two seconds. */
const loaded = (service: TestService): Promise<void> =>
  until(() => service.reported('certificate-loaded').length > 0, 'the other certificate', 15_000);

test('an offer goes in and an answer comes out over wss, and a join over https', async () => {
  const service = await startService({ env: files });
  const socket = await open(service);
  socket.send(OFFER);
  const [answer] = (await once(socket, 'message')) as [Buffer];
  expect(answer.toString()).toMatch(/^v=0/);
  service.newest().connect();
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1000);
  expect(await post(service, '/join/room')).toBe(200);
});

test('another certificate serves whoever comes next, and sockets that are open stay', async () => {
  const service = await startService({ env: files });
  expect(await shown(service)).toBe('first');
  const socket = await open(service);
  exchange('second');
  await loaded(service);
  expect(await shown(service)).toBe('second');
  socket.send(OFFER);
  const [answer] = (await once(socket, 'message')) as [Buffer];
  expect(answer.toString()).toMatch(/^v=0/);
  socket.terminate();
}, 30_000);

test('one that cannot be used is told of, and the old one stays until there is a good one', async () => {
  const service = await startService({ env: files });
  writeFileSync(files.TLS_CERT, 'no certificate');
  await until(() => service.reported('certificate-refused').length > 0, 'the refusal', 15_000);
  expect(await shown(service)).toBe('first');
  exchange('second');
  await loaded(service);
  expect(await shown(service)).toBe('second');
}, 30_000);

test('a start without a usable certificate fails, and names the settings', async () => {
  copyFileSync(join(folder, 'second.key'), files.TLS_KEY);
  await expect(startService({ env: files })).rejects.toThrow(/TLS_CERT=.*TLS_KEY=.*key values mismatch/i);
  rmSync(files.TLS_CERT);
  await expect(startService({ env: files })).rejects.toThrow(/TLS_CERT=.*ENOENT/);
});
