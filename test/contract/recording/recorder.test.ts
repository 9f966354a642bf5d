// The recorder's process with real packets: what it writes is read by ffmpeg. `npm run setup` builds it.
import { jest } from '@jest/globals';
import gst from 'node-gst';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { clipOf, joined, type ClipPacket } from '../../support/recording/clip.ts';
import { RecorderBench } from '../../support/recording/bench.ts';
import { playClips } from '../../support/recording/recorder-process.ts';
import { audioTrack, HOSTILE_IDS, videoTrack } from '../../unit/recording/support.ts';

jest.setTimeout(90_000);

const bench = new RecorderBench();
let audio: ClipPacket[];
let vp8: ClipPacket[];
let h264: ClipPacket[];
beforeAll(async () => {
  gst.init();
  [audio, vp8, h264] = [await clipOf('opus', 10), await clipOf('vp8', 10), await clipOf('h264', 2)];
});
beforeEach(() => bench.beginTest());
afterEach(() => bench.endTest());
afterAll(() => bench.close());

const voice = audioTrack();
const camera = videoTrack();
const cut = (clip: readonly ClipPacket[], seconds: number): ClipPacket[] =>
  clip.filter(({ atMs }) => atMs < seconds * 1000);

const sha256 = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(join(bench.directory, name)))
    .digest('hex');

