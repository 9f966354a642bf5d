import type { RecordedTrack } from '../../../src/recording/types.ts';
import type { ValueContext } from '../../../src/recording/pipeline-file/values.ts';

export const audioTrack = (over: Partial<RecordedTrack> = {}): RecordedTrack => ({
  ssrc: 0x1001,
  csrc: 7,
  userid: 'ann',
  clientid: 'laptop',
  kind: 'audio',
  codec: 'opus',
  mid: '0',
  payloadType: 111,
  clockRate: 48_000,
  ...over,
});

export const videoTrack = (over: Partial<RecordedTrack> = {}): RecordedTrack =>
  audioTrack({ ssrc: 0x2001, kind: 'video', codec: 'vp8', mid: '1', payloadType: 96, clockRate: 90_000, ...over });

export const context = (over: Partial<ValueContext> = {}): ValueContext => ({
  recording: 'r1',
  conversation: 'room',
  startedMs: Date.UTC(2026, 10, 22, 19, 5, 7, 250),
  segment: 3,
  tracks: [audioTrack()],
  settings: new Map(),
  ...over,
});

/**
 * Ids that have hurt somebody: each could mean something to gst-launch, to a file system, to JSON or to a shell. They
 * are allowed in a claim, at most 256 characters.
 */
export const HOSTILE_IDS: readonly string[] = [
  '" ! filesink location=/etc/passwd "',
  "' ! fakesink '",
  ' ! fakesink ',
  '!',
  'a\nb',
  'a\r\n# scope: track\n',
  '\t',
  '{conversation}',
  '{dir}',
  '{',
  '}{',
  '..',
  '../../etc/passwd',
  '/etc/passwd',
  '.',
  '.hidden',
  '-rf',
  'a/b',
  'a\\b',
  '\\" ! x',
  '\0',
  'a\0b',
  '\u0001\u001b[31m',
  '%s%n%x',
  '$(touch x)',
  '`id`',
  'name=mux',
  'mux.',
  'CON',
  'ümläut',
  '会议室',
  '👩‍👩‍👧‍👦',
  '\u202egnp.exe',
  '\ud800',
  '\udfff',
  'x'.repeat(256),
  '😀'.repeat(128),
  '..'.repeat(128),
  'a'.repeat(255) + '!',
  '__proto__',
  'constructor',
];
