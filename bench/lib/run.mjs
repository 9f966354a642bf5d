// One run: a fresh server, clients in processes of their own, a window in which all is counted.
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientProcess } from './clients.mjs';
import { Latencies, overload, pairsOf } from './figures.mjs';
import { rateOf } from './packets.mjs';
import { busyMs, cpuUsOf, footprintOf } from './process.mjs';

const PROCESSES = 2;
/** What is on its way at the end of the window arrives. */
const DRAIN_MS = 500;

/**
 * @typedef {{ kind: 'service' | 'janus', port: number, pid: number, end: () => Promise<void> }} Server
 *
 * @param {object} options
 * @param {readonly import('./figures.mjs').Member[]} options.members
 * @param {() => Promise<Server>} options.start
 * @param {number} options.seconds that are measured
 * @param {number} options.settleMs after starting, and again after connecting: every stream has begun, every slot is taken
 */
export async function run({ members, start, seconds, settleMs }) {
  const server = await start();
  const shares = Array.from({ length: PROCESSES }, (_, n) => members.filter((_member, i) => i % PROCESSES === n));
  const processes = shares.map((share) => ({ share, clients: new ClientProcess() }));
  const all = (method, argument) => Promise.all(processes.map(({ clients }) => clients.call(method, argument)));
  try {
    await sleep(settleMs);
    const { kind, port } = server;
    const idle = footprintOf(server.pid);
    await Promise.all(processes.map(({ share, clients }) => clients.call('enter', { kind, port, members: share })));
    await all('hear', members);
    await all('start');
    await sleep(settleMs);
    const window = await measure(server, all, seconds);
    await sleep(DRAIN_MS);
    const ranges = rangesOf(members, window);
    const heard = await Promise.all(
      processes.map(({ share, clients }) => {
        const mine = new Set(share.map(({ id }) => id));
        return clients.call(
          'compare',
          ranges.filter(({ receiver }) => mine.has(receiver)),
        );
      }),
    );
    return figuresOf(members, window, idle, heard);
  } finally {
    await Promise.allSettled(processes.map(({ clients }) => clients.call('leave')));
    await Promise.all(processes.map(({ clients }) => clients.end()));
    await server.end();
  }
}

async function measure(server, all, seconds) {
  const sentBefore = (await all('open')).flat();
  const begin = { cpuUs: cpuUsOf(server.pid), busyMs: busyMs(), atMs: performance.now() };
  await sleep(seconds * 1_000);
  const cpuUs = cpuUsOf(server.pid) - begin.cpuUs;
  const elapsedMs = performance.now() - begin.atMs;
  const busyCores = (busyMs() - begin.busyMs) / elapsedMs;
  const loaded = footprintOf(server.pid);
  return { sentBefore, counted: await all('close'), cpuUs, elapsedMs, busyCores, loaded };
}

/** Which packets of whom everybody should have heard. */
function rangesOf(members, { sentBefore, counted }) {
  const keyOf = ({ publisher, kind }) => `${publisher} ${kind}`;
  const froms = new Map(sentBefore.map((sent) => [keyOf(sent), sent.count]));
  const tos = new Map(counted.flatMap(({ sent }) => sent).map((sent) => [keyOf(sent), sent.count]));
  return pairsOf(members).map((pair) => ({ ...pair, from: froms.get(keyOf(pair)), to: tos.get(keyOf(pair)) }));
}

function figuresOf(members, { sentBefore, counted, cpuUs, elapsedMs, busyCores, loaded }, idle, heard) {
  const peers = members.length;
  const forwarded = sum(counted.map((part) => part.forwarded));
  const clientCores = sum(counted.map((part) => part.cpuUs)) / 1_000 / elapsedMs;
  const sent =
    sum(counted.flatMap((part) => part.sent.map(({ count }) => count))) - sum(sentBefore.map((s) => s.count));
  const planned = (sum(members.flatMap(({ sends }) => sends.map(rateOf))) * elapsedMs) / 1_000;
  const latencies = new Latencies();
  for (const [us, times] of counted.flatMap((part) => part.latencies)) latencies.add(us, times);
  return {
    peers,
    overload: overload({ clientCores, cores: availableParallelism(), sent, planned }),
    forwardedPerSecond: (forwarded * 1_000) / elapsedMs,
    cpuUsPerPacket: forwarded === 0 ? null : cpuUs / forwarded,
    serverCores: cpuUs / 1_000 / elapsedMs,
    latencyP50Us: latencies.quantileUs(0.5),
    latencyP95Us: latencies.quantileUs(0.95),
    latencyP99Us: latencies.quantileUs(0.99),
    expected: sum(heard.map((part) => part.expected)),
    lost: sum(heard.map((part) => part.lost)),
    duplicated: sum(heard.map((part) => part.duplicated)),
    threadsPerPeer: (loaded.threads - idle.threads) / peers,
    rssKbPerPeer: (loaded.rssKb - idle.rssKb) / peers,
    fdsPerPeer: (loaded.fds - idle.fds) / peers,
    clientCores,
    busyCores,
  };
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