describe('a recording of each track', () => {
  it('is a file for each, that another player plays without a complaint, and as long as was said', async () => {
    const recorder = await bench.start('record-track');
    for (const track of [voice, camera]) recorder.send({ type: 'track', ...track });
    const { startMs, done } = playClips(recorder, [
      { track: voice, clip: cut(audio, 4) },
      { track: camera, clip: cut(vp8, 4) },
    ]);
    await done;
    recorder.endPackets();
    expect(await recorder.exit).toBe(0);
    expect(recorder.of('trouble')).toEqual([]);
    expect(readdirSync(bench.directory)).toHaveLength(2);
    const told = [
      { track: voice, codec: 'opus', packets: 201, ext: 'audio-00001001' },
      { track: camera, codec: 'vp8', packets: 100, ext: 'video-00002001' },
    ];
    for (const { track, codec, packets, ext } of told) {
      const { file, facts, played, startMs: began } = bench.closedOf(recorder, track)[0]!;
      expect(file.name).toContain(`ann-49915e0d7d4b402e-${ext}-000`);
      expect(played.complaints).toBe('');
      expect(played.streams).toEqual([expect.objectContaining({ codec, packets, start: 0, corrupt: 0 })]);
      expect(played.streams[0]!.largestStep).toBeLessThan(0.041);
      expect(facts.counted).toMatchObject({ lost: 0, late: 0, duplicates: 0, filledMs: 0 });
      expect(Math.abs(played.end * 1000 - facts.durationMs)).toBeLessThan(41);
      expect(Math.abs(began - startMs)).toBeLessThan(1);
      expect(sha256(file.name)).toBe(file.sha256);
    }
  });

  it('takes H264, too, with a change of its size in the middle', async () => {
    const recorder = await bench.start('record-track');
    const track = videoTrack({ codec: 'h264' });
    recorder.send({ type: 'track', ...track });
    const clip = joined(h264, await clipOf('h264', 2, 640), 2000);
    const { done } = playClips(recorder, [{ track, clip }]);
    await done;
    recorder.endPackets();
    await recorder.exit;
    const { file, played } = bench.closedOf(recorder, track)[0]!;
    expect(file.name).toMatch(/\.mkv$/);
    expect(played.complaints).toBe('');
    expect(played.streams).toEqual([expect.objectContaining({ codec: 'h264', packets: 100, corrupt: 0 })]);
  });

  it('takes VP8 that changes its size', async () => {
    const recorder = await bench.start('record-track');
    recorder.send({ type: 'track', ...camera });
    const clip = joined(cut(vp8, 2), await clipOf('vp8', 2, 640), 2000);
    await playClips(recorder, [{ track: camera, clip }]).done;
    recorder.endPackets();
    await recorder.exit;
    expect(recorder.of('trouble')).toEqual([]);
    const { played } = bench.closedOf(recorder, camera)[0]!;
    expect(played.complaints).toBe('');
    expect(played.streams).toEqual([expect.objectContaining({ codec: 'vp8', packets: 100, corrupt: 0 })]);
  });

  it.each(['vp8', 'h264'] as const)('is sound when it is one picture of %s', async (codec) => {
    const recorder = await bench.start('record-track');
    const track = videoTrack({ codec });
    recorder.send({ type: 'track', ...track });
    const clip = codec === 'vp8' ? vp8 : h264;
    await playClips(recorder, [{ track, clip: clip.filter(({ atMs }) => atMs === clip[0]!.atMs) }]).done;
    await recorder.message('segment-opened');
    recorder.endPackets();
    await recorder.exit;
    expect(recorder.of('trouble')).toEqual([]);
    const { file, facts, played } = bench.closedOf(recorder, track)[0]!;
    expect(facts.durationMs).toBe(0);
    expect(played.complaints).toBe('');
    expect(played.streams).toEqual([expect.objectContaining({ codec, packets: 1, beginsWithKey: true })]);
    expect(sha256(file.name)).toBe(file.sha256);
  });

  it('is cut at key frames into segments that follow one another', async () => {
    const recorder = await bench.start('record-track', { limits: { seconds: 2.5, bytes: 1e9 } });
    for (const track of [voice, camera]) recorder.send({ type: 'track', ...track });
    const { done } = playClips(recorder, [
      { track: voice, clip: cut(audio, 7) },
      { track: camera, clip: cut(vp8, 7) },
    ]);
    await done;
    recorder.endPackets();
    await recorder.exit;
    for (const { track, clip, step } of [
      { track: voice, clip: cut(audio, 7), step: 21 },
      { track: camera, clip: cut(vp8, 7), step: 42 },
    ]) {
      const closed = bench.closedOf(recorder, track);
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

it('is cut by size, too, and each file begins with a key frame', async () => {
  const recorder = await bench.start('record-track', { limits: { seconds: 600, bytes: 30_000 } });
  recorder.send({ type: 'track', ...camera });
  const { done } = playClips(recorder, [{ track: camera, clip: cut(vp8, 6) }]);
  await done;
  recorder.endPackets();
  await recorder.exit;
  const closed = bench.closedOf(recorder, camera);
  expect(closed.length).toBeGreaterThanOrEqual(2);
  for (const { why, file, played } of closed) {
    // It goes on to the next key frame, a second later at most.
    if (why === 'limit') expect(file.bytes).toBeGreaterThan(30_000);
    expect(file.bytes).toBeLessThan(120_000);
    expect(played.complaints).toBe('');
    expect(played.streams[0]!.beginsWithKey).toBe(true);
  }
});

describe('what happens on the way', () => {
  it('loss, order, duplicates and silence leave one timeline', async () => {
    const recorder = await bench.start('record-track');
    recorder.send({ type: 'track', ...voice });
    // Nothing is sent from 1 to 2.5 s; one packet in 50 gets lost; of the others each second one is late, and doubled.
    const sent = cut(audio, 5)
      .filter(({ atMs }) => atMs < 1000 || atMs >= 2500)
      .map((packet, index) => ({ ...packet, rtp: { ...packet.rtp, sequence: index } }))
      .filter((_, index) => index % 50 !== 25);
    const late = sent.filter((_, index) => index % 2 === 1).map((packet) => ({ ...packet, sentMs: packet.atMs + 50 }));
    const inTime = sent.filter((_, index) => index % 2 === 0);
    await playClips(recorder, [{ track: voice, clip: [...inTime, ...late, ...late] }]).done;
    recorder.endPackets();
    expect(await recorder.exit).toBe(0);
    const { played, facts } = bench.closedOf(recorder, voice)[0]!;
    expect(played.complaints).toBe('');
    expect(played.streams[0]!.largestStep).toBeLessThan(0.03);
    expect(played.end).toBeCloseTo(5, 1);
    expect(facts.counted).toMatchObject({ packets: sent.length, lost: 3, late: 0, duplicates: late.length });
    expect(facts.counted!.filledMs).toBeGreaterThan(1500);
    expect(facts.counted!.filledMs).toBeLessThan(1700);
  });

  it('a track that ends is closed, and those that come later get files of their own', async () => {
    const recorder = await bench.start('record-track');
    recorder.send({ type: 'track', ...voice });
    await playClips(recorder, [{ track: voice, clip: cut(audio, 1) }]).done;
    recorder.send({ type: 'untrack', ssrc: voice.ssrc });
    await recorder.message('segment-closed');
    const again = audioTrack({ ssrc: 0x1009 });
    recorder.send({ type: 'track', ...again });
    await playClips(recorder, [{ track: again, clip: cut(audio, 1) }]).done;
    recorder.endPackets();
    await recorder.exit;
    expect(recorder.of('segment-closed').map(({ segment, why }) => [segment, why])).toEqual([
      [1, 'ended'],
      [2, 'stopped'],
    ]);
    expect(bench.closedOf(recorder, again)[0]!.played.streams[0]!.packets).toBe(51);
    expect(readdirSync(bench.directory)).toHaveLength(2);
  });

  it('a track without a packet leaves no file', async () => {
    const recorder = await bench.start('record-track');
    recorder.send({ type: 'track', ...voice });
    await recorder.message('progress', 2);
    await recorder.stop();
    expect(readdirSync(bench.directory)).toEqual([]);
    expect(recorder.of('segment-opened')).toEqual([]);
  });

  it.each(HOSTILE_IDS.map((id) => [JSON.stringify(id).slice(0, 30), id]).slice(0, 6))(
    'the id %s does nothing',
    async (_, id) => {
      const recorder = await bench.start('record-track', { conversation: id, recording: id });
      recorder.send({ type: 'track', ...audioTrack({ userid: id, clientid: id, mid: id }) });
      await playClips(recorder, [{ track: voice, clip: cut(audio, 0.5) }]).done;
      recorder.endPackets();
      expect(await recorder.exit).toBe(0);
      expect(recorder.of('trouble')).toEqual([]);
      const [closed] = bench.closedOf(recorder, voice);
      expect(readdirSync(bench.directory)).toEqual([closed!.file.name]);
      expect(closed!.played.streams[0]!.packets).toBe(26);
    },
  );
});
