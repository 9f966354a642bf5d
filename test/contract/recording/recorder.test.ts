// The recorder's process with real packets: what it writes is read by ffmpeg. `npm run setup` builds it.
import { jest } from '@jest/globals';
import gst from 'node-gst';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clipOf, joined, type ClipPacket } from '../../support/recording/clip.ts';
import { play } from '../../support/recording/ffprobe.ts';
import { playClips, RecorderProcess, recordingIn, startMessage } from '../../support/recording/recorder-process.ts';
import type { RecordedTrack } from '../../../src/recording/types.ts';
import { audioTrack, videoTrack } from '../../unit/recording/support.ts';

jest.setTimeout(90_000);

const pipelineFile = (name: string) => ({
  name,
  text: readFileSync(new URL(`../../../pipelines/${name}.gst`, import.meta.url), 'utf8'),
});

let top = '';
let audio: ClipPacket[];
let vp8: ClipPacket[];
let h264: ClipPacket[];
beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), 'recorder-'));
  gst.init();
  [audio, vp8, h264] = [await clipOf('opus', 10), await clipOf('vp8', 10), await clipOf('h264', 2)];
});
afterAll(() => rmSync(top, { recursive: true }));

let scratch = '';
let directory = '';
const running: RecorderProcess[] = [];
beforeEach(() => {
  scratch = mkdtempSync(join(top, 'test-'));
  directory = recordingIn(scratch);
});
afterEach(async () => {
  for (const recorder of running.splice(0)) {
    recorder.child.kill('SIGKILL');
    await recorder.exit;
  }
});

async function started(name: string, over: Parameters<typeof startMessage>[2] = {}): Promise<RecorderProcess> {
  const recorder = new RecorderProcess(join(top, 'shared'));
  running.push(recorder);
  recorder.send(startMessage(directory, pipelineFile(name), over));
  await recorder.message('ready');
  return recorder;
}

const voice = audioTrack();
const camera = videoTrack();
const cut = (clip: readonly ClipPacket[], seconds: number): ClipPacket[] =>
  clip.filter(({ atMs }) => atMs < seconds * 1000);

/** What was closed of a track, each with its only file and what another player finds in it. */
const closedOf = (recorder: RecorderProcess, { ssrc }: RecordedTrack) =>
  recorder
    .of('segment-closed')
    .filter(({ tracks }) => tracks.some((facts) => facts.ssrc === ssrc))
    .map(({ why, files, tracks }) => {
      const file = files[0]!;
      const facts = tracks.find((each) => each.ssrc === ssrc)!;
      return { why, file, facts, startMs: facts.startMs!, played: play(join(directory, file.name)) };
    });

describe('a recording of each track', () => {
  it('is a file for each, that another player plays without a complaint, and as long as was said', async () => {
    const recorder = await started('record-track');
    for (const track of [voice, camera]) recorder.send({ type: 'track', ...track });
    const { startMs, done } = playClips(recorder, [
      { track: voice, clip: cut(audio, 4) },
      { track: camera, clip: cut(vp8, 4) },
    ]);
    await done;
    expect(await recorder.stop()).toBe(0);
    expect(recorder.of('trouble')).toEqual([]);
    expect(readdirSync(directory)).toHaveLength(2);
    const told = [
      { track: voice, codec: 'opus', packets: 201, ext: 'audio-00001001' },
      { track: camera, codec: 'vp8', packets: 100, ext: 'video-00002001' },
    ];
    for (const { track, codec, packets, ext } of told) {
      const { file, facts, played, startMs: began } = closedOf(recorder, track)[0]!;
      expect(file.name).toContain(`ann-49915e0d7d4b402e-${ext}-000`);
      expect(played.complaints).toBe('');
      expect(played.streams).toEqual([expect.objectContaining({ codec, packets, start: 0, corrupt: 0 })]);
      expect(played.streams[0]!.largestStep).toBeLessThan(0.041);
      expect(facts.counted).toMatchObject({ lost: 0, late: 0, duplicates: 0, filledMs: 0 });
      expect(Math.abs(played.end * 1000 - facts.durationMs)).toBeLessThan(41);
      expect(Math.abs(began - startMs)).toBeLessThan(1);
      expect(
        createHash('sha256')
          .update(readFileSync(join(directory, file.name)))
          .digest('hex'),
      ).toBe(file.sha256);
    }
  });

  it('takes H264, too, with a change of its size in the middle', async () => {
    const recorder = await started('record-track');
    const track = videoTrack({ codec: 'h264' });
    recorder.send({ type: 'track', ...track });
    const clip = joined(h264, await clipOf('h264', 2, 640), 2000);
    const { done } = playClips(recorder, [{ track, clip }]);
    await done;
    await recorder.stop();
    const { file, played } = closedOf(recorder, track)[0]!;
    expect(file.name).toMatch(/\.mkv$/);
    expect(played.complaints).toBe('');
    expect(played.streams).toEqual([expect.objectContaining({ codec: 'h264', packets: 100, corrupt: 0 })]);
  });

  it('takes VP8 that changes its size', async () => {
    const recorder = await started('record-track');
    recorder.send({ type: 'track', ...camera });
    const clip = joined(cut(vp8, 2), await clipOf('vp8', 2, 640), 2000);
    await playClips(recorder, [{ track: camera, clip }]).done;
    await recorder.stop();
    expect(recorder.of('trouble')).toEqual([]);
    const { played } = closedOf(recorder, camera)[0]!;
    expect(played.complaints).toBe('');
    expect(played.streams).toEqual([expect.objectContaining({ codec: 'vp8', packets: 100, corrupt: 0 })]);
  });

  it('is cut at key frames into segments that follow one another', async () => {
    const recorder = await started('record-track', { limits: { seconds: 2.5, bytes: 1e9 } });
    for (const track of [voice, camera]) recorder.send({ type: 'track', ...track });
    const { done } = playClips(recorder, [
      { track: voice, clip: cut(audio, 7) },
      { track: camera, clip: cut(vp8, 7) },
    ]);
    await done;
    await recorder.stop();
    for (const { track, clip, step } of [
      { track: voice, clip: cut(audio, 7), step: 21 },
      { track: camera, clip: cut(vp8, 7), step: 42 },
    ]) {
      const closed = closedOf(recorder, track);
      expect(closed.length).toBeGreaterThanOrEqual(3);
      expect(closed.map(({ why }) => why)).toEqual([...closed.slice(1).map(() => 'limit'), 'stopped']);
      let end = closed[0]!.startMs;
      for (const { played, facts, startMs } of closed) {
        expect(played.complaints).toBe('');
        expect(played.streams[0]!.start).toBe(0);
        // From one to the next it is one picture, or 20 ms of sound.
        expect(Math.abs(startMs - end)).toBeLessThan(step);
        end = startMs + facts.durationMs;
      }
      // None is lost and none is in both.
      expect(closed.reduce((sum, { facts }) => sum + facts.counted!.packets, 0)).toBe(clip.length);
    }
  });
});
