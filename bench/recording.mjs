// `npm run bench:recording`: what recording costs the service. Clients in this process talk in one conversation of a built
// service in another; in turns it is recorded and it is not, and in each turn two things are measured: the CPU time of the
// service's process, without its recorders, and how long a packet takes from one client to another.
//
//   npm run bench:recording              20 voices, then 4 with a picture
//   npm run bench:recording -- 10 3      10 seconds a turn, 3 turns of each kind
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import gst from 'node-gst';
import WebSocket from 'ws';
import { buildService, serviceIsStale } from '../scripts/lib/build.mjs';
import { MediaClient } from '../test/support/media-client.mjs';
import { vp8Clip } from '../test/support/vp8-clip.mjs';
import { askAdmin } from './lib/admin.mjs';
import { median, quantile } from './lib/figures.mjs';
import { cpuUsOf } from './lib/process.mjs';
import { startService } from './lib/service.mjs';

const [SECONDS = 5, TURNS = 8] = process.argv.slice(2).map(Number);
/** What begins has begun. */
const SETTLE_MS = 2_000;
const TARGET_PERCENT = 15;
const TOKEN = 'the-token-of-the-bench';

/** `heard`: how many others each hears. Of some all latencies are measured, the rest throws away what it hears. */
const SCENES = [
  { name: '20 voices, each hears 3', members: 20, heard: 3, measured: 4, isVideo: false },
  { name: '4 voices with pictures, each hears 3 and sees 1', members: 4, heard: 3, measured: 4, isVideo: true },
];

/** It listens on the loopback address alone, and lets everybody in at once. */
const startServiceFor = (directory) =>
  startService(process.env.EGRESS ?? 'direct', {
    ADMIN_TOKEN: TOKEN,
    ICE_ADDRESSES: '127.0.0.1',
    CONNECT_RATE: '1000',
    CONNECT_RATE_ADDRESS: '100000',
    RECORDINGS_DIR: directory,
    RECORDINGS_RESERVE: '1',
  });

async function enter({ port }, name, clip, scene, isMeasured) {
  const headers = { 'X-User-Claim': JSON.stringify({ userid: name }) };
  const client = await MediaClient.open(clip, { slots: scene.heard - 1, isMeasured });
  const socket = new WebSocket(`ws://127.0.0.1:${port}/connect`, { headers });
  await once(socket, 'open');
  socket.send(await client.offer());
  const answer = await new Promise((resolve, reject) => {
    socket.once('message', resolve).once('close', (code, reason) => reject(new Error(`${code} ${reason}`)));
  });
  await client.accept(String(answer));
  const { status } = await fetch(`http://127.0.0.1:${port}/join/bench`, { method: 'POST', headers });
  if (status >= 300) throw new Error(`${name} may not join: ${status}`);
  return client;
}

/** One turn. */
async function measure(service, clients, measured) {
  await sleep(SETTLE_MS);
  for (const client of clients) client.forget();
  const [cpuUs, since] = [cpuUsOf(service.pid), performance.now()];
  await sleep(SECONDS * 1_000);
  const percent = (cpuUsOf(service.pid) - cpuUs) / ((performance.now() - since) * 10);
  const latencies = measured.flatMap((listener) =>
    clients.flatMap((client) => (client === listener ? [] : listener.heardOf(client, since).latencies)),
  );
  return { percent, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), packets: latencies.length };
}

async function run(scene, directory) {
  const service = await startServiceFor(directory);
  const clip = scene.isVideo ? await vp8Clip(12, 'snow') : null;
  const clients = [];
  try {
    for (let n = 0; n < scene.members; n++) {
      // Each is elsewhere in the clip, so that whose a picture is can be told.
      clients.push(await enter(service, `user-${n}`, clip && turned(clip, n * 3), scene, n < scene.measured));
    }
    for (const client of clients) client.talk();
    const turns = { without: [], with: [] };
    for (let turn = 0; turn < TURNS * 2; turn++) {
      // Whatever else happens on the machine meanwhile falls on both alike: without, with, with, without, …
      const isRecorded = [false, true, true, false][turn % 4];
      const body = JSON.stringify({ pipeline: 'record-track' });
      const made = isRecorded ? await askAdmin(service, TOKEN, 'POST', '/conversations/bench/recordings', body) : null;
      const result = await measure(service, clients, clients.slice(0, scene.measured));
      turns[isRecorded ? 'with' : 'without'].push(result);
      if (made !== null) check(await askAdmin(service, TOKEN, 'DELETE', `/recordings/${made.id}`), scene);
      console.log(`  ${isRecorded ? 'recorded    ' : 'not recorded'}  ${textOf(result)}`);
    }
    return turns;
  } finally {
    for (const client of clients) await client.close();
    await service.end();
  }
}

/** A clip that begins at another second of it: at a key frame. */
function turned(clip, second) {
  const from = clip.findIndex(({ atMs }) => atMs >= second * 1_000);
  const lengthMs = (clip.at(-1)?.atMs ?? 0) + 40;
  const startMs = clip[from].atMs;
  return [...clip.slice(from), ...clip.slice(0, from)].map(({ rtp, atMs }) => ({
    rtp,
    atMs: (atMs - startMs + lengthMs) % lengthMs,
  }));
}

/** A recording that was not whole would cost less. */
function check({ participants, overflowPackets }, { members, isVideo }) {
  const tracks = participants.reduce((sum, participant) => sum + participant.tracks.length, 0);
  const wanted = members * (isVideo ? 2 : 1);
  if (tracks !== wanted || overflowPackets > 0) {
    throw new Error(`${tracks} of ${wanted} tracks were recorded, ${overflowPackets} packets were not`);
  }
}

const textOf = ({ percent, p50, p99, packets }) =>
  `${percent.toFixed(1).padStart(5)} % CPU; ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms of ${packets} packets`;

if (serviceIsStale()) buildService();
gst.init();
// Callbacks of GStreamer do not keep a process alive.
const alive = setInterval(() => undefined, 60_000);
let isWithin = true;
for (const scene of SCENES) {
  console.log(`\n${scene.name}`);
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const turns = await run(scene, directory);
    const of = (kind, what) => median(turns[kind].map((turn) => turn[what]));
    const added = (of('with', 'percent') / of('without', 'percent') - 1) * 100;
    isWithin &&= added < TARGET_PERCENT;
    const p99 = `${of('without', 'p99').toFixed(2)} to ${of('with', 'p99').toFixed(2)} ms`;
    console.log(`  recording adds ${added.toFixed(1)} % CPU; p99 from ${p99} (medians of ${TURNS} turns each)`);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
console.log(`\n${isWithin ? 'within' : 'ABOVE'} the target of ${TARGET_PERCENT} % added`);
process.exitCode = isWithin ? 0 : 1;
clearInterval(alive);
