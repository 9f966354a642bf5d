import type { PeerId } from '../../../../src/base/ids.ts';
import { between, peer, seeded, simulate, whole, type Random, type Talker } from './simulation.ts';
import { constant, generated, keyboard, sounds, voice } from './talkers.ts';

/** Two people talk; what else makes a sound must not get what is theirs. */

interface Figures {
  /** Share of the ticks in which somebody else had one of the first places. */
  readonly strangers: number;
  /** The same for video. */
  readonly looked: number;
  /** Share of what the two said that a listener did not get. */
  readonly lost: number;
}

const SECONDS = 40;
/** Both have spoken by then. */
const SETTLED = 14_000;

/** They take turns of 0.8 to 6 s, with up to half a second between them, or a word at the same time. */
function turns(random: Random): (who: number) => (at: number) => boolean {
  const list: { who: number; from: number; to: number }[] = [];
  for (let at = 500, who = 0; at < SECONDS * 1000; who = 1 - who) {
    const to = at + between(random, 800, 6000);
    list.push({ who, from: at, to });
    at = to + between(random, -100, 500);
  }
  return (who) => (at) => list.some((turn) => turn.who === who && at >= turn.from && at < turn.to);
}

function dialogue(slots: number, others: (random: Random) => readonly Talker[], seeds = 6): Figures {
  let [ticks, strangers, looked, said, lost] = [0, 0, 0, 0, 0];
  for (let seed = 1; seed <= seeds; seed++) {
    const random = seeded(seed * 101);
    const speaks = turns(random);
    const people = [0, 1].map((who) => voice(random, { loudness: -16 - 3 * who, when: speaks(who) }));
    const talkers = [...people, ...others(random)];
    simulate({
      talkers,
      slots,
      seconds: SECONDS,
      random,
      onTick: ({ result }, now) => {
        if (now < SETTLED) return;
        ticks++;
        const isStranger = (id: PeerId): boolean => id !== peer(0) && id !== peer(1);
        if (result.heard.slice(0, slots).some(isStranger)) strangers++;
        if (result.seen.slice(0, slots).some(isStranger)) looked++;
      },
      onPacket: ({ at, from, packet, to }) => {
        if (at < SETTLED || from > 1 || packet.loud !== true) return;
        said++;
        if (!to.includes(talkers.length)) lost++;
      },
    });
  }
  expect(said).toBeGreaterThan(2000);
  return { strangers: strangers / ticks, looked: looked / ticks, lost: lost / said };
}

/** From the time both have spoken, about every so many ms. */
function times(random: Random, every: number): number[] {
  const list: number[] = [];
  for (let at = SETTLED; at < SECONDS * 1000; at += between(random, 0.5, 1.5) * every) list.push(at);
  return list;
}

const NOISES: readonly (readonly [string, (random: Random) => readonly Talker[]])[] = [
  ['nothing', () => []],
  ['coughs at 0 dBov', (random) => [sounds(random, times(random, 1000), 60, 0)]],
  [
    'three who cough, marked as voice',
    (random) => [0, 1, 2].map(() => sounds(random, times(random, 700), 60, 0, true)),
  ],
  ['somebody who hums', (random) => [sounds(random, times(random, 3000), 500, -40, true)]],
  ['a keyboard', (random) => [keyboard(random, 8, -25)]],
  ['two keyboards, faster than anybody types', (random) => [0, 1].map(() => keyboard(random, 15, -20, true))],
  ['a fan', (random) => [constant(random, -37, -33, false)]],
  ['a fan that is marked as voice', (random) => [constant(random, -37, -33, true)]],
  [
    'a fan that is switched on',
    (random) => [after(20_000, constant(random, -42, -38, true), constant(random, -75, -70, false))],
  ],
  ['a murmur in the background', (random) => [voice(random, { loudness: -45, room: -70 })]],
  ['a client that always claims 0 dBov', (random) => [constant(random, 0, 0, true)]],
];

const after =
  (start: number, then: Talker, before: Talker): Talker =>
  (at) =>
    (at < start ? before : then)(at);

