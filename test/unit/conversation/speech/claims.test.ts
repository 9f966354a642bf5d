import { TUNING } from '../../../../src/conversation/speech/tuning.ts';
import { seeded, simulate, whole, type Random, type Talker } from './simulation.ts';
import { constant, generated, unlabelled, voice } from './talkers.ts';

/** What a client claims, and what it does not say. */

const SEEDS = 12;

/** Ms until a listener with one slot hears somebody who begins to talk, and the share of his packets heard after 2 s. */
function takeover(
  holder: (random: Random) => Talker,
  talker: (random: Random, when: (at: number) => boolean) => Talker,
) {
  const latencies: number[] = [];
  let [later, heard] = [0, 0];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed * 13);
    const start = (seed % 2 === 0 ? 2000 : 16_000) + whole(random, 0, 1000);
    let [begins, first] = [Infinity, Infinity];
    simulate({
      talkers: [holder(random), talker(random, (at) => at >= start)],
      slots: 1,
      seconds: start / 1000 + 8,
      random,
      onPacket: ({ at, from, packet, to }) => {
        if (from !== 1 || packet.loud !== true) return;
        begins = Math.min(begins, at);
        if (to.includes(2)) first = Math.min(first, at);
        if (at < begins + 2000) return;
        later++;
        if (to.includes(2)) heard++;
      },
    });
    latencies.push(first - begins);
  }
  expect(later).toBeGreaterThan(1000);
  return { slowest: Math.max(...latencies), heard: heard / later };
}

const sent = (level: number, bytes = 80): ReturnType<Talker> => ({ level, bytes, voiced: true });

const CLAIMS: readonly (readonly [string, (random: Random) => Talker])[] = [
  ['0 dBov', (random) => constant(random, 0, 0, true)],
  ['0 and -1 dBov in turn', () => (at) => sent(Math.floor(at / 20) % 2 === 0 ? 0 : -1)],
  ['0 dBov in tiny packets', (random) => constant(random, 0, 0, true, 6)],
  ['0 to -5 dBov at random', (random) => () => sent(-whole(random, 0, 5))],
  ['0 dBov and silence in tiny packets', () => (at) => sent(at % 1000 < 700 ? 0 : -90, 6)],
];

describe('a client that always claims', () => {
  it.each(CLAIMS)('%s gives way to somebody who talks', (_, holder) => {
    const { slowest, heard } = takeover(holder, (random, when) => voice(random, { when }));
    expect(slowest).toBeLessThan(1000);
    expect(heard).toBe(1);
  });

  it.each(CLAIMS)('%s gives way to somebody who talks softly', (_, holder) => {
    const { slowest, heard } = takeover(holder, (random, when) => voice(random, { loudness: -38, when }));
    expect(slowest).toBeLessThan(2000);
    expect(heard).toBe(1);
  });

  it.each(CLAIMS)('%s gives way to a talker of the load generator', (_, holder) => {
    const { slowest, heard } = takeover(holder, (random, when) => generated(random, when));
    expect(slowest).toBeLessThan(300);
    expect(heard).toBe(1);
  });

  it.each([-16, -38])('0 dBov after a second of silence gives way to a voice of %i dBov within 2 s', (loudness) => {
    const holder = (): Talker => (at) => sent(at < 1000 ? -75 : 0);
    const { slowest, heard } = takeover(holder, (random, when) => voice(random, { loudness, when }));
    expect(slowest).toBeLessThan(2000);
    expect(heard).toBeGreaterThan(0.99);
  });

  it('anything between 0 and -40 dBov has the slot for so long as somebody may talk without a breath', () => {
    const random = seeded(9);
    const late = TUNING.tireless + 4000;
    let heard = false;
    simulate({
      talkers: [constant(random, -40, 0, true), voice(random, { when: (at) => at >= late })],
      slots: 1,
      seconds: late / 1000 + 2,
      random,
      onPacket: ({ from, to }) => {
        heard ||= from === 1 && to.includes(2);
      },
    });
    expect(heard).toBe(true);
  });
});

describe('a client without levels', () => {
  const talkers = [
    ['with DTX', true],
    ['without DTX', false],
  ] as const;

  it.each(talkers)('%s is heard by the size of its packets', (_, dtx) => {
    const silence = (random: Random): Talker => generated(random, () => false);
    const { slowest, heard } = takeover(silence, (random, when) => unlabelled(random, generated(random, when), dtx));
    expect(slowest).toBeLessThanOrEqual(400);
    expect(heard).toBe(1);
  });

  it.each(talkers)('%s gives way when it is silent', (_, dtx) => {
    const holder = (random: Random): Talker =>
      unlabelled(
        random,
        generated(random, (at) => at < 1900),
        dtx,
      );
    const { slowest, heard } = takeover(holder, (random, when) => voice(random, { when }));
    expect(slowest).toBeLessThan(900);
    expect(heard).toBe(1);
  });

  it('does not take a slot with a cough, in one tick or in two', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = seeded(seed);
      const cough = unlabelled(random, (at) => ({ level: -70, bytes: 80, voiced: false, loud: at % 1500 < 60 }), false);
      const { result } = simulate({ talkers: [cough], slots: 1, seconds: 20, random });
      expect(result.heard).toEqual([]);
    }
  });

  it('has no gate', () => {
    const random = seeded(3);
    const holder = unlabelled(
      random,
      generated(random, () => false),
      false,
    );
    const { result } = simulate({
      talkers: [holder, voice(random), generated(random, () => false)],
      slots: 1,
      seconds: 9,
      random,
    });
    expect([...result.gates.keys()]).toEqual(['peer2']);
  });
});

describe('a talker who goes on without a breath', () => {
  it('counts as speech for at least 10 s', () => {
    const random = seeded(5);
    let spoken = 0;
    simulate({
      talkers: [generated(random, (at) => at > 3000)],
      slots: 1,
      seconds: 20,
      random,
      onTick: ({ result }, now) => {
        if (result.speaking.length > 0) spoken = now - 3000;
      },
    });
    expect(spoken).toBeGreaterThan(10_000);
    expect(spoken).toBeLessThan(17_000);
  });
});
