// Recordings over the whole service, with media in memory and a recorder's process that records nothing.
import { jest } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FakePeer } from '../../../src/media/fake/peer.ts';
import { readManifest, type Manifest } from '../../../src/recording/manifest/manifest.ts';
import { ask, type Reply } from '../../support/client.ts';
import { expectProblem } from '../../support/problem.ts';
import { startService, stopServices, until, type TestService } from '../../support/service.ts';

// Each recorder is a process of its own, and what is left of one that was killed is looked into by another.
jest.setTimeout(60_000);

const RECORDER = fileURLToPath(new URL('../../support/recording/fake-recorder.mjs', import.meta.url));
const TOKEN = 'the-token-of-an-operator';
/** Longer than the service waits until it tells a recorder to stop. */
const STOP_MS = 3_000;
const RESTART_MS = 300;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'recordings-'));
});
afterEach(async () => {
  await stopAll();
  await rm(directory, { recursive: true });
});

const services: TestService[] = [];

const start = async (env: Record<string, string> = {}): Promise<TestService> => {
  const service = await startService({
    env: { ADMIN_TOKEN: TOKEN, RECORDINGS_DIR: directory, RECORDINGS_RESERVE: '1', ...env },
    overrides: { recorder: RECORDER },
  });
  services.push(service);
  return service;
};

/** Recorders stop when they are told to, which takes time that here passes by hand. */
async function stopAll(): Promise<void> {
  const passing = setInterval(() => {
    for (const { clock } of services) clock.advance(500);
  }, 2);
  await stopServices();
  clearInterval(passing);
  services.length = 0;
}