describe('two people who talk', () => {
  it.each(NOISES)('keep their two slots beside %s', (_, others) => {
    expect(dialogue(2, others)).toEqual({ strangers: 0, looked: 0, lost: 0 });
  });

  it.each(NOISES)('have one slot in turn beside %s', (_, others) => {
    const { strangers, lost } = dialogue(1, others);
    expect(strangers).toBe(0);
    // The beginning of a turn, until it is known to be one.
    expect(lost).toBeLessThan(0.08);
  });

  it('lose little to long coughs, and have their slots back after them', () => {
    const { strangers, lost } = dialogue(2, (random) => [sounds(random, times(random, 3000), 300, -5, true)]);
    expect(strangers).toBeLessThan(0.4);
    expect(lost).toBeLessThan(0.03);
  });

  it.each([
    [1, 0.015],
    [2, 0.12],
  ])('lose little of %i slots to a client that was quiet and then claims 0 dBov', (slots, limit) => {
    const quietThenLoud = (random: Random): Talker =>
      after(20_000, constant(random, 0, 0, true), constant(random, -75, -70, false));
    expect(dialogue(slots, (random) => [quietThenLoud(random)]).strangers).toBeLessThan(limit);
  });
});

describe('one who talks', () => {
  it('keeps the slot through every pause, beside coughs and clicks', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const random = seeded(seed);
      const cough = sounds(random, times(random, 900), 60, 0, true);
      let others = 0;
      simulate({
        talkers: [generated(random, () => false), voice(random), cough, keyboard(random, 8, -20, true)],
        slots: 1,
        seconds: SECONDS,
        random,
        onTick: ({ result }, now) => {
          if (now > 3000 && result.heard[0] !== peer(1)) others++;
        },
      });
      expect(others).toBe(0);
    }
  });

  it('is heard at once where a fan had the slot', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const random = seeded(seed);
      const start = 5000 + whole(random, 0, 1000);
      let first = Infinity;
      simulate({
        talkers: [constant(random, -37, -33, true), generated(random, (at) => at >= start)],
        slots: 1,
        seconds: 8,
        random,
        onPacket: ({ at, from, to }) => {
          if (from === 1 && at >= start && to.includes(2)) first = Math.min(first, at);
        },
      });
      expect(first - start).toBeLessThanOrEqual(300);
    }
  });
});

describe('one who has talked', () => {
  it('speaks no more when he types', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const random = seeded(seed);
      const [says, types] = [voice(random), keyboard(random, 8, -25, true)];
      let until = 0;
      simulate({
        talkers: [(at) => (at < 5000 ? says : types)(at)],
        slots: 1,
        seconds: 20,
        random,
        onTick: ({ result }, now) => {
          if (result.speaking.length > 0) until = now;
        },
      });
      expect(until).toBeGreaterThan(4000);
      expect(until).toBeLessThan(6500);
    }
  });
});

describe('nobody who talks', () => {
  it('lets the last speakers stay, and their packets pass', () => {
    const random = seeded(1);
    const speaks = turns(random);
    const until = (who: number) => (at: number) => at < 20_000 && speaks(who)(at);
    const silent = { packets: 0, heard: 0 };
    const last = simulate({
      talkers: [
        ...[0, 1, 2].map(() => generated(random, () => false)),
        ...[0, 1].map((who) => voice(random, { when: until(who) })),
      ],
      slots: 2,
      seconds: 60,
      random,
      onTick: ({ result }, now) => {
        if (now > SETTLED) expect([...result.heard.slice(0, 2)].sort()).toEqual([peer(3), peer(4)]);
        if (now > 24_000) expect(result).toMatchObject({ speaking: [], gates: new Map() });
      },
      onPacket: ({ at, from, to }) => {
        if (at < 24_000 || from < 3) return;
        silent.packets++;
        if (to.includes(5)) silent.heard++;
      },
    });
    expect([...last.result.heard].sort()).toEqual([peer(3), peer(4)]);
    expect(silent.packets).toBeGreaterThan(1000);
    expect(silent.heard).toBe(silent.packets);
  });
});
