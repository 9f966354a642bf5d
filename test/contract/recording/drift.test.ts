// Ten minutes of two people whose clocks are wrong, faster than they would take: sound and picture stay together.
import { jest } from '@jest/globals';
import gst from 'node-gst';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RecorderBench } from '../../support/recording/bench.ts';
import { clipOf, type ClipPacket } from '../../support/recording/clip.ts';
import { play, type PlayedStream } from '../../support/recording/ffprobe.ts';
import { audioTrack, videoTrack } from '../../unit/recording/support.ts';

jest.setTimeout(240_000);

const MINUTES = 10;
const bench = new RecorderBench();
beforeAll(() => void gst.init());
beforeEach(() => bench.beginTest());
afterEach(() => bench.endTest());
afterAll(() => bench.close());

const voice = audioTrack();
const camera = videoTrack();

/**
 * A clip over and over, from a device whose clock is wrong by `ppm`: its timestamps are what it believes, `atMs` is when
 * it really captured, which is what a tap tells.
 */
function* loop(clip: readonly ClipPacket[], lengthMs: number, clockRate: number, ppm: number): Generator<ClipPacket> {
  let sequence = 0;
  for (let offset = 0; ; offset += lengthMs) {
    for (const { atMs, rtp } of clip) {
      const believed = atMs + offset;
      const real = believed / (1 + ppm / 1e6);
      if (real >= MINUTES * 60_000) return;
      const timestamp = Math.round((believed * clockRate) / 1000) % 2 ** 32;
      yield { atMs: real, rtp: { ...rtp, sequence, timestamp } };
      sequence = (sequence + 1) & 0xffff;
    }
  }
}

/** The encoder's first packet is shorter than the others, which would be a jump in each round. */
const regular = (clip: readonly ClipPacket[], everyMs: number): ClipPacket[] =>
  clip.slice(0, 10_000 / everyMs).map(({ rtp }, index) => ({ atMs: index * everyMs, rtp }));

/** The times of what a player shows, each once: a picture comes in several packets. */
const captured = (packets: readonly ClipPacket[]): number[] => [...new Set(packets.map(({ atMs }) => atMs / 1000))];

/** How far a stream is from when it was captured, at the worst, s. `startS`: time 0 of the file. */
function worst(stream: PlayedStream, times: readonly number[], startS: number): number {
  const expected = times.map((time) => time - startS).filter((time) => time >= -0.001);
  expect(Math.abs(stream.times.length - expected.length)).toBeLessThan(30);
  // Silence may stand where nothing was yet, so they are compared from the end.
  const shown = stream.times.slice(-expected.length + 50);
  const wanted = expected.slice(-shown.length);
  return Math.max(...shown.map((time, index) => Math.abs(time - (wanted[index] ?? NaN))));
}

it('sound and picture are within 40 ms of each other after ten minutes, with clocks that drift', async () => {
  const sound = [...loop(regular(await clipOf('opus', 10), 20), 10_000, 48_000, 200)];
  const picture = [...loop(await clipOf('vp8', 10), 10_000, 90_000, -150)];
  const recorder = await bench.start('record-conversation');
  for (const track of [voice, camera]) recorder.send({ type: 'track', ...track });
  const startMs = Date.now();
  const packets = [
    ...sound.map((packet) => ({ track: voice, packet })),
    ...picture.map((packet) => ({ track: camera, packet })),
  ].sort((a, b) => a.packet.atMs - b.packet.atMs);
  for (const { track, packet } of packets) {
    // Until there is a segment all goes at its own pace: one without packets would soon do without the camera, which is
    // given a second of real time for its first picture.
    const ahead = startMs + packet.atMs - Date.now();
    if (ahead > 2 && recorder.of('segment-opened').length === 0) await delay(ahead);
    recorder.packet(startMs + packet.atMs, track, packet);
    await recorder.drained();
  }
  recorder.endPackets();
  expect(await recorder.exit).toBe(0);
  expect(recorder.of('trouble')).toEqual([]);

  const opened = recorder.of('segment-opened');
  expect(opened).toHaveLength(1);
  const played = play(join(bench.directory, opened[0]!.files[0]!));
  expect(played.complaints).toBe('');
  const stream = (codec: string): PlayedStream => played.streams.find((each) => each.codec === codec)!;
  const startS = (opened[0]!.originMs - startMs) / 1000;
  const [audioOff, videoOff] = [
    worst(stream('opus'), captured(sound), startS),
    worst(stream('vp8'), captured(picture), startS),
  ];
  expect(audioOff).toBeLessThan(0.02);
  expect(videoOff).toBeLessThan(0.02);
  expect(stream('opus').largestStep).toBeLessThan(0.03);
  expect(played.end).toBeGreaterThan(MINUTES * 60 - startS - 0.1);
});
