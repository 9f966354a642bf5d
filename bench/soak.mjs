// `npm run soak`: whether the service is the same after an hour. Clients in processes of their own come, talk, change rooms,
// connect anew, are recorded, and vanish, round after round, all by a seed; at the end of each round nobody is left, and
// what the service then still holds is looked at. Status 1 where it did not keep what it promises.
//
//   npm run soak                                   3 minutes: too short to tell about memory
//   npm run soak -- --hours 1 --seed 7 --json soak.json --svg soak.svg
//   npm run soak -- --quick                        whether it works: two rounds of some seconds
//   npm run soak -- --log service.log               what the service says, to be looked up
//   npm run soak -- --service ./program            of a service that this program becomes, which keeps its process id
//   npm run soak -- --signal SIGUSR1               sent to the service when nobody is left, for what it then writes
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildService, serviceIsStale } from '../scripts/lib/build.mjs';
import { detailsOf } from './lib/process.mjs';
import { serviceWith, startService } from './lib/service.mjs';
import { panelsOf, plotOf } from './lib/soak/plot.mjs';
import { Recordings } from './lib/soak/recordings.mjs';
import { playRound } from './lib/soak/round.mjs';
import { SIZES, roundOf } from './lib/soak/schedule.mjs';
import { baseOf, textOf, verdictOf } from './lib/soak/verdict.mjs';
import { Watch } from './lib/soak/watch.mjs';

/** Of the JSON; counts up when a field changes its meaning. */
const SCHEMA = 2;
const TOKEN = 'the-token-of-the-soak';
/** After which it is looked at what does not come back, and how long it must not change to be at rest. */
const QUIET_WITHIN_MS = 60_000;
const REST_MS = 2_000;
const POLL_MS = 100;
/** Metrics that are 0 with nobody there, as their lines begin behind `webrtc_`. */
const REMEMBERED = [
  'sockets{',
  'peers{',
  'tracks{',
  'slots{',
  'channels ',
  'conversations ',
  'joined_users ',
  'recordings ',
];
const COLLECTOR = new URL('./lib/soak/collector.mjs', import.meta.url).href;

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '0.05' },
    seed: { type: 'string', default: '1' },
    egress: { type: 'string', default: 'direct' },
    json: { type: 'string' },
    svg: { type: 'string' },
    log: { type: 'string' },
    quick: { type: 'boolean', default: false },
    service: { type: 'string' },
    signal: { type: 'string' },
  },
});
const [hours, seed] = [Number(values.hours), Number(values.seed)];
if (!(hours > 0) || !Number.isInteger(seed)) throw new Error('hours are above 0, a seed is a whole number');
const size = values.quick ? SIZES.quick : SIZES.full;
const [warmUp, timeoutS] = values.quick ? [1, 2] : [2, 8];
const isOver = (rounds, ms) => (values.quick ? rounds >= 2 : ms >= hours * 3_600_000 && rounds > warmUp);

if (serviceIsStale()) buildService();
const directory = mkdtempSync(join(tmpdir(), 'soak-'));
const stderrFile = join(directory, 'stderr');
const settings = {
  ADMIN_TOKEN: TOKEN,
  CONNECT_RATE_ADDRESS: '100000',
  PEER_TIMEOUT: String(timeoutS),
  CONNECT_TIMEOUT: String(timeoutS * 2),
  // Who joins first is still in when his connection is up, however busy the machine.
  JOIN_TTL: String(timeoutS * 3),
  RECORDINGS_DIR: join(directory, 'recordings'),
  RECORDINGS_RESERVE: '1',
};
/** Not a program that does something else besides. */
const isOurs = values.service === undefined;
const service = await startService(values.egress, settings, {
  stderr: openSync(stderrFile, 'w'),
  ipc: isOurs,
  command: isOurs ? serviceWith('--expose-gc', '--import', COLLECTOR) : [values.service],
});
if (values.log !== undefined) service.child.stdout.pipe(createWriteStream(values.log));
const watch = new Watch(service, TOKEN);
const recordings = new Recordings(service, TOKEN);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void service.end().finally(() => process.exit(1)));
}
const quiets = [];
const failures = [];
const told = { failures: 0, deaf: 0 };
try {
  for (let round = 1; isAlive() && !isOver(round - 1, watch.elapsedMs); round++) {
    const failed = (text) => void failures.push(text);
    const where = { port: service.port, round };
    await playRound(roundOf(seed, round, size), { where, size, watch, recordings, failed });
    if (!isAlive()) break;
    quiets.push(await quiet());
    if (values.signal !== undefined) await letWrite(values.signal);
    for (const text of [...failures.slice(told.failures), ...watch.deaf.slice(told.deaf)]) console.log(`! ${text}`);
    [told.failures, told.deaf] = [failures.length, watch.deaf.length];
    const { connections, rssKb, threads, fds } = quiets.at(-1);
    const minutes = (watch.elapsedMs / 60_000).toFixed(1);
    console.log(
      `${minutes} min: ${connections} connections; ${Math.round(rssKb / 1_024)} MB, ${threads} threads, ${fds} fds`,
    );
  }
} finally {
  const hadEnded = !isAlive();
  await service.end();
  await finished(service.child.stdout);
  report(hadEnded);
  rmSync(directory, { recursive: true });
}

