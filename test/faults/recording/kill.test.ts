// What is left of a recording when its process is killed with media flowing: ffmpeg plays it, up to a second before.
import { jest } from '@jest/globals';
import gst from 'node-gst';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { clipOf, type ClipPacket } from '../../support/recording/clip.ts';
import { play } from '../../support/recording/ffprobe.ts';
import { playClips, RecorderProcess, recordingIn, startMessage } from '../../support/recording/recorder-process.ts';
import type { RecordedTrack } from '../../../src/recording/types.ts';
import { audioTrack, videoTrack } from '../../unit/recording/support.ts';

jest.setTimeout(90_000);

let top = '';
let audio: ClipPacket[];
let vp8: ClipPacket[];
let h264: ClipPacket[];
beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), 'kill-'));
  gst.init();
  [audio, vp8, h264] = [await clipOf('opus', 20), await clipOf('vp8', 20), await clipOf('h264', 20)];
});
afterAll(() => rmSync(top, { recursive: true }));

const voice = audioTrack();
const camera = videoTrack();
const other = videoTrack({ ssrc: 0x2002, codec: 'h264', userid: 'bob' });

/** What a killed recording lost of each file, s, and how much there is. */
interface Left {
  readonly name: string;
  readonly seconds: number;
  readonly lost: number;
}

async function killed(
  pipeline: string,
  tracks: readonly { track: RecordedTrack; clip: ClipPacket[] }[],
): Promise<Left[]> {
  const directory = recordingIn(mkdtempSync(join(top, 'test-')));
  const recorder = new RecorderProcess(join(top, 'shared'));
  const text = readFileSync(new URL(`../../../pipelines/${pipeline}.gst`, import.meta.url), 'utf8');
  recorder.send(startMessage(directory, { name: pipeline, text }));
  await recorder.message('ready');
  for (const { track } of tracks) recorder.send({ type: 'track', ...track });
  playClips(recorder, tracks);
  await recorder.message('segment-opened', pipeline === 'record-conversation' ? 1 : tracks.length);
  await delay(5000);
  recorder.child.kill('SIGKILL');
  const killedMs = Date.now();
  expect(await recorder.exit).toBe('SIGKILL');
  const opened = recorder.of('segment-opened');
  expect(readdirSync(directory)).toHaveLength(opened.length);
  return opened.map(({ files: [name = ''], originMs }) => {
    const { end, complaints, streams } = play(join(directory, name));
    expect(complaints).toBe('');
    expect(streams.map(({ corrupt }) => corrupt)).toEqual(streams.map(() => 0));
    for (const { largestStep } of streams) expect(largestStep).toBeLessThan(0.1);
    const ends = streams.map((stream) => stream.end);
    return { name, seconds: end, lost: (killedMs - originMs) / 1000 - Math.min(...ends) };
  });
}

describe('after kill -9 of the recorder', () => {
  it.each([
    ['record-audio', () => [{ track: voice, clip: audio }]],
    [
      'record-track',
      () => [
        { track: voice, clip: audio },
        { track: camera, clip: vp8 },
        { track: other, clip: h264 },
      ],
    ],
    [
      'record-conversation',
      () => [
        { track: voice, clip: audio },
        { track: camera, clip: vp8 },
        { track: other, clip: h264 },
      ],
    ],
    // Nobody speaks: nothing is sent, and the silence is recorded.
    [
      'record-track',
      () => [
        { track: voice, clip: audio.filter(({ atMs }) => atMs < 1000) },
        { track: audioTrack({ ssrc: 0x1002, userid: 'bob' }), clip: audio },
      ],
    ],
  ])('every file of %s plays up to a second before', async (pipeline, tracks) => {
    const left = await killed(pipeline, tracks());
    for (const { seconds, lost } of left) {
      expect(seconds).toBeGreaterThan(4);
      expect(lost).toBeGreaterThan(-0.1);
      expect(lost).toBeLessThan(1);
    }
  });
});
