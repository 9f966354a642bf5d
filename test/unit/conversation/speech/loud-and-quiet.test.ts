import { between, quantile, seeded, simulate, type Random } from './simulation.ts';
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
    const firstHeard = new Map<number, number>();
    const keyOf = (turn: number, from: number, to: number): number => (turn * count + from) * (count + 1) + to;
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
          const key = keyOf(turn, from, receiver);
          if (!firstHeard.has(key)) firstHeard.set(key, at + offset - turn * every);
        }
      },
    });
    const turns = Math.floor((SECONDS * 1000 + offset) / every) - 1;
    for (let turn = Math.floor((every + offset) / every) + 1; turn <= turns; turn++) {
      sets.forEach((isLoud, from) => {
        if (!isLoud(turn * every) || isLoud((turn - 1) * every)) return;
        for (let receiver = 0; receiver <= count; receiver++) {
          const latency = firstHeard.get(keyOf(turn, from, receiver));
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

const CASES = [8, 20].flatMap((talkers) =>
  [1, 2, 3].flatMap((loud) => [1, 2, 3].map((slots): Case => ({ talkers, loud, slots }))),
);
const seedsFor = ({ talkers }: Case): number => (talkers === 20 ? 1 : 2);

describe('loud talkers, not more than slots', () => {
  it.each(CASES.filter(({ loud, slots }) => loud <= slots))(
    '$loud of $talkers in $slots slots are heard at once, and nobody else is',
    (each) => {
      const { latencies, missed, quiet, delivered, moves } = measure(each, seedsFor(each));
      expect(latencies.length).toBeGreaterThan(100);
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

  it('are heard whatever they do for 10 s', () => {
    const { missed, delivered, quiet } = measure({ talkers: 8, loud: 2, slots: 3, every: 10_000 }, 4);
    expect(missed).toBe(0);
    expect(delivered).toBeGreaterThan(0.985);
    expect(quiet).toBeLessThan(0.01);
  });
});

describe('more loud talkers than slots', () => {
  it.each(CASES.filter(({ loud, slots }) => loud > slots))(
    '$loud of $talkers share $slots slots without a flutter',
    (each) => {
      const { latencies, quiet, delivered, moves } = measure(each, seedsFor(each));
      expect(quantile(latencies, 0.95)).toBeLessThanOrEqual(200);
      expect(delivered).toBeGreaterThan(0.95);
      expect(quiet).toBeLessThan(0.02);
      expect(moves).toBeLessThan(1.3);
    },
  );

  it.each<Case>([
    { talkers: 6, loud: 2, slots: 1 },
    { talkers: 6, loud: 3, slots: 1 },
    { talkers: 6, loud: 3, slots: 2 },
  ])('$loud of $talkers have $slots slots in turn', (each) => {
    const { shares } = measure(each, 6);
    expect(Math.min(...shares) / Math.max(...shares)).toBeGreaterThan(0.5);
  });
});

describe('short spurts', () => {
  const RUNS = [1, 2, 3].flatMap((slots) => [400, 3000].map((longest) => ({ slots, longest })));

  it.each(RUNS)('of 400 to $longest ms, not more than $slots at once, are heard in $slots slots', (each) => {
    let [said, heard] = [0, 0];
    for (let seed = 1; seed <= 5; seed++) {
      const random = seeded(seed * 17 + each.slots);
      const spurts = scatter(random, each.slots, each.longest);
      const heardOnes = new Set<Spurt>();
      simulate({
        talkers: Array.from({ length: TALKERS }, (_, i) =>
          generated(random, (at) => spurtAt(spurts, i, at) !== undefined),
        ),
        slots: each.slots,
        seconds: SECONDS,
        random,
        onPacket: ({ at, from, to }) => {
          const spurt = spurtAt(spurts, from, at);
          if (spurt !== undefined && to.includes(TALKERS)) heardOnes.add(spurt);
        },
      });
      said += spurts.length;
      heard += heardOnes.size;
    }
    expect(said).toBeGreaterThan(90);
    expect(heard / said).toBeGreaterThan(0.995);
  });

  interface Spurt {
    readonly who: number;
    readonly from: number;
    readonly to: number;
  }

  const TALKERS = 8;

  const spurtAt = (spurts: readonly Spurt[], who: number, at: number): Spurt | undefined =>
    spurts.find((spurt) => spurt.who === who && at >= spurt.from && at < spurt.to);

  /** One lane for each that may speak at once; in a lane one follows the other, at once or after up to 3 s. */
  function scatter(random: Random, lanes: number, longest: number): Spurt[] {
    const spurts: Spurt[] = [];
    const ends = Array.from({ length: lanes }, () => 1000 + random() * 2000);
    const rests = new Array<number>(TALKERS).fill(0);
    for (;;) {
      const from = Math.min(...ends);
      if (from > (SECONDS - 4) * 1000) return spurts;
      const free = rests.flatMap((rest, i) => (rest <= from ? [i] : []));
      const who = free[Math.floor(random() * free.length)] ?? 0;
      const to = from + between(random, 400, longest);
      spurts.push({ who, from, to });
      rests[who] = to + 600;
      ends[ends.indexOf(from)] = to + (random() < 0.4 ? 0 : random() * 3000);
    }
  }
});
