// Whether a soak kept what it promises. Pure.
import { quantile } from '../figures.mjs';
import { slopeOf } from './figures.mjs';

/** Bytes that may stay for each connection. */
export const MOST_RSS_PER_CONNECTION = 1_024;
/** Above what the machine itself does to a process that has nothing to do, ms. */
const MOST_LAG_MS = 50;
/** Of all samples; a machine does other things, too. */
const LAG_QUANTILE = 0.95;
/** Between two looks at the event loop's lag, which its figures have in them; as the service does. */
export const LAG_LOOK_MS = 50;
/** The event loop lag of an idle process on a machine that has time. */
const CALM_MS = LAG_LOOK_MS + 10;
const LEAST_CALM = 20;
/** Of a packet: what the kernel drops on the way in, nobody gets. */
const MOST_RECEIVERS = 8;
/** Of all packets: what the kernel drops is that of the whole machine, where the soak has no network of its own. */
const MOST_MISSING = 0.01;
/** Until the heaps have the size that they need: JavaScript is compiled, and each arena of malloc has been in use. */
const WARM_UP_CONNECTIONS = 1_000;
/** Fewer after that say nothing about what a connection leaves. */
const LEAST_CONNECTIONS = 1_000;

/**
 * @typedef {{ atMs: number, rssKb: number, heapKb: number, threads: number, fds: number, cores: number, lagMs: number,
 *   idleLagMs: number, latencyP50Ms: number | null, latencyP99Ms: number | null, peers: number }} Sample
 * @typedef {{ atMs: number, connections: number, rssKb: number, threads: number, fds: number,
 *   collected: { rssKb: number, heapKb: number } | null, left: { remembered: string[], tasks?: string[], open?: string[] } }} Quiet
 *   nobody is connected any more. `collected`: after garbage was; null where it cannot be. `remembered`: metrics that still
 *   count somebody; `tasks`, `open`: threads and descriptors, where it did not come to rest
 * @typedef {{ samples: Sample[], quiets: Quiet[], warmUp: number, heard: import('./ear.mjs').Heard,
 *   dropped: number, deaf: string[], failures: string[], errors: string[], exit: string | null }} Seen `exit`: null where
 *   it was told to end, and did with status 0
 * @typedef {{ name: string, value: number | null, limit: number, unit: string, isKept: boolean | null, note: string }} Promise_
 *   kept: null where this run was too short to tell
 */

/** @param {Seen} seen @returns {Promise_[]} */
export function verdictOf({ samples, quiets, warmUp, heard, dropped, deaf, failures, errors, exit }) {
  const atMost = (limit, name, unit, value, note = '') => ({ name, value, limit, unit, isKept: value <= limit, note });
  const none = (...promised) => atMost(0, ...promised);
  const mayMiss = Math.min(dropped * MOST_RECEIVERS, Math.floor(heard.packets * MOST_MISSING));
  const remembered = quiets.map(({ left }) => left.remembered).filter((names) => names.length > 0);
  return [
    none('packets of another conversation', 'packets', heard.crossTalk + heard.strange),
    atMost(mayMiss, 'sequence numbers missing', 'packets', heard.missing, `the kernel dropped ${dropped}`),
    none('sequence numbers repeated or late', 'packets', heard.disordered),
    none('timestamps not forward', 'packets', heard.backwards),
    none('timestamps away from real time', 'packets', heard.drifted),
    none('members who heard nothing', 'times', deaf.length, deaf.slice(0, 3).join('; ')),
    none('requests that failed', 'times', failures.length, failures.slice(0, 3).join('; ')),
    none('errors in the log or on stderr', 'lines', errors.length, errors.slice(0, 3).join('; ')),
    none('the service ended by itself, or not with status 0', 'times', exit === null ? 0 : 1, exit ?? ''),
    backToBase('threads', quiets, warmUp),
    backToBase('fds', quiets, warmUp),
    none(
      'quiet points at which somebody was remembered',
      'times',
      remembered.length,
      [...new Set(remembered.flat())].join(', '),
    ),
    memory(quiets.filter(({ connections }) => connections >= WARM_UP_CONNECTIONS)),
    lag(samples.filter(({ atMs }) => atMs > (quiets[warmUp - 1]?.atMs ?? 0))),
  ];
}

/** Rounds that load what is loaded once: after them a quiet point has no more than they had. */
export const baseOf = (quiets, warmUp, what) => Math.max(...quiets.slice(0, warmUp).map((quiet) => quiet[what]));

function backToBase(what, quiets, warmUp) {
  const limit = baseOf(quiets, warmUp, what);
  const later = quiets.slice(warmUp).map((quiet) => quiet[what]);
  const value = later.length === 0 ? null : Math.max(...later);
  return {
    name: `${what} at quiet points`,
    value,
    limit,
    unit: what,
    isKept: value === null ? null : value <= limit,
    note: '',
  };
}

/** Garbage that V8 has not collected yet does not stay. */
function memory(quiets) {
  const slopeWith = (kbOf) => slopeOf(quiets.map((quiet) => ({ x: quiet.connections, y: kbOf(quiet) * 1_024 })));
  const slope = slopeWith(({ rssKb, collected }) => collected?.rssKb ?? rssKb);
  const connections = (quiets.at(-1)?.connections ?? 0) - (quiets[0]?.connections ?? 0);
  const isKnown = connections >= LEAST_CONNECTIONS;
  return {
    name: 'RSS per connection',
    value: slope,
    limit: MOST_RSS_PER_CONNECTION,
    unit: 'bytes',
    isKept: isKnown ? slope <= MOST_RSS_PER_CONNECTION : null,
    note: isKnown
      ? `of ${connections} connections; with garbage ${Math.round(slopeWith(({ rssKb }) => rssKb))}`
      : `${connections} connections after the first ${WARM_UP_CONNECTIONS} are too few to tell`,
  };
}

/** Where even an idle process is held up, nothing can be said of this one. */
function lag(samples) {
  const calm = samples.filter(({ idleLagMs }) => idleLagMs < CALM_MS);
  const value = quantile(
    calm.map(({ lagMs, idleLagMs }) => Math.max(0, lagMs - idleLagMs)),
    LAG_QUANTILE,
  );
  return {
    name: 'event loop lag p99, above that of an idle process',
    value,
    limit: MOST_LAG_MS,
    unit: 'ms',
    isKept: calm.length < LEAST_CALM ? null : value <= MOST_LAG_MS,
    note: `in ${LAG_QUANTILE * 100} % of the samples; the machine was calm in ${calm.length} of ${samples.length}`,
  };
}

/** As lines for a terminal. @param {readonly Promise_[]} verdict */
export const textOf = (verdict) =>
  verdict
    .map(({ name, value, limit, unit, isKept, note }) => {
      const mark = isKept === null ? 'unknown' : isKept ? 'kept   ' : 'BROKEN ';
      const figure = value === null ? '–' : String(Math.round(value * 100) / 100);
      return `${mark} ${name}: ${figure} of at most ${limit} ${unit}${note === '' ? '' : ` (${note})`}`;
    })
    .join('\n');