function isAlive() {
  return service.child.exitCode === null && service.child.signalCode === null;
}

/** When nobody is left, and nothing changes any more. */
async function quiet() {
  const giveUpAtMs = performance.now() + QUIET_WITHIN_MS;
  const isBase = ({ threads, fds }) =>
    quiets.length < warmUp || (threads <= baseOf(quiets, warmUp, 'threads') && fds <= baseOf(quiets, warmUp, 'fds'));
  let [last, sinceMs, isAtRest] = [watch.footprint, performance.now(), false];
  while (!isAtRest && performance.now() < giveUpAtMs) {
    await sleep(POLL_MS);
    const now = watch.footprint;
    if (now.threads !== last.threads || now.fds !== last.fds || !isBase(now)) sinceMs = performance.now();
    last = now;
    if (performance.now() - sinceMs < REST_MS) continue;
    isAtRest = (await whoIsLeft()).length === 0;
    sinceMs = performance.now();
  }
  const left = isAtRest ? { remembered: [] } : { remembered: await whoIsLeft(), ...detailsOf(service.pid) };
  const times = { atMs: Math.round(watch.elapsedMs), connections: watch.connections };
  return { ...times, ...last, collected: await collected(), left };
}

/** What is left when garbage is not counted; null of a program that cannot be asked for it, or has ended. */
async function collected() {
  if (!isOurs) return null;
  const whole = new AbortController();
  const signal = AbortSignal.any([whole.signal, AbortSignal.timeout(QUIET_WITHIN_MS)]);
  const answers = ['message', 'exit'].map((event) => once(service.child, event, { signal }));
  service.child.send('collect');
  const [answer] = await Promise.race(answers);
  whole.abort();
  return isAlive() ? { rssKb: watch.footprint.rssKb, heapKb: answer.heapKb } : null;
}

/** Where and when it is done with that is not known here. */
async function letWrite(signal) {
  process.kill(service.pid, signal);
  await sleep(REST_MS);
}

/** Names of the metrics that still count somebody. */
async function whoIsLeft() {
  const metrics = await watch.metrics();
  return REMEMBERED.filter((name) => metrics.sum(`webrtc_${name}`) !== 0).map((name) => name.slice(0, -1));
}

/** @param {boolean} hadEnded before it was told to */
function report(hadEnded) {
  const { samples, heard, dropped, deaf, events } = watch;
  const errors = [...watch.errors, ...readFileSync(stderrFile, 'utf8').split('\n').filter(Boolean)];
  const { exitCode, signalCode } = service.child;
  const exit = exitCode === 0 && !hadEnded ? null : String(exitCode ?? signalCode);
  const verdict = verdictOf({ samples, quiets, warmUp, heard, dropped, deaf, failures, errors, exit });
  const isKept = verdict.every(({ isKept }) => isKept !== false);
  console.log(`\n${watch.connections} connections, ${recordings.count} recordings, ${heard.packets} packets heard`);
  console.log(textOf(verdict));
  const whole = {
    schema: SCHEMA,
    at: new Date().toISOString(),
    hours,
    seed,
    egress: values.egress,
    verdict,
    heard,
    dropped,
  };
  const rest = { recordings: recordings.count, events, failures, deaf, errors, quiets, samples };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ ...whole, ...rest })}\n`);
  if (values.svg !== undefined) writeFileSync(values.svg, plotOf(panelsOf(samples, quiets)));
  process.exitCode = isKept ? 0 : 1;
}
