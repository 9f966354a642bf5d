import { quantile, seeded, simulate } from './simulation.ts';
import { generated, turning } from './talkers.ts';

/** The talkers of the load generator: a set of loud ones, which changes all at once, and quiet ones. */

interface Case {
  readonly talkers: number;
  readonly loud: number;
  readonly slots: number;
  readonly every?: number;
}

interface Figures {
  /** From the change to the first packet of a new loud talker, for each receiver; ms. */
  readonly latencies: number[];
  readonly missed: number;
  /** Share of the forwarded packets that were of quiet talkers. */
  readonly quiet: number;
  /** Share of the loud packets that arrived, of those the slots have room for. */
  readonly delivered: number;
  /** How often the talkers in the slots were others, for each change of the set. */
  readonly moves: number;
  /** Packets delivered, by talker. */
  readonly shares: readonly number[];
}

const SECONDS = 60;

function measure({ talkers: count, loud, slots, every = 4000 }: Case, seeds: number): Figures {
  const latencies: number[] = [];
  const shares = new Array<number>(count).fill(0);
  let [missed, quiet, moves, sent] = [0, 0, 0, 0];
  for (let seed = 1; seed <= seeds; seed++) {
    const random = seeded(seed * 7919 + count * 31 + loud * 7 + slots);
    const offset = random() * every;
    const sets = shares.map((_, i) => turning(count, loud, every, i));
    const firstHeard = new Map<string, number>();
    let top = '';
    simulate({
      talkers: sets.map((isLoud) => generated(random, (at) => isLoud(at + offset))),
      slots,
      seconds: SECONDS,
      random,
      onTick: ({ result }) => {
        const now = result.heard.slice(0, slots).sort().join();
        if (now !== top) moves++;
        top = now;
      },
      onPacket: ({ at, from, packet, to }) => {
        if (at < every) return;
        if (packet.loud !== true) {
          quiet += to.length;
          return;
        }
        sent += count * Math.min(1, slots / loud);
        shares[from] = (shares[from] ?? 0) + to.length;
        const turn = Math.floor((at + offset) / every);
        for (const receiver of to) {
          const key = `${turn} ${from} ${receiver}`;
          if (!firstHeard.has(key)) firstHeard.set(key, at + offset - turn * every);
        }
      },
    });
    const turns = Math.floor((SECONDS * 1000 + offset) / every) - 1;
    for (let turn = Math.floor((every + offset) / every) + 1; turn <= turns; turn++) {
      sets.forEach((isLoud, from) => {
        if (!isLoud(turn * every) || isLoud((turn - 1) * every)) return;
        for (let receiver = 0; receiver <= count; receiver++) {
          const latency = firstHeard.get(`${turn} ${from} ${receiver}`);
          if (latency !== undefined) latencies.push(latency);
          else if (receiver !== from) missed++;
        }
      });
    }
  }
  const arrived = shares.reduce((sum, share) => sum + share, 0);
  const changes = (seeds * SECONDS * 1000) / every;
  return {
    latencies,
    missed,
    quiet: quiet / (arrived + quiet),
    delivered: arrived / sent,
    moves: moves / changes,
    shares,
  };
}

describe('loud talkers, not more than slots', () => {
  const cases = [8, 20].flatMap((talkers) =>
    [1, 2, 3].flatMap((loud) => [1, 2, 3].map((slots): Case => ({ talkers, loud, slots }))),
  );

  it.each(cases.filter(({ loud, slots }) => loud <= slots))(
    '$loud of $talkers in $slots slots are heard at once, and nobody else is',
    (each) => {
      const { latencies, missed, quiet, delivered, moves } = measure(each, each.talkers === 20 ? 2 : 6);
      expect(missed).toBe(0);
      expect(quantile(latencies, 0.5)).toBeLessThanOrEqual(150);
      expect(quantile(latencies, 0.95)).toBeLessThanOrEqual(200);
      expect(Math.max(...latencies)).toBeLessThanOrEqual(300);
      expect(delivered).toBeGreaterThan(0.96);
      expect(quiet).toBeLessThan(0.02);
      // Those who begin together may be noticed in two ticks.
      expect(moves).toBeLessThan(1.3);
    },
  );
});
