// What networks and people do to a stream, one track each: every file plays without a complaint, on one timeline.
import { jest } from '@jest/globals';
import gst from 'node-gst';
import { RecorderBench } from '../../support/recording/bench.ts';
import { clipOf, type ClipPacket } from '../../support/recording/clip.ts';
import { playClips } from '../../support/recording/recorder-process.ts';
import type { RecordedTrack } from '../../../src/recording/types.ts';
import { audioTrack, videoTrack } from '../../unit/recording/support.ts';

jest.setTimeout(90_000);

const SECONDS = 5;
const bench = new RecorderBench();
beforeAll(() => void gst.init());
beforeEach(() => bench.beginTest());
afterEach(() => bench.endTest());
afterAll(() => bench.close());

/** What becomes of a clip, and how it is to come out. */
interface Case {
  readonly kind: 'audio' | 'video';
  readonly what: string;
  readonly change: (clip: ClipPacket[]) => ClipPacket[];
  readonly counted: object;
  /** Where packets are missing and nothing is filled in, the picture stands still: s. */
  readonly largestStep?: number;
}

const delayed = (ms: (index: number) => number) => (clip: ClipPacket[]) =>
  clip.map((packet, index) => ({ ...packet, sentMs: packet.atMs + ms(index) }));
const without = (isLost: (index: number) => boolean) => (clip: ClipPacket[]) =>
  clip.filter((_, index) => !isLost(index));
/** Nothing is sent in between, so the sequence has no hole. */
const silent = (from: number, to: number) => (clip: ClipPacket[]) =>
  clip
    .filter(({ atMs }) => atMs < from || atMs >= to)
    .map((packet, index) => ({ ...packet, rtp: { ...packet.rtp, sequence: index } }));
const every = (n: number, of: number) => (index: number) => index > 5 && index % n === of;

/** From one packet to the next, s: 20 ms of sound, a picture at 25 a second. */
const STEP = { audio: 0.03, video: 0.045 } as const;
const NOTHING = { lost: 0, late: 0, duplicates: 0 };
const CASES: readonly Case[] = [
  { kind: 'audio', what: 'nothing', change: (clip) => clip, counted: NOTHING },
  {
    kind: 'audio',
    what: 'jitter',
    change: delayed((index) => (index * 37) % 90),
    counted: NOTHING,
  },
  { kind: 'audio', what: 'loss', change: without(every(20, 7)), counted: { lost: 13 } },
  {
    kind: 'audio',
    what: 'a burst that is lost',
    change: without((index) => index >= 100 && index < 130),
    counted: { lost: 30 },
  },
  {
    kind: 'audio',
    what: 'packets that come with a retransmission',
    change: delayed((index) => (every(10, 3)(index) ? 200 : 0)),
    counted: NOTHING,
  },
  { kind: 'audio', what: 'another order', change: delayed((index) => (index % 2) * 45), counted: NOTHING },
  {
    kind: 'audio',
    what: 'each packet twice',
    change: (clip) => clip.flatMap((packet) => [packet, packet]),
    counted: { lost: 0, duplicates: 251 },
  },
  { kind: 'audio', what: 'DTX', change: silent(1000, 2600), counted: NOTHING },
  { kind: 'audio', what: 'mute up to the end', change: silent(2000, 9000), counted: NOTHING },
  { kind: 'video', what: 'nothing', change: (clip) => clip, counted: NOTHING },
  { kind: 'video', what: 'jitter', change: delayed((index) => (index * 37) % 90), counted: NOTHING },
  {
    kind: 'video',
    what: 'packets that come with a retransmission',
    change: delayed((index) => (every(10, 3)(index) ? 200 : 0)),
    counted: NOTHING,
  },
  // Each second has a key frame; what is shown after a loss begins with one.
  { kind: 'video', what: 'loss', change: without((index) => index === 60), counted: { lost: 1 }, largestStep: 1.1 },
];

it('jitter, loss, retransmission, order, DTX and mute leave every file on one timeline', async () => {
  const clips = { audio: await clipOf('opus', SECONDS), video: await clipOf('vp8', SECONDS) };
  const recorder = await bench.start('record-track');
  const tracks = CASES.map(({ kind }, index): RecordedTrack => {
    const over = { ssrc: index + 1, csrc: index + 1, userid: `user-${index}` };
    return kind === 'audio' ? audioTrack(over) : videoTrack(over);
  });
  for (const track of tracks) recorder.send({ type: 'track', ...track });
  const { startMs, done } = playClips(
    recorder,
    CASES.map(({ kind, change }, index) => ({ track: tracks[index]!, clip: change(clips[kind]) })),
  );
  await done;
  recorder.endPackets();
  expect(await recorder.exit).toBe(0);
  expect(recorder.of('trouble')).toEqual([]);
  for (const [index, { kind, what, counted, largestStep = STEP[kind] }] of CASES.entries()) {
    const closed = bench.closedOf(recorder, tracks[index]!);
    const found = closed.map(({ startMs: began, facts, played: { streams, end, complaints } }) => ({
      what,
      complaints,
      isContinuous: streams[0]!.largestStep < largestStep,
      // Time 0 of its file, and its end, on the one time of the recording.
      isInTime: Math.abs(began - startMs) < 2 && Math.abs(end - SECONDS) < 0.045,
      counted: facts.counted,
      kind,
    }));
    expect(found).toMatchObject([{ what, kind, complaints: '', isContinuous: true, isInTime: true, counted }]);
  }
});
