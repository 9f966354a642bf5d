// Recordings with all tracks in one file: who comes, who goes, and cameras that show nothing.
import { jest } from '@jest/globals';
import gst from 'node-gst';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RecorderBench } from '../../support/recording/bench.ts';
import { clipOf, type ClipPacket } from '../../support/recording/clip.ts';
import { play } from '../../support/recording/ffprobe.ts';
import { playClips } from '../../support/recording/recorder-process.ts';
import { audioTrack, videoTrack } from '../../unit/recording/support.ts';

jest.setTimeout(90_000);

const bench = new RecorderBench();
let audio: ClipPacket[];
let vp8: ClipPacket[];
beforeAll(async () => {
  gst.init();
  [audio, vp8] = [await clipOf('opus', 12), await clipOf('vp8', 12)];
});
beforeEach(() => bench.beginTest());
afterEach(() => bench.endTest());
afterAll(() => bench.close());

const voice = audioTrack();
const camera = videoTrack();
const other = audioTrack({ ssrc: 0x1002, userid: 'bob', csrc: 8 });
const between = (clip: readonly ClipPacket[], from: number, to: number): ClipPacket[] =>
  clip.filter(({ atMs }) => atMs >= from * 1000 && atMs < to * 1000);

describe('a recording of a conversation in one file', () => {
  it('has every track, on one time', async () => {
    const recorder = await bench.start('record-conversation');
    for (const track of [voice, camera, other]) recorder.send({ type: 'track', ...track });
    const { startMs, done } = playClips(recorder, [
      { track: voice, clip: between(audio, 0, 4) },
      { track: other, clip: between(audio, 0, 4) },
      { track: camera, clip: between(vp8, 0, 4) },
    ]);
    await done;
    recorder.endPackets();
    expect(await recorder.exit).toBe(0);
    expect(recorder.of('trouble')).toEqual([]);
    const [opened] = recorder.of('segment-opened');
    const played = play(join(bench.directory, opened!.files[0]!));
    expect(played.complaints).toBe('');
    expect(played.streams.map(({ codec }) => codec).sort()).toEqual(['opus', 'opus', 'vp8']);
    const end = (startMs + 4000 - opened!.originMs) / 1000;
    for (const stream of played.streams) expect(Math.abs(stream.end - end)).toBeLessThan(0.045);
    for (const stream of played.streams) expect(stream.largestStep).toBeLessThan(0.045);
  });

  it('has the tracks of a kind in the order that its manifest names them in, whoever is heard first', async () => {
    const recorder = await bench.start('record-conversation');
    const screen = videoTrack({ ssrc: 0x2002, mid: '2' });
    // Payloads of a tone are all different.
    const clips = new Map([
      [voice.ssrc, between(audio, 0, 3)],
      [other.ssrc, between(audio, 6, 9)],
    ]);
    for (const track of [other, screen, voice, camera]) recorder.send({ type: 'track', ...track });
    await playClips(recorder, [
      { track: voice, clip: clips.get(voice.ssrc)! },
      { track: camera, clip: between(vp8, 0, 3) },
      { track: screen, clip: await clipOf('vp8', 3, 160), fromMs: 200 },
      { track: other, clip: clips.get(other.ssrc)!, fromMs: 300 - 6_000 },
    ]).done;
    recorder.endPackets();
    expect(await recorder.exit).toBe(0);
    const opened = recorder.of('segment-opened').find(({ tracks }) => tracks.length === 4);
    const path = join(bench.directory, opened!.files[0]!);
    const voices = opened!.tracks.filter((ssrc) => clips.has(ssrc));
    const pictures = opened!.tracks.filter((ssrc) => !clips.has(ssrc));
    const widths = probed(path, '-select_streams', 'v', '-show_entries', 'stream=width').map(Number);
    expect(widths).toEqual(pictures.map((ssrc) => (ssrc === screen.ssrc ? 160 : 320)));
    for (const [index, ssrc] of voices.entries()) {
      const own = new Set(clips.get(ssrc)!.map(({ rtp }) => sha256(rtp.payload)));
      const found = payloadsOf(path, `a:${index}`);
      expect(found.filter((hash) => own.has(hash)).length).toBeGreaterThan(100);
    }
  });

  it('begins a new segment when somebody comes, and goes on when somebody leaves', async () => {
    const recorder = await bench.start('record-conversation');
    recorder.send({ type: 'track', ...voice });
    const { done } = playClips(recorder, [
      { track: voice, clip: between(audio, 0, 8) },
      { track: other, clip: between(audio, 0, 2), fromMs: 4000 },
    ]);
    await recorder.message('segment-opened');
    // It is a member for a moment before it says something.
    await recorder.message('progress', 3);
    recorder.send({ type: 'track', ...other });
    await recorder.message('segment-opened', 2);
    await recorder.message('progress', 5);
    recorder.send({ type: 'untrack', ssrc: other.ssrc });
    await done;
    await recorder.stop();
    const closed = recorder.of('segment-closed');
    expect(closed.map(({ segment, why, tracks }) => [segment, why, tracks.length])).toEqual([
      [1, 'tracks', 1],
      [2, 'stopped', 2],
    ]);
    const [first, second] = bench.closedOf(recorder, voice);
    expect(Math.abs(first!.startMs + first!.facts.durationMs - second!.startMs)).toBeLessThan(21);
    expect([first!.played.complaints, second!.played.complaints]).toEqual(['', '']);
    expect(second!.played.streams).toHaveLength(2);
    expect(first!.played.end + second!.played.end).toBeGreaterThan(7.5);
  });

  it('does not wait for a camera that never showed anything, and takes it in when it does', async () => {
    const recorder = await bench.start('record-conversation');
    for (const track of [voice, camera]) recorder.send({ type: 'track', ...track });
    const { done } = playClips(recorder, [
      { track: voice, clip: between(audio, 0, 9) },
      { track: camera, clip: between(vp8, 0, 5), fromMs: 4000 },
    ]);
    await recorder.message('segment-opened', 2);
    await done;
    await recorder.stop();
    const [first, second] = recorder.of('segment-opened').map(({ files }) => play(join(bench.directory, files[0]!)));
    expect(first!.streams.map(({ codec }) => codec)).toEqual(['opus']);
    expect(first!.end).toBeGreaterThan(3.5);
    expect(second!.streams.map(({ codec }) => codec).sort()).toEqual(['opus', 'vp8']);
    expect(first!.complaints + second!.complaints).toBe('');
    expect(readdirSync(bench.directory)).toHaveLength(2);
  });

  it('goes on while a camera is off', async () => {
    const recorder = await bench.start('record-conversation');
    for (const track of [voice, camera]) recorder.send({ type: 'track', ...track });
    const { done } = playClips(recorder, [
      { track: voice, clip: between(audio, 0, 7) },
      { track: camera, clip: between(vp8, 0, 2) },
    ]);
    await done;
    // Killed: what was written while the camera was off is there.
    recorder.child.kill('SIGKILL');
    await recorder.exit;
    const opened = recorder.of('segment-opened');
    expect(opened).toHaveLength(1);
    const played = play(join(bench.directory, opened[0]!.files[0]!));
    expect(played.complaints).toBe('');
    expect(played.end).toBeGreaterThan(5.9);
    expect(played.streams.find(({ codec }) => codec === 'opus')!.largestStep).toBeLessThan(0.03);
  });
});

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** SHA-256 of each packet of a stream. */
const payloadsOf = (path: string, stream: string): string[] =>
  probed(path, '-select_streams', stream, '-show_entries', 'packet=data_hash', '-show_data_hash', 'sha256').map(
    (line) => line.replace('SHA256:', ''),
  );

/** What ffprobe says, a line each. */
const probed = (path: string, ...what: readonly string[]): string[] =>
  execFileSync('ffprobe', ['-v', 'error', ...what, '-of', 'csv=p=0', path])
    .toString()
    .trim()
    .split('\n');
