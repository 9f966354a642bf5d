import { Recorder } from '../../../../src/recording/child/recorder.ts';
import type { Reader } from '../../../../src/recording/child/reader.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { audioTrack } from '../support.ts';

const TEXT = '# name: mine\n# scope: track\n# kinds: audio\nappsrc name=track ! fakesink';
const START = {
  type: 'start',
  recording: 'r',
  conversation: 'c',
  startedMs: 0,
  directory: '/nowhere',
  pipeline: { name: 'mine', text: TEXT },
  settings: {},
  limits: { seconds: 600, bytes: 1_000_000 },
  firstSegment: 1,
} as const;
const NO_READER = { stats: () => ({ newestUnixNs: null, tracks: new Map() }) } as unknown as Reader;

it.each([
  ['before it stops is wanted in a segment', false, 1],
  ['when it stops gets none: nobody would close it', true, 0],
])('a track that comes %s', async (_, isStopped, timers) => {
  const clock = new ManualClock();
  const recorder = new Recorder(START, { reader: NO_READER, clock, report: () => undefined });
  if (isStopped) await recorder.stop();
  recorder.track(audioTrack({ ssrc: 1 }));
  expect(clock.timers).toBe(timers);
});
