// kill -9 of the service and of its recorders at once, with media flowing: what is on the disk plays, up to a second before,
// and the next start puts it in order.
import { jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import gst from 'node-gst';
import { readManifest, type Manifest } from '../../../src/recording/manifest/manifest.ts';
import { MANIFEST } from '../../../src/recording/manifest/store.ts';
import { ask, claim, TestClient } from '../../support/client.ts';
import { eventually } from '../../support/eventually.ts';
import { MediaClient } from '../../support/media-client.mjs';
import { play, TORN_AT_MOST } from '../../support/recording/ffprobe.ts';
import { ServiceProcess } from '../../support/service-process.ts';
import { vp8Clip, type ClipPacket } from '../../support/vp8-clip.mjs';

jest.setTimeout(90_000);

const VERIFY = fileURLToPath(new URL('../../../dist/recording/verify/main.js', import.meta.url));
const TOKEN = 'the-token-of-an-operator';
const RECORDED_MS = 4_000;

let directory: string;
let service: ServiceProcess | null = null;
const clients: MediaClient[] = [];
beforeAll(() => void gst.init());
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'recordings-'));
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await service?.stop();
  rmSync(directory, { recursive: true });
});

const start = (): Promise<ServiceProcess> =>
  ServiceProcess.start({ RECORDINGS_DIR: directory, RECORDINGS_RESERVE: '1', ADMIN_TOKEN: TOKEN });

async function enter({ port, secret }: ServiceProcess, name: string, clip: ClipPacket[]): Promise<MediaClient> {
  const headers = { ...claim(name), 'X-Proxy-Secret': secret };
  expect((await ask(port, '/join/tea', { method: 'POST', headers })).status).toBeLessThan(300);
  const socket = await TestClient.open(port, headers);
  if (!(socket instanceof TestClient)) throw new Error(socket.body);
  const client = await MediaClient.open(clip);
  clients.push(client);
  socket.socket.send(await client.offer());
  await client.accept((await socket.message()).text);
  return client;
}

const record = async ({ adminPort }: ServiceProcess, pipeline: string): Promise<void> => {
  const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ pipeline });
  const { status } = await ask(adminPort, '/conversations/tea/recordings', { method: 'POST', headers, body });
  expect(status).toBe(201);
};

/** Every recording that is on the disk. */
const manifests = (): { path: string; manifest: Manifest }[] =>
  readdirSync(directory)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => readdirSync(join(directory, name)).map((each) => join(directory, name, each)))
    .map((path) => ({ path, manifest: readManifest(readFileSync(join(path, MANIFEST), 'utf8')) }));

/** The last track of a file that has several ends where its muxer had all of them. */
const lostMs = (path: string, originMs: number, killedMs: number): number => {
  const { complaints, streams } = play(path);
  expect({ path, complaints }).toEqual({ path, complaints: expect.stringMatching(TORN_AT_MOST) });
  expect(streams.map(({ corrupt }) => corrupt)).toEqual(streams.map(() => 0));
  return killedMs - originMs - Math.min(...streams.map(({ end }) => end)) * 1000;
};

/** As a kill in the middle of a packet leaves it. */
const tear = (path: string): void => truncateSync(path, statSync(path).size - 10);

/** Of the process of the only recording's recorder. */
const recorderPid = (): number => {
  const began = manifests()[0]?.manifest.entries.find((entry) => entry.type === 'recorder' && entry.what === 'began');
  if (began?.type !== 'recorder' || began.process === undefined) throw new Error('no recorder was written down');
  return began.process.pid;
};

test('the service alone: the next one reads no file that its recorder is still at work on', async () => {
  service = await start();
  const [ann] = [await enter(service, 'ann', []), await enter(service, 'ben', [])];
  ann.talk();
  await record(service, 'record-audio');
  await eventually('a segment is written down', () =>
    (manifests()[0]?.manifest.segments.length ?? 0) > 0 ? true : null,
  );
  const pid = recorderPid();
  // As one that a loaded machine lets do nothing.
  process.kill(pid, 'SIGSTOP');
  await service.kill();

  service = await start();
  const log = service;
  // Without a recorder at work it takes a tenth of that.
  await delay(RECORDED_MS / 2);
  expect(manifests()[0]?.manifest.state).toBe('running');
  process.kill(pid, 'SIGCONT');
  await eventually('it is completed', () => (log.output.includes('recordings-completed') ? true : null));
  const [{ path, manifest } = { path: '', manifest: null }] = manifests();
  expect(manifest).toMatchObject({ state: 'finished', interrupted: true });
  expect(log.output).toMatch(/recording-finished[^\n]*"interrupted":true/);
  expect(execFileSync(process.execPath, [VERIFY, path]).toString()).toContain('the recording is sound');
});

test('every file plays to within a second of it, and the next start completes the manifest', async () => {
  service = await start();
  const clip = await vp8Clip(10);
  const [ann, ben] = [await enter(service, 'ann', clip), await enter(service, 'ben', [])];
  for (const client of [ann, ben]) client.talk();
  await Promise.all([ann, ben].map((client) => client.hears()));
  const pipelines = ['record-audio', 'record-track', 'record-conversation'];
  for (const pipeline of pipelines) await record(service, pipeline);
  // Ben shows nothing, so it is two voices, two voices and a picture, and everything in one.
  const segments = (): number => manifests().reduce((sum, { manifest }) => sum + manifest.segments.length, 0);
  await eventually('all segments are written down', () => (segments() >= 6 ? true : null));
  await delay(RECORDED_MS);
  await service.killWithChildren();
  const killedMs = Date.now();
  for (const { path } of manifests()) {
    for (const name of readdirSync(path)) if (/^conversation-/.test(name)) tear(join(path, name));
  }

  service = await start();
  const log = service;
  await eventually('the recordings are completed', () => (log.output.includes('recordings-completed') ? true : null));
  const found = manifests();
  expect(found.map(({ manifest }) => manifest.pipeline).sort()).toEqual([...pipelines].sort());
  for (const { path, manifest } of found) {
    expect(manifest).toMatchObject({ state: 'finished', interrupted: true });
    const open = manifest.segments.filter(({ closed }) => closed === 'interrupted');
    expect(open.length).toBe({ 'record-audio': 2, 'record-track': 3, 'record-conversation': 1 }[manifest.pipeline]);
    for (const { originMs, durationMs, files } of open) {
      const lost = lostMs(join(path, files[0]!.name), originMs, killedMs);
      expect(lost).toBeGreaterThan(-100);
      expect(lost).toBeLessThan(1_000);
      expect(Math.abs(killedMs - originMs - durationMs)).toBeLessThan(1_000);
    }
    expect(execFileSync(process.execPath, [VERIFY, path]).toString()).toContain('the recording is sound');
  }
});
