// `npm run bench`: what forwarding costs. The built service runs once with each way out (EGRESS), in turns, and clients in
// other processes talk through it on loopback; beside it run Janus, where Debian's package of it is installed, and the
// floor, a loop that does nothing but SRTP and the sockets.
//
//   npm run bench                                  every scenario, 3 rounds of 10 s
//   npm run bench -- audio-room idle               only these
//   npm run bench -- --rounds 5 --seconds 20 --scale 0.5 --json bench.json
//   npm run bench -- idle --server direct           only this one, and no floor: to look into the process
//   npm run bench -- --quick                       whether it works: small, one round; figures say nothing
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import gst from 'node-gst';
import { buildService, serviceIsStale } from '../scripts/lib/build.mjs';
import { summarize } from './lib/figures.mjs';
import { Floor } from './lib/floor.mjs';
import { findJanus, startJanus } from './lib/janus/server.mjs';
import { table } from './lib/report.mjs';
import { run } from './lib/run.mjs';
import { SCENARIOS, floorOf, forwards, scenario } from './lib/scenarios.mjs';
import { startService } from './lib/service.mjs';

const QUICK = { rounds: '1', seconds: '1', scale: '0.01' };
const QUICK_SCENARIOS = ['audio-room', 'video-room'];
/** Of the JSON; counts up when a field changes its meaning. */
const SCHEMA = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    scale: { type: 'string' },
    json: { type: 'string' },
    server: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const defaults = values.quick ? QUICK : { rounds: '3', seconds: '10', scale: '1' };
const [rounds, seconds, scale] = ['rounds', 'seconds', 'scale'].map((name) => Number(values[name] ?? defaults[name]));
if (![rounds, seconds, scale].every((number) => number > 0)) throw new Error('numbers are above 0');
const settleMs = values.quick ? 500 : 2_000;
const all = values.quick ? QUICK_SCENARIOS : SCENARIOS;
const scenarios = (positionals.length > 0 ? positionals : all).map((name) => scenario(name, scale));

const janus = findJanus();
const starts = {
  webrtcbin: () => startService('webrtcbin'),
  direct: () => startService('direct'),
  ...(janus !== null && { janus: () => startJanus(janus) }),
};
const isAlone = values.server !== undefined;
const servers = isAlone ? [values.server] : Object.keys(starts);
if (!servers.every((name) => name in starts)) throw new Error(`servers are ${Object.keys(starts).join(', ')}`);

if (serviceIsStale()) buildService();
const floor = isAlone ? null : new Floor();
const runs = [];
try {
  for (const each of scenarios) {
    for (let round = 0; round < rounds; round++) {
      // Whatever else happens on the machine meanwhile falls on all alike: the one first, then the other first.
      for (const name of round % 2 === 0 ? servers : [...servers].reverse()) {
        // Somebody who neither sends nor hears has no connection with Janus.
        if (name === 'janus' && !forwards(each.members)) continue;
        note(each, name, round, await run({ members: each.members, start: starts[name], seconds, settleMs }));
      }
      const load = floorOf(each.members);
      if (floor !== null && load !== null) note(each, 'floor', round, floorRun(load, each.members.length));
    }
  }
} finally {
  floor?.close();
}
const titles = new Map(scenarios.map(({ name, title }) => [name, title]));
const summary = summarize(runs).map((row) => ({ title: titles.get(row.scenario), ...row }));
console.log(`\n${table(summary)}`);
if (values.json !== undefined) {
  const report = {
    schema: SCHEMA,
    at: new Date().toISOString(),
    machine: machine(),
    rounds,
    seconds,
    scale,
    runs,
    summary,
  };
  writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

function note({ name }, server, round, figures) {
  const result = { scenario: name, server, round, ...figures };
  runs.push(result);
  const { cpuUsPerPacket, serverCores, overload } = result;
  const cost = cpuUsPerPacket === null ? `${serverCores.toFixed(3)} cores` : `${cpuUsPerPacket.toFixed(1)} µs/packet`;
  console.log(`${name} ${round + 1}/${rounds} ${server}: ${overload === null ? cost : `overloaded: ${overload}`}`);
}

/** As a run, with the figures that a floor has. */
function floorRun(load, peers) {
  const { forwarded, cpuUs } = floor.run({ ...load, seconds });
  return {
    peers,
    overload: null,
    forwardedPerSecond: forwarded / seconds,
    cpuUsPerPacket: cpuUs / forwarded,
    serverCores: cpuUs / 1e6 / seconds,
  };
}

function machine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    kernel: release(),
    node: process.version,
    gstreamer: gst.init(),
  };
}
