// Publishes a file into a conversation, once, in real time.
//
//   node examples/publish.mjs talk.webm --user robot --conversation lobby
//
// The file is WebM or Matroska with Opus, VP8 or both. Nothing is encoded here: README.md has how to make such a file.
import process from 'node:process';
import gst from 'node-gst';
import { branch, connect, join, leave, options } from './client.mjs';

/** In the pace of the clock, with a sink beside it that says when the file ends: webrtcbin never comes to an end. */
const PACE =
  'clocksync ! tee name=t ! appsink name=end emit-signals=true wait-on-eos=false max-buffers=1 drop=true sync=false async=false t.';

/** By the kind in the name of the demuxer's pad: how packets are made, and what they are. */
const KINDS = {
  audio: {
    packets: `opusparse ! ${PACE} ! rtpopuspay pt=111 ssrc=1001`,
    caps: 'application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=111,ssrc=(uint)1001',
  },
  video: {
    packets: `${PACE} ! rtpvp8pay pt=96 ssrc=1002 picture-id-mode=2`,
    caps: 'application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96,ssrc=(uint)1002,rtcp-fb-nack-pli=(boolean)true',
  },
};

const { values, positionals } = options({});
const [file] = positionals;
if (file === undefined) throw new Error('which file?');

gst.init();
const pipeline = gst.parseLaunch(
  'filesrc name=file ! matroskademux name=demux webrtcbin name=rtc bundle-policy=max-bundle',
);
pipeline.byName('file').set('location', file);
const [demux, rtc] = ['demux', 'rtc'].map((name) => pipeline.byName(name));

const pads = [];
const failed = new Promise((_, reject) => {
  pipeline.onBus(({ source, text }) => reject(new Error(`${source}: ${text}`)), ['error']);
});
const known = new Promise((resolve) => demux.on('no-more-pads', resolve));
demux.on('pad-added', (pad) => pads.push(pad), { block: true });
await pipeline.setState('PLAYING');
await Promise.race([known, failed]);

const branches = pads.map((pad) => {
  const { packets, caps } = KINDS[pad.name.split('_')[0]];
  const bin = branch(gst, pipeline, demux, pad, packets);
  bin.link(rtc, caps);
  return bin;
});
await join(values);
await connect(rtc, values);
console.log('connected');

const ends = branches.map((bin) => new Promise((resolve) => bin.byName('end').on('eos', resolve)));
// The file begins now: pipelines of node-gst have base time 0, so that running time is the clock's, which is that of hrtime.
for (const bin of branches) bin.staticPad('sink').set('offset', process.hrtime.bigint());
for (const pad of pads) pad.unblock();
await Promise.race([Promise.all(ends), failed]);
console.log('published');
await leave(values);
await pipeline.setState('NULL');
process.exit();
