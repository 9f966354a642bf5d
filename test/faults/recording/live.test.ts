// Recorders' processes, and disks, that things happen to, on the real media plane: whoever listens notices nothing.
import { jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readManifest } from '../../../src/recording/manifest/manifest.ts';
import { MANIFEST } from '../../../src/recording/manifest/store.ts';
import type { Recording } from '../../../src/recording/service/recording.ts';
import { eventually } from '../../support/eventually.ts';
import { Disk, mayMount } from '../../support/recording/disks.ts';
import { LiveRoom, opened, type LiveRoomOptions } from '../../support/recording/live-room.ts';
import { playsWell, recordedPair, talkedFor, talkIsWhole, type Scene } from '../../support/recording/scene.ts';
import { vp8Clip, type ClipPacket } from '../../support/vp8-clip.mjs';

jest.setTimeout(60_000);

/** What waits for a recorder in these tests; with what the socket holds it is full after some seconds of `snow`. */
const TAP_BYTES = 2 ** 17;
const STALL_MS = 3_000;
/** Of what is recorded may be missing when a recorder dies: the next one starts, and a picture begins with a key frame. */
const AWAY_MS = 3_000;

let ball: ClipPacket[];
let snow: ClipPacket[];
let live: LiveRoom | null = null;
let disk: Disk | null = null;

beforeAll(async () => {
  const first = await LiveRoom.open();
  [ball, snow] = [await vp8Clip(10), await vp8Clip(10, 'snow')];
  await first.close();
});
afterEach(async () => {
  disk?.thaw();
  await live?.close();
  disk?.close();
  [live, disk] = [null, null];
});

/** Two who talk and see each other are recorded; the first shows a picture. */
async function scene(clip: ClipPacket[], options: LiveRoomOptions = {}): Promise<Scene> {
  const room = await LiveRoom.open({ tapBytes: TAP_BYTES, ...options });
  live = room;
  return recordedPair(room, clip);
}

const gapsOf = ({ manifest }: Recording) =>
  manifest.participants.flatMap(({ tracks }) => tracks.map(({ kind, gaps }) => ({ kind, gaps })));

test('a recorder that is killed is replaced, and the manifest has the gap', async () => {
  const { room, recording, conversationIsWhole } = await scene(ball);
  await opened(recording, 3);
  await talkedFor(1_500);
  const { pid } = recording;
  process.kill(pid!, 'SIGKILL');
  const killedMs = Date.now();
  await opened(recording, 6);
  expect(recording.pid).not.toBe(pid);
  await talkedFor(500);
  await recording.stop('the test');
  await conversationIsWhole();

  const { segments, overflowPackets } = recording.manifest;
  expect(segments.map(({ closed }) => closed)).toEqual([...Array(3).fill('interrupted'), ...Array(3).fill('stopped')]);
  for (const { tracks } of segments.slice(3))
    expect(tracks[0]?.counted).toMatchObject({ lost: 0, late: 0, duplicates: 0 });
  expect(overflowPackets).toBe(0);
  // Ben shows nothing.
  for (const { gaps } of gapsOf(recording).slice(0, 3)) {
    expect(gaps).toMatchObject([{ why: 'recorder' }]);
    expect(Math.abs(gaps[0]!.atMs - killedMs)).toBeLessThan(1_000);
    expect(gaps[0]!.ms).toBeGreaterThan(250);
    expect(gaps[0]!.ms).toBeLessThan(AWAY_MS);
  }
  playsWell(recording);
  expect(room.told('recording-trouble')).toMatchObject([expect.stringContaining('the recorder ended: SIGKILL')]);
});

test('a recorder that is stopped costs what it does not take, counted, and goes on', async () => {
  const { room, recording, conversationIsWhole } = await scene(snow);
  await opened(recording, 3);
  const { pid } = recording;
  process.kill(pid!, 'SIGSTOP');
  await talkedFor(STALL_MS);
  process.kill(pid!, 'SIGCONT');
  await eventually('its overflow is told', () => room.told('recording-trouble')[0] ?? null);
  await talkedFor(500);
  await recording.stop('the test');
  await conversationIsWhole();

  const { segments, overflowPackets } = recording.manifest;
  expect(recording.manifest.entries.filter(({ type }) => type === 'recorder')).toHaveLength(2);
  expect(segments.map(({ closed }) => closed)).toEqual(Array(3).fill('stopped'));
  expect(overflowPackets).toBeGreaterThan(50);
  const lost = segments.flatMap(({ tracks }) => tracks.map(({ counted }) => counted?.lost ?? 0));
  expect(lost.reduce((sum, each) => sum + each)).toBe(overflowPackets);
  expect(room.told('recording-trouble')[0]).toMatch(/\d+ packets were not taken in time/);
  playsWell(recording);
});

