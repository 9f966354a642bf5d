// A recording that was killed, completed, and verified by the command of an operator.
import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import gst from 'node-gst';
import {
  appendFileSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { completeRecording } from '../../../src/recording/manifest/complete.ts';
import type { Manifest } from '../../../src/recording/manifest/manifest.ts';
import { ManifestStore } from '../../../src/recording/manifest/store.ts';
import { probeInChild } from '../../../src/recording/prober.ts';
import { RecorderBench } from '../../support/recording/bench.ts';
import { clipOf, type ClipPacket } from '../../support/recording/clip.ts';
import { playClips, type RecorderProcess } from '../../support/recording/recorder-process.ts';
import { audioTrack, videoTrack } from '../../unit/recording/support.ts';

jest.setTimeout(60_000);

const MAIN = fileURLToPath(new URL('../../../dist/recording/verify/main.js', import.meta.url));
const PROBE = fileURLToPath(new URL('../../../dist/recording/child/probe-main.js', import.meta.url));

const bench = new RecorderBench();
let scratch = '';
let audio: ClipPacket[];
let vp8: ClipPacket[];
beforeAll(async () => {
  gst.init();
  scratch = mkdtempSync(join(tmpdir(), 'probe-'));
  [audio, vp8] = [await clipOf('opus', 4), await clipOf('vp8', 4)];
});
beforeEach(() => bench.beginTest());
afterEach(() => bench.endTest());
afterAll(() => {
  bench.close();
  rmSync(scratch, { recursive: true });
});

const voice = audioTrack();
const camera = videoTrack();

/** The service's part: what the recorder tells becomes the manifest. */
async function writeDown(recorder: RecorderProcess): Promise<void> {
  const store = ManifestStore.create(bench.directory);
  const now = Date.now();
  store.add(now, {
    type: 'started',
    recording: 'r',
    conversation: 'room',
    pipeline: 'record-track',
    requestedBy: 'me',
  });
  store.add(now, { type: 'participant', csrc: voice.csrc, userid: voice.userid, clientid: voice.clientid });
  for (const { ssrc, csrc, kind, codec, mid } of [voice, camera]) {
    store.add(now, { type: 'track', ssrc, csrc, kind, codec, mid });
  }
  for (const message of recorder.told) {
    if (message.type === 'segment-opened' || message.type === 'segment-closed') store.add(now, message);
  }
  await store.settled();
}

/** Two seconds of voice and camera, which end by being killed; before it, as long, segments that were closed. */
async function interrupted(): Promise<RecorderProcess> {
  const recorder = await bench.start('record-track', { limits: { seconds: 1.2, bytes: 1e9 } });
  for (const track of [voice, camera]) recorder.send({ type: 'track', ...track });
  playClips(recorder, [
    { track: voice, clip: audio },
    { track: camera, clip: vp8 },
  ]);
  await recorder.message('segment-opened', 5);
  await recorder.message('segment-closed', 3);
  await recorder.message('progress', 4);
  recorder.child.kill('SIGKILL');
  await recorder.exit;
  await writeDown(recorder);
  return recorder;
}

const complete = (): Promise<Manifest | null> =>
  completeRecording(bench.directory, {
    probe: probeInChild(scratch, PROBE),
    nowMs: () => Date.now(),
    abandoned: () => Promise.resolve(),
    onSegmentClosed: () => undefined,
  });

function verify(): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, bench.directory], { encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

describe('a recording that was killed', () => {
  it('is completed from its files, and is sound', async () => {
    await interrupted();
    const manifest = await complete();
    expect(manifest).toMatchObject({ state: 'finished', interrupted: true });
    const cut = manifest!.segments.filter(({ closed }) => closed === 'interrupted');
    expect(cut.length).toBeGreaterThanOrEqual(2);
    for (const { durationMs } of cut) {
      expect(durationMs).toBeGreaterThan(100);
      expect(durationMs).toBeLessThan(3000);
    }
    const { status, text } = verify();
    expect(text).toContain('the recording is sound');
    expect(status).toBe(0);
  });

  it('names the first damaged segment', async () => {
    await interrupted();
    const manifest = await complete();
    const [, second, third] = manifest!.segments;
    const path = (name: string): string => join(bench.directory, name);
    truncateSync(path(third!.files[0]!.name), 100);
    appendFileSync(path(second!.files[0]!.name), 'x');
    const { status, text } = verify();
    expect(status).toBe(1);
    expect(text).toContain(`the first damaged segment is ${second!.segment}`);
    expect(text).toContain(`DAMAGED ${third!.files[0]!.name}`);
  });
});

/** What a file is before the first of what was recorded (RFC 9559 §5.1.3: a Cluster). */
const headOf = (path: string): number => readFileSync(path).indexOf(Buffer.from('1f43b675', 'hex'));

describe('a file with a head and nothing behind it', () => {
  it('is empty, and is no damage, where a recorder was killed right then', async () => {
    await interrupted();
    const opened = (await ManifestStore.open(bench.directory)).manifest.segments.filter(
      ({ closed }) => closed === null,
    );
    const paths = opened.map(({ files }) => join(bench.directory, files[0]!.name));
    for (const path of paths) truncateSync(path, headOf(path));
    const manifest = await complete();
    const cut = manifest!.segments.filter(({ closed }) => closed === 'interrupted');
    expect(cut.map(({ durationMs }) => durationMs)).toEqual(paths.map(() => 0));
    expect(verify()).toMatchObject({ status: 0, text: expect.stringContaining('the recording is sound') });
  });

  it('is no damage where the recording ended before the first picture was whole', async () => {
    const recorder = await bench.start('record-track');
    recorder.send({ type: 'track', ...camera });
    const large = await clipOf('vp8', 1, 1280);
    await playClips(recorder, [{ track: camera, clip: large.slice(0, 1) }]).done;
    await recorder.message('segment-opened');
    recorder.endPackets();
    await recorder.exit;
    await writeDown(recorder);
    await complete();
    expect(verify()).toMatchObject({ status: 0, text: expect.stringContaining('the recording is sound') });
  });
});

describe('looking into files', () => {
  it('finds what a decoder complains of', async () => {
    const recorder = await bench.start('record-track');
    recorder.send({ type: 'track', ...camera });
    await playClips(recorder, [{ track: camera, clip: vp8 }]).done;
    recorder.endPackets();
    await recorder.exit;
    const path = join(bench.directory, bench.closedOf(recorder, camera)[0]!.file.name);
    const probe = probeInChild(scratch, PROBE);
    expect(await probe(path, { decode: true })).toEqual({
      durationMs: expect.any(Number),
      streams: [{ kind: 'video', buffers: 100, endMs: expect.any(Number) }],
      faults: [],
    });
    // Something else in the middle.
    const size = readFileSync(path).length;
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(Math.floor(size / 3), 0x55), 0, Math.floor(size / 3), Math.floor(size / 3));
    closeSync(file);
    const damaged = await probe(path, { decode: true }).catch((error: unknown) => error as Error);
    const isFound = damaged instanceof Error || damaged.faults.length > 0 || damaged.streams[0]!.buffers < 90;
    expect(isFound).toBe(true);
  });

  it('rejects for what is no media, what is not there, and what is empty', async () => {
    const probe = probeInChild(scratch, PROBE);
    const path = join(bench.directory, 'file');
    await expect(probe(path, { decode: false })).rejects.toThrow(/No such file|not.*open/i);
    writeFileSync(path, 'this is a text');
    await expect(probe(path, { decode: false })).rejects.toThrow();
    writeFileSync(path, '');
    await expect(probe(path, { decode: false })).rejects.toThrow();
  });
});

describe('the command', () => {
  it.each([[[]], [['a', 'b']], [['--help']]])('tells its usage for %j', (args) => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
    expect(status).toBe(64);
    expect(stderr).toContain('usage: npm run verify-recording');
  });

  it('says where there is no recording', () => {
    expect(verify()).toMatchObject({ status: 2, text: expect.stringContaining('this is no recording') });
  });
});
