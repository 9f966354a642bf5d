// What is computed from what was counted. Pure.

const BIN_US = 10;
const BINS = 50_000;

/** Latencies in bins of 10 µs up to half a second; what is longer counts as that. */
export class Latencies {
  /** @type {Map<number, number>} */
  #bins = new Map();
  #count = 0;

  /** @param {number} us @param {number} [times] */
  add(us, times = 1) {
    const bin = Math.min(BINS, Math.max(0, Math.floor(us / BIN_US)));
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + times);
    this.#count += times;
  }

  /** As it goes to another process. @returns {[number, number][]} */
  entries() {
    return [...this.#bins].map(([bin, times]) => [bin * BIN_US, times]);
  }

  /** Null where nothing was added. @param {number} q from 0 to 1 */
  quantileUs(q) {
    if (this.#count === 0) return null;
    let before = 0;
    const bins = [...this.#bins].sort(([a], [b]) => a - b);
    for (const [bin, times] of bins) {
      before += times;
      if (before > q * this.#count) return (bin + 0.5) * BIN_US;
    }
    return (bins.at(-1)[0] + 0.5) * BIN_US;
  }
}

/** Null of none. @param {readonly number[]} values @param {number} q */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;
}

/** Null of none. @param {readonly (number | null)[]} values nulls do not count */
export function median(values) {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Who is to hear whom, as pairs of one publisher, one receiver and one kind.
 *
 * @typedef {import('./packets.mjs').Kind} Kind
 * @typedef {{ id: number, room: number, sends: Kind[], slots: Record<Kind, number> }} Member
 * @param {readonly Member[]} members
 */
export function pairsOf(members) {
  return members.flatMap((receiver) =>
    members.flatMap((publisher) =>
      publisher.id === receiver.id || publisher.room !== receiver.room
        ? []
        : publisher.sends
            .filter((kind) => receiver.slots[kind] > 0 || receiver.sends.includes(kind))
            .map((kind) => ({ receiver: receiver.id, publisher: publisher.id, kind })),
    ),
  );
}

/** Of the cores that clients may take before what they measure is their own. */
const MOST_OF_CORES = 0.9;
/** Of what was to be sent that has to be sent. */
const LEAST_SENT = 0.95;

/**
 * Why the figures of a run say nothing about the server; null where they do.
 *
 * @param {{ clientCores: number, cores: number, sent: number, planned: number }} load
 */
export function overload({ clientCores, cores, sent, planned }) {
  if (clientCores > MOST_OF_CORES * cores) return `clients took ${clientCores.toFixed(2)} of ${cores} cores`;
  if (sent < LEAST_SENT * planned) return `clients sent ${Math.round((sent / planned) * 100)} % of what they should`;
  return null;
}

const FIGURES = /** @type {const} */ ([
  'forwardedPerSecond',
  'cpuUsPerPacket',
  'serverCores',
  'latencyP50Us',
  'latencyP95Us',
  'latencyP99Us',
  'threadsPerPeer',
  'rssKbPerPeer',
  'fdsPerPeer',
  'clientCores',
  'busyCores',
]);

/** What a median would hide. */
const COUNTS = /** @type {const} */ (['lost', 'duplicated', 'expected']);

/** Null of none. @param {readonly (number | null)[]} values nulls do not count */
const total = (values) =>
  values.reduce((sum, value) => (value === null ? sum : (sum ?? 0) + value), /** @type {number | null} */ (null));

/**
 * One row per scenario and server, of the runs that were not overloaded: medians of figures, and the sums of what is counted.
 *
 * @param {readonly Record<string, any>[]} runs
 */
export function summarize(runs) {
  const groups = new Map();
  for (const run of runs) {
    const key = `${run.scenario} ${run.server}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const rows = [...groups.values()].map((same) => {
    const good = same.filter((run) => run.overload === null);
    const { scenario, server, peers } = same[0];
    const figures = Object.fromEntries(FIGURES.map((name) => [name, median(good.map((run) => run[name] ?? null))]));
    const counts = Object.fromEntries(COUNTS.map((name) => [name, total(good.map((run) => run[name] ?? null))]));
    const why = good.length === 0 ? same[0].overload : null;
    return { scenario, server, peers, rounds: good.length, overload: why, ...figures, ...counts };
  });
  return rows.map((row) => ({ ...row, ratios: ratiosOf(row, rows) }));
}

/** What costs are compared with. */
const BASES = /** @type {const} */ (['webrtcbin', 'janus', 'floor']);

/** In the same scenario; null where either has no cost. */
function ratiosOf({ scenario, cpuUsPerPacket }, rows) {
  const ratio = (server) => {
    const base = rows.find((row) => row.scenario === scenario && row.server === server)?.cpuUsPerPacket ?? null;
    return base === null || cpuUsPerPacket === null ? null : cpuUsPerPacket / base;
  };
  return Object.fromEntries(BASES.map((server) => [server, ratio(server)]));
}
