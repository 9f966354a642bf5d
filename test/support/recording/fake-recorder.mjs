/**
 * A recorder's process that records nothing, for tests of the service: it speaks the protocol, and writes the lines that
 * it got to a file of each segment. The names of pipelines and
 * users say how it misbehaves.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const open = new Map();
let start = null;
let segment = 0;
let isStill = false;

const begin = (track) => {
  const name = `track-${track.ssrc}-${segment}.txt`;
  writeFileSync(join(start.directory, name), track.userid);
  say({ type: 'segment-opened', segment, originMs: Date.now(), files: [name], tracks: [track.ssrc] });
  open.set(track.ssrc, { segment, name, content: track.userid });
  segment += 1;
};

const end = (ssrc, why) => {
  const { segment: number, name, content } = open.get(ssrc);
  open.delete(ssrc);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const files = [{ name, bytes: Buffer.byteLength(content), sha256 }];
  const counted = { packets: 1, bytes: 1, lost: 0, late: 0, duplicates: 0, filledMs: 0 };
  const tracks = [{ ssrc, startMs: Date.now(), durationMs: 20, counted }];
  say({ type: 'segment-closed', segment: number, why, files, tracks });
};

const stop = () => {
  for (const ssrc of [...open.keys()]) end(ssrc, 'stopped');
  say({ type: 'stopped' });
  process.exit(0);
};

const take = (message) => {
  if (start !== null) appendFileSync(join(start.directory, '.lines'), `${JSON.stringify(message)}\n`);
  start ??= message;
  // As one that a loaded machine does not let begin.
  if (start.pipeline.name === 'record-conversation') return;
  switch (message.type) {
    case 'start':
      writeFileSync(join(start.directory, '.start'), JSON.stringify(message));
      segment = message.firstSegment;
      if (message.pipeline.name === 'levels') {
        say({ type: 'refused', text: 'levels.gst:1:1: no element "level"' });
        process.exit(65);
      }
      setInterval(() => say({ type: 'progress', blocked: isStill, frames: 7, malformed: 0 }), 20);
      writeFileSync(join(start.directory, '.env'), JSON.stringify(process.env));
      say({ type: 'ready' });
      return;
    case 'track':
      begin(message);
      if (message.kind === 'video') say({ type: 'keyframe', ssrc: message.ssrc });
      if (message.userid === 'still') isStill = true;
      if (message.userid === 'nonsense') process.stdout.write('this is no message\n');
      if (message.userid === 'endless') process.stdout.write('x'.repeat(2_000_000));
      return;
    case 'untrack':
      end(message.ssrc, 'ended');
      return;
    case 'stop':
      stop();
  }
};

createInterface({ input: process.stdin }).on('line', (line) => take(JSON.parse(line)));
