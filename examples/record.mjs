// Records a conversation from outside: as a member that only listens, a file per slot.
//
//   node examples/record.mjs recording --user recorder --conversation lobby --audio 4 --video 2
//
// It ends with Ctrl-C. events.jsonl has when each file begins, and who is in which slot when. Recordings by the service
// itself, of every track, are another thing: docs/recording.md.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join as pathOf } from 'node:path';
import process from 'node:process';
import gst from 'node-gst';
import { branch, connect, join, leave, options } from './client.mjs';

const KINDS = {
  audio: {
    caps: 'application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=111',
    frames: 'rtpopusdepay ! opusparse',
  },
  video: {
    caps: 'application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96,rtcp-fb-nack-pli=(boolean)true',
    frames: 'rtpvp8depay request-keyframe=true wait-for-keyframe=true',
  },
};

const { values, positionals } = options({
  audio: { type: 'string', default: '4' },
  video: { type: 'string', default: '2' },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('into which folder?');
mkdirSync(folder, { recursive: true });

const note = (what) => {
  const line = { at: new Date().toISOString(), ...what };
  appendFileSync(pathOf(folder, 'events.jsonl'), `${JSON.stringify(line)}\n`);
};

gst.init();
const pipeline = gst.parseLaunch('webrtcbin name=rtc bundle-policy=max-bundle');
pipeline.onBus(({ source, text }) => console.error(`${source}: ${text}`), ['error']);
const rtc = pipeline.byName('rtc');
await pipeline.setState('PLAYING');

const slots = ['audio', 'video'].flatMap((kind) =>
  Array.from({ length: Number(values[kind]) }, (_, n) => ({ kind, n })),
);
for (const { kind } of slots) rtc.emit('add-transceiver', 'recvonly', KINDS[kind].caps);
// A pad comes with the first packet of a slot, and stays.
rtc.on(
  'pad-added',
  (pad) => {
    const { kind, n } = slots[pad.get('transceiver').get('mlineindex')];
    const file = `${kind}-${n}.webm`;
    // Streamable: there is nothing to be written at the end, so that a file is whole however this ends.
    const written = `${KINDS[kind].frames} ! webmmux streamable=true offset-to-zero=true ! filesink location=${JSON.stringify(pathOf(folder, file))}`;
    branch(gst, pipeline, rtc, pad, written);
    pad.unblock();
    note({ type: 'file', file });
  },
  { block: true },
);

const channel = rtc.emit('create-data-channel', 'events', null);
channel.on('on-message-string', (text) => {
  const message = JSON.parse(text);
  if (message.type !== 'ping') note(message);
});

await join(values);
await connect(rtc, values);
console.log('connected');
process.once('SIGINT', async () => {
  await leave(values);
  await pipeline.setState('NULL');
  process.exit();
});
