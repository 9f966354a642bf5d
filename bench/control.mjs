// `npm run bench:control`: what deciding who is heard where costs the JavaScript thread. No media: levels are made up, and
// routes go nowhere, so that everything measured is the controller's own.
import { setTimeout as sleep } from 'node:timers/promises';
import process from 'node:process';
import { buildService, serviceIsStale } from '../scripts/lib/build.mjs';

if (serviceIsStale()) buildService();
const { Registry } = await import('../dist/conversation/registry.js');
const { systemClock } = await import('../dist/base/clock.js');

const SECONDS = Number(process.argv[2] ?? 10);
const TARGET_PERCENT = 5;

/** Camera and microphone, and to hear 3 and see 2. */
const SECTIONS = ['audio both', 'video both', 'audio slot', 'video slot', 'audio slot'];

const NOISE = [-78, -80, -79, -77, -81];
const SYLLABLES = [-26, -18, -22, -31, -40, -24, -19, -28, -45, -33];

/** Somebody speaks for two seconds, then the next one, while the one before agrees in between. */
const speakersAt = (tick, count) => {
  const turn = Math.floor(tick / 20);
  const speaker = (turn * 7) % count;
  const before = ((turn - 1) * 7 + count) % count;
  return new Set(tick % 20 > 12 && tick % 20 < 16 ? [speaker, before] : [speaker]);
};

class SyntheticGraph {
  routes = 0;
  gates = 0;
  tick = 0;
  speaking = false;
  #levels = new Map();

  route() {
    this.routes += 1;
  }

  gate() {
    this.gates += 1;
  }

  /** From a store: what making them costs is the media plane's. */
  takeLevels(tracks) {
    const tick = this.tick++;
    const speakers = this.speaking ? speakersAt(tick, tracks.length) : null;
    return tracks.map((track, i) => {
      const stored = this.#levels.get(track) ?? storeFor(track);
      this.#levels.set(track, stored);
      return (speakers?.has(i) === true ? stored.voice : stored.noise)[(tick + i) % 10];
    });
  }

  close() {
    this.#levels.clear();
  }
}

const storeFor = (track) => ({
  voice: ticksOf(track, SYLLABLES, { packets: 5, bytes: 400, voiced: 5 }),
  noise: ticksOf(track, NOISE, { packets: 5, bytes: 250, voiced: 0 }),
});

const ticksOf = (track, from, rest) =>
  Array.from({ length: 10 }, (_, tick) => {
    const levels = Array.from({ length: 5 }, (_, n) => from[(tick * 3 + n) % from.length]);
    return { track, levels, ...rest };
  });

let peers = 0;

function memberOf(userid) {
  const id = `peer-${++peers}`;
  const next = { audio: 0, video: 0 };
  const sections = SECTIONS.map((text, mline) => ({
    mid: String(mline),
    kind: text.split(' ')[0],
    use: text.split(' ')[1],
  }));
  return {
    id,
    userid,
    clientid: '',
    csrc: peers,
    tracks: sections.filter(({ use }) => use === 'both').map(({ mid, kind }) => ({ peer: id, mid, kind })),
    slots: sections.map(({ mid, kind }) => ({ peer: id, mid, kind, index: next[kind]++ })),
  };
}

function open(conversations, members) {
  const graphs = [];
  const registry = new Registry({
    openGraph: () => {
      const graph = new SyntheticGraph();
      graphs.push(graph);
      return graph;
    },
    clock: systemClock,
    joinTtlMs: 600_000,
    maxConversations: conversations,
    maxMembers: members,
    maxJoins: conversations * members,
    onFault: (error) => {
      throw error;
    },
  });
  const told = { roster: 0, heard: 0, speakers: 0 };
  for (const name of Object.keys(told)) registry.events.on(name, () => (told[name] += 1));
  return { registry, graphs, told };
}

/** Everybody comes in a turn of his own, as clients do. */
async function fill(registry, conversations, members) {
  const started = performance.now();
  for (let room = 0; room < conversations; room++) {
    for (let i = 0; i < members; i++) {
      const member = memberOf(`user-${room}-${i}`);
      registry.join(member.userid, `room-${room}`);
      registry.deviceConnected(member);
      await Promise.resolve();
    }
  }
  return performance.now() - started;
}

async function measure({ graphs, told }, speaking) {
  for (const graph of graphs) graph.speaking = speaking;
  await sleep(2_000);
  const before = { ...told, routes: sum(graphs, 'routes'), gates: sum(graphs, 'gates') };
  const utilization = performance.eventLoopUtilization();
  const cpu = process.cpuUsage();
  const started = performance.now();
  await sleep(SECONDS * 1_000);
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const { active } = performance.eventLoopUtilization(utilization);
  return {
    thread: active / 10 / seconds,
    process: (user + system) / 10_000 / seconds,
    routes: (sum(graphs, 'routes') - before.routes) / seconds,
    gates: (sum(graphs, 'gates') - before.gates) / seconds,
    heard: (told.heard - before.heard) / seconds,
  };
}

const sum = (graphs, what) => graphs.reduce((total, graph) => total + graph[what], 0);

let slowest = 0;
for (const [conversations, members] of [
  [1, 200],
  [200, 4],
]) {
  const scene = open(conversations, members);
  const joins = await fill(scene.registry, conversations, members);
  const each = (joins / (conversations * members)).toFixed(2);
  console.log(`\n${conversations} x ${members} members x ${SECTIONS.length} slots; coming in takes ${each} ms each`);
  for (const [name, speaking] of [
    ['idle', false],
    ['speaking', true],
  ]) {
    const result = await measure(scene, speaking);
    slowest = Math.max(slowest, result.process);
    const rates = ['routes', 'gates', 'heard'].map((what) => `${result[what].toFixed(0)} ${what}/s`).join(', ');
    console.log(
      `  ${name.padEnd(8)}  ${result.thread.toFixed(2)} % of a core busy, ${result.process.toFixed(2)} % CPU of the process; ${rates}`,
    );
  }
  scene.registry.close();
}
console.log(`\n${slowest < TARGET_PERCENT ? 'within' : 'ABOVE'} the target of ${TARGET_PERCENT} % each`);
process.exitCode = slowest < TARGET_PERCENT ? 0 : 1;