const asAdmin = (service: TestService, method: string, path: string, body?: object): Promise<Reply> =>
  ask(service.app.adminAddress?.port ?? 0, path, {
    method,
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

const record = (service: TestService, pipeline = 'record-track', conversation = 'tea'): Promise<Reply> =>
  asAdmin(service, 'POST', `/conversations/${conversation}/recordings`, { pipeline });

const idOf = ({ status, body }: Reply): string => {
  expect(status).toBe(201);
  return (JSON.parse(body) as { id: string }).id;
};

const enter = async (service: TestService, userid: string, conversation = 'tea'): Promise<FakePeer> => {
  expect((await service.join(userid, conversation)).status).toBeLessThan(300);
  return service.connected(userid);
};

interface Shown {
  readonly state: string;
  readonly directory: string;
  readonly manifest: Manifest;
}

const shown = async (service: TestService, id: string): Promise<Shown> =>
  JSON.parse((await asAdmin(service, 'GET', `/recordings/${id}`)).body) as Shown;

/** Waits for something of a recording. */
const eventually = async (service: TestService, id: string, holds: (shown: Shown) => boolean): Promise<Shown> => {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const now = await shown(service, id);
    if (holds(now)) return now;
    if (performance.now() > deadline) throw new Error(`it did not come: ${JSON.stringify(now)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const stop = async (service: TestService, id: string): Promise<Manifest> => {
  const reply = asAdmin(service, 'DELETE', `/recordings/${id}`);
  await until(() => service.plane.taps.length === 0, 'the tap is closed');
  service.clock.advance(STOP_MS);
  const { status, body } = await reply;
  expect(status).toBe(200);
  return JSON.parse(body) as Manifest;
};

const userOf = (manifest: Manifest, ssrc: number): string | undefined =>
  manifest.participants.find(({ tracks }) => tracks.some((track) => track.ssrc === ssrc))?.userid;

describe('a recording', () => {
  test('has everybody who is there, and who comes, as long as he is there', async () => {
    const service = await start();
    const ann = await enter(service, 'ann');
    const id = idOf(await record(service));
    const ben = await enter(service, 'ben');
    const [tap] = service.plane.taps;
    await eventually(service, id, ({ manifest }) => manifest.segments.length === 2);
    expect(tap?.slots.map((slot) => service.plane.heardBy(slot))).toEqual([ann.tracks[0], ben.tracks[0]]);

    await service.ask('/join/tea', { method: 'DELETE', headers: { 'X-User-Claim': '{"userid":"ann"}' } });
    expect(tap?.slots.map((slot) => service.plane.heardBy(slot))).toEqual([ben.tracks[0]]);
    await eventually(service, id, ({ manifest }) => manifest.segments[0]?.closed === 'ended');

    const list = JSON.parse((await asAdmin(service, 'GET', '/recordings')).body) as { recordings: object[] };
    expect(list.recordings).toMatchObject([{ id, conversation: 'tea', pipeline: 'record-track', state: 'recording' }]);
    const { directory: own } = await shown(service, id);
    const manifest = await stop(service, id);
    expect(manifest).toMatchObject({ recording: id, conversation: 'tea', state: 'finished', interrupted: false });
    expect(manifest.segments.map(({ closed, tracks }) => [userOf(manifest, tracks[0]?.ssrc ?? 0), closed])).toEqual([
      ['ann', 'ended'],
      ['ben', 'stopped'],
    ]);
    expect(readManifest(await readFile(join(own, 'manifest.json'), 'utf8'))).toEqual(manifest);
    expect((await shown(service, id)).state).toBe('ended');
    expect(service.reported('recording-started')).toMatchObject([{ recording: id, requestedBy: 'the admin listener' }]);
    expect(service.reported('segment-closed')).toHaveLength(2);
    expect(service.reported('recording-finished')).toMatchObject([{ recording: id, segments: 2 }]);
    expect(service.reported('recording-failed')).toEqual([]);
    expect(service.reported('fault')).toEqual([]);
  });

  test('gives its recorder nothing of the environment', async () => {
    process.env['A_SECRET_OF_THE_TEST'] = 'yes';
    const service = await start();
    await enter(service, 'ann');
    const id = idOf(await record(service));
    delete process.env['A_SECRET_OF_THE_TEST'];
    const { directory: own } = await shown(service, id);
    const env = JSON.parse(await readFile(join(own, '.env'), 'utf8')) as object;
    expect(Object.keys(env).sort()).toEqual(['GST_REGISTRY', 'HOME', 'LANG']);
  });

  test('ends with the conversation', async () => {
    const service = await start();
    const ann = await enter(service, 'ann');
    const id = idOf(await record(service));
    ann.end('gone');
    await until(() => service.plane.taps.length === 0);
    service.clock.advance(STOP_MS);
    const { manifest } = await eventually(service, id, ({ state }) => state === 'ended');
    expect(manifest.entries.at(-1)).toMatchObject({ type: 'finished', text: 'the conversation ended' });
  });

  test('goes on with a new process where its own was killed, under the same SSRCs; what was open is closed', async () => {
    const service = await start();
    await enter(service, 'ann');
    await enter(service, 'ben');
    const id = idOf(await record(service));
    const before = await eventually(service, id, ({ manifest }) => manifest.segments.length === 2);
    const pid = pidsOf(before.manifest).at(-1) ?? 0;
    process.kill(pid, 'SIGKILL');
    await eventually(service, id, ({ state }) => state === 'restarting');
    expect(service.plane.taps).toEqual([]);
    const ben = service.newest();
    ben.end('gone');
    service.clock.advance(RESTART_MS);
    const after = await eventually(
      service,
      id,
      ({ manifest: { segments } }) => segments.length === 3 && segments[1]?.closed !== null,
    );
    expect(after.manifest.segments.map(({ closed }) => closed)).toEqual(['interrupted', 'interrupted', null]);
    expect(after.manifest.segments[2]?.segment).toBeGreaterThan(1000);
    expect(after.manifest.entries.filter(({ type }) => type === 'track')).toHaveLength(2);
    expect(after.manifest.entries.filter(({ type }) => type === 'track-ended')).toMatchObject([{ ssrc: 2 }]);
    expect(after.manifest.entries.findLast(({ type }) => type === 'segment-opened')).toMatchObject({ tracks: [1] });
    expect(after.manifest.troubles).toMatchObject([{ text: 'SIGKILL' }]);
    expect(pidsOf(after.manifest)).toHaveLength(2);
    expect(service.reported('recording-trouble')).toMatchObject([{ detail: 'the recorder ended: SIGKILL' }]);
    expect((await stop(service, id)).segments.map(({ closed }) => closed)).toEqual([
      'interrupted',
      'interrupted',
      'stopped',
    ]);
  });

  test.each(['nonsense', 'endless'])('ends a process that says what is no message: %s', async (userid) => {
    const service = await start();
    await enter(service, 'ann');
    const id = idOf(await record(service));
    await enter(service, userid);
    const { manifest } = await eventually(service, id, ({ state }) => state === 'restarting');
    expect(manifest.troubles[0]?.text).toMatch(/it said what is no message|a line of more than/);
  });

  test('that fails again and again is given up', async () => {
    const service = await start();
    await enter(service, 'ann');
    const id = idOf(await record(service));
    await enter(service, 'nonsense');
    for (;;) {
      const { state } = await eventually(service, id, (each) => each.state === 'restarting' || each.state === 'ended');
      if (state === 'ended') break;
      service.clock.advance(10_000);
    }
    const { manifest } = await shown(service, id);
    expect(pidsOf(manifest)).toHaveLength(9);
    // Each process left a segment of each track; each was closed once.
    const closed = manifest.entries.filter(({ type }) => type === 'segment-closed');
    expect(closed).toHaveLength(manifest.segments.length);
    expect(service.reported('recording-failed')).toMatchObject([{ recording: id, conversation: 'tea' }]);
    expect(service.reported('recording-finished')).toEqual([]);
  });

  test('writes down what the recorder did not take', async () => {
    const service = await start();
    await enter(service, 'ann');
    const id = idOf(await record(service));
    const [tap] = service.plane.taps;
    tap!.counted = { ...tap!.counted, overflowPackets: 7, overflowBytes: 700 };
    const manifest = await stop(service, id);
    expect(manifest.overflowPackets).toBe(7);
    expect(service.reported('recording-trouble')).toMatchObject([{ detail: '7 packets were not taken in time' }]);
  });
});

describe('is refused', () => {
  test('where nobody is connected, for an unknown pipeline, and for what is no path', async () => {
    const service = await start();
    expectProblem(await record(service), 409, 'recording-nobody');
    await enter(service, 'ann');
    for (const name of ['elsewhere', '../pipelines/record-track', 'peer', '']) {
      expectProblem(await record(service, name), 422, 'recording-pipeline');
    }
    const path = '/conversations/tea/recordings';
    for (const body of [{}, { pipeline: 1 }, [], null]) {
      expectProblem(await asAdmin(service, 'POST', path, body as object), 400, 'admin-body');
    }
    expectProblem(await asAdmin(service, 'POST', path, { pipeline: 'x'.repeat(10_000) }), 400, 'admin-body');
    expect(service.plane.taps).toEqual([]);
    expect(JSON.parse((await asAdmin(service, 'GET', '/recordings')).body)).toEqual({ recordings: [] });
    for (const method of ['GET', 'DELETE']) {
      expectProblem(await asAdmin(service, method, '/recordings/nobody'), 404, 'admin-not-found');
    }
  });

  test('with the words of the recorder, where that cannot use the pipeline', async () => {
    const service = await start();
    await enter(service, 'ann');
    const reply = await record(service, 'levels');
    expectProblem(reply, 422, 'recording-refused');
    expect(reply.body).toContain('levels.gst:1:1: no element');
    expect(service.reported('recording-failed')).toHaveLength(1);
    expect(service.plane.taps).toEqual([]);
  });

  test('above MAX_TAPS, and below the reserve of the disk', async () => {
    const service = await start({ MAX_TAPS: '1' });
    await enter(service, 'ann');
    const [one, two] = await Promise.all([record(service), record(service)]);
    expect([one.status, two.status].sort()).toEqual([201, 503]);
    const full = await start({ RECORDINGS_RESERVE: '1000000000' });
    await enter(full, 'ann');
    expectProblem(await record(full), 507, 'recording-disk');
  });
});

describe('RECORD', () => {
  test('records what its patterns name, from the first member on', async () => {
    const service = await start({ RECORD: 'standup-*,tea', RECORD_PIPELINE: 'record-audio' });
    await enter(service, 'ann');
    await enter(service, 'ben', 'standup-9');
    await enter(service, 'cid', 'coffee');
    await until(() => service.reported('recording-started').length === 2);
    expect(service.reported('recording-started')).toMatchObject([
      { conversation: 'tea', pipeline: 'record-audio', requestedBy: 'RECORD' },
      { conversation: 'standup-9' },
    ]);
  });

  test('that cannot be done is reported, and the conversation goes on', async () => {
    const service = await start({ RECORD: 'all', RECORD_PIPELINE: 'nothing' });
    const [ann, ben] = [await enter(service, 'ann'), await enter(service, 'ben')];
    await until(() => service.reported('recording-failed').length > 0);
    expect(service.reported('recording-failed')).toMatchObject([{ recording: null, conversation: 'tea' }]);
    expect(service.hears(ann)).toEqual([ben.id]);
  });
});

test('what an earlier process left is ended at the start', async () => {
  const service = await start();
  await enter(service, 'ann');
  const id = idOf(await record(service));
  const { directory: own, manifest } = await eventually(service, id, (each) => each.manifest.segments.length === 1);
  // As if the process had been killed: the next one finds the manifest as it is now.
  const path = join(own, 'manifest.json');
  await until(() => readFileSyncOrEmpty(path).includes('segment-opened'));
  const text = readFileSyncOrEmpty(path);
  await stop(service, id);
  await writeFile(path, text);
  const next = await start();
  await until(() => next.reported('recordings-completed').length > 0);
  const completed = readManifest(await readFile(path, 'utf8'));
  expect(completed).toMatchObject({ recording: id, state: 'finished', interrupted: true });
  expect(completed.segments.map(({ closed }) => closed)).toEqual(['interrupted']);
  expect(completed.entries.slice(0, manifest.entries.length)).toEqual(manifest.entries);
});

const readFileSyncOrEmpty = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

const pidsOf = ({ entries }: Manifest): number[] =>
  entries.flatMap((entry) =>
    entry.type === 'recorder' && entry.what === 'began' ? [Number(entry.text.replace('process ', ''))] : [],
  );