test('a plugin that crashes takes its own process with it, again and again', async () => {
  const text =
    '# name: crashing\n# scope: track\n# kinds: audio\n' +
    'appsrc name=track ! crash ! rtpopusdepay ! opusparse ! webmmux ! filesink location={dir}/{track}-{segment}.webm';
  const room = LiveRoom.open({ pipelines: [{ name: 'crashing', text }] });
  live = await room;
  buildCrashPlugin(live.directory);
  const [ann, ben] = await live.pair();
  const since = performance.now();
  const recording = await live.record('crashing');
  await eventually('two crashes', () => {
    const crashes = recording.manifest.troubles.filter(({ text: what }) => what.startsWith('SIGSEGV'));
    return crashes.length >= 2 ? true : null;
  });
  await recording.stop('the test');
  await talkIsWhole(ann, ben, since);
});

/** Where recorders look for plugins of their own user. */
function buildCrashPlugin(directory: string): void {
  const plugins = join(directory, '.recorder/.local/share/gstreamer-1.0/plugins');
  mkdirSync(plugins, { recursive: true });
  const source = fileURLToPath(new URL('../../support/recording/crash-plugin.c', import.meta.url));
  const flags = execFileSync('pkg-config', ['--cflags', '--libs', 'gstreamer-1.0', 'gstreamer-base-1.0']);
  const options = ['-shared', '-fPIC', '-o', join(plugins, 'libgstcrash.so'), source];
  execFileSync('gcc', [...options, ...flags.toString().trim().split(/\s+/)]);
}

(mayMount ? describe : describe.skip)('a disk (needs root, to mount one)', () => {
  test('that is full: what there is plays, and when there is room it goes on', async () => {
    disk = Disk.inMemory(2);
    const { room, recording, conversationIsWhole } = await scene(snow, { directory: disk.directory });
    const filler = join(disk.directory, 'filler');
    await opened(recording, 3);
    writeFileSync(filler, Buffer.alloc(2 ** 20));
    await eventually(
      'that it is full',
      () => room.told('recording-trouble').find((text) => /space/i.test(text)) ?? null,
    );
    await talkedFor(STALL_MS / 2);
    const before = recording.manifest.segments.length;
    rmSync(filler);
    await opened(recording, before + 1);
    await talkedFor(500);
    await recording.stop('the test');
    await conversationIsWhole();
    const { segments, troubles, state } = readManifest(readFileSync(join(recording.directory, MANIFEST), 'utf8'));
    expect(state).toBe('finished');
    // In between there was no room for a whole head of a file.
    playsWell(
      recording,
      segments.filter(({ closed }, index) => index < 3 || closed === 'stopped'),
    );
    expect(segments.map(({ closed }) => closed)).toEqual(expect.arrayContaining(['error', 'stopped']));
    expect(troubles.map(({ text }) => text)).toContainEqual(expect.stringMatching(/No space left.*GstFileSink/));
    // Once for as long as it lasts, not for each line that could not be written.
    expect(room.told('recording-trouble').filter((text) => text.includes('the disk failed'))).toHaveLength(1);
    expect(room.told('recording-finished')).toHaveLength(1);
  });

  test('that is unplugged is told of, and at the end that the recording is not whole', async () => {
    disk = Disk.inMemory(64);
    const { room, recording, conversationIsWhole } = await scene(snow, { directory: disk.directory });
    await opened(recording, 3);
    disk.unplug();
    process.kill(recording.pid!, 'SIGKILL');
    const told = (text: string) => room.told('recording-trouble').find((each) => each.includes(text)) ?? null;
    await eventually('that the disk failed', () => told('the disk failed'));
    await eventually('that the recorder is replaced', () => told('the recorder ended'));
    await talkedFor(STALL_MS);
    await recording.stop('the test');
    await conversationIsWhole();
    expect(room.told('recording-failed')).toMatchObject([expect.stringContaining('manifest.json is gone')]);
    expect(room.told('recording-finished')).toEqual([]);
  });

  test('that stands still for some seconds costs nothing', async () => {
    disk = Disk.onLoop(64);
    // Room for a recorder that gets no turn for a while, too: on a busy machine it gives way.
    const { recording, conversationIsWhole } = await scene(snow, { directory: disk.directory, tapBytes: 2 ** 20 });
    await opened(recording, 3);
    disk.freeze();
    await talkedFor(STALL_MS);
    disk.thaw();
    await talkedFor(500);
    await recording.stop('the test');
    await conversationIsWhole();
    playsWell(recording);
    const { segments, overflowPackets } = recording.manifest;
    expect(overflowPackets).toBe(0);
    expect(segments.map(({ tracks }) => tracks[0]?.counted?.lost)).toEqual([0, 0, 0]);
  });

  test('that stands still does not keep anybody from coming in', async () => {
    disk = Disk.onLoop(64);
    const maxTaps = 8;
    const { room, recording, conversationIsWhole } = await scene(ball, { directory: disk.directory, maxTaps });
    const recordings = [recording];
    while (recordings.length < maxTaps) recordings.push(await room.record('levels'));
    for (const each of recordings) await opened(each, 1);
    disk.freeze();
    // Each has something to write down now.
    const pids = recordings.map(({ pid }) => pid!);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    const isReplaced = ({ pid, state }: Recording): boolean => state === 'recording' && !pids.includes(pid!);
    await eventually('all are replaced', () => (recordings.every(isReplaced) ? true : null));
    const cid = await room.enter('cid');
    await cid.hears();
    await conversationIsWhole();
  });
});
