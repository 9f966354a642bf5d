import fc from 'fast-check';
import type { PeerId } from '../../../../src/base/ids.ts';
import { advance, createSpeech, type SpeechState } from '../../../../src/conversation/speech/speech.ts';
import { TUNING } from '../../../../src/conversation/speech/tuning.ts';
import { NEVER } from '../../../../src/conversation/speech/publisher.ts';
import type { SpeechSample } from '../../../../src/conversation/speech/types.ts';

/** Whatever clients send, whoever comes and goes, whenever ticks come. */

const RUNS = 60;

const IDS = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => id as PeerId);

interface Tick {
  readonly after: number;
  readonly present: readonly PeerId[];
  readonly samples: ReadonlyMap<PeerId, SpeechSample>;
}

/** Mostly speech and silence, and now and then anything. */
const level = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -26, max: -14 }) },
  { weight: 4, arbitrary: fc.integer({ min: -80, max: -70 }) },
  { weight: 1, arbitrary: fc.integer({ min: -127, max: 0 }) },
);

const sample: fc.Arbitrary<SpeechSample> = fc
  .record({
    levels: fc.oneof(
      level.map((each) => new Array<number>(5).fill(each)),
      fc.array(level, { maxLength: 32 }),
    ),
    bytes: fc.integer({ min: 0, max: 200 }),
    voiced: fc.integer({ min: 0, max: 5 }),
    more: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ levels, bytes, voiced, more }) => {
    const packets = Math.max(1, levels.length + (levels.length === 0 ? more : 0));
    return { packets, bytes: bytes * packets, levels, voiced };
  });

const tick: fc.Arbitrary<Tick> = fc
  .record({
    after: fc.oneof(
      { weight: 8, arbitrary: fc.constant(100) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 5000 }) },
    ),
    present: fc.oneof({ weight: 4, arbitrary: fc.constant(IDS) }, { weight: 1, arbitrary: fc.shuffledSubarray(IDS) }),
    samples: fc.array(fc.tuple(fc.constantFrom(...IDS), sample)),
  })
  .map(({ samples, ...rest }) => ({ ...rest, samples: new Map(samples) }));

/** Each tick several times, so that something comes of it. */
const ticks = fc
  .array(fc.tuple(tick, fc.integer({ min: 1, max: 12 })), { maxLength: 25 })
  .map((runs) => runs.flatMap(([each, times]) => new Array<Tick>(times).fill(each)));

function play(all: readonly Tick[], look: (state: SpeechState, each: Tick, before: SpeechState) => void): SpeechState {
  let [state, now] = [createSpeech(), 0];
  for (const each of all) {
    const before = state;
    state = advance(before, each.samples, each.present, (now += each.after));
    look(state, each, before);
  }
  return state;
}

const unique = (ids: readonly PeerId[]): boolean => new Set(ids).size === ids.length;

describe('whatever happens', () => {
  it('orders are of those present, each once, and whoever speaks or is seen is heard', () => {
    let spoken = 0;
    const property = fc.property(ticks, (all) => {
      play(all, ({ result: { heard, seen, speaking } }, { present }) => {
        for (const order of [heard, seen, speaking]) {
          expect(unique(order)).toBe(true);
          expect(order.every((id) => present.includes(id))).toBe(true);
        }
        expect([...seen, ...speaking].every((id) => heard.includes(id))).toBe(true);
        spoken += speaking.length;
      });
    });
    fc.assert(property, { numRuns: RUNS });
    expect(spoken).toBeGreaterThan(100);
  });

  it('who has been heard stays in the order while he is there', () => {
    const property = fc.property(ticks, (all) => {
      play(all, ({ result }, { present }, before) => {
        const there = before.result.heard.filter((id) => present.includes(id));
        expect(there.every((id) => result.heard.includes(id))).toBe(true);
      });
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it('a gate is in its bounds, of somebody who sends levels, and beside a sound or just after speech', () => {
    const property = fc.property(ticks, (all) => {
      play(all, ({ now, publishers, result }, { present }) => {
        for (const [id, gate] of result.gates) {
          expect(present).toContain(id);
          expect(gate).toBeGreaterThanOrEqual(TUNING.inaudible);
          expect(gate).toBeLessThanOrEqual(TUNING.gateMax);
          expect(publishers.get(id)?.levels).toBe(true);
        }
        const latest = Math.max(...publishers.all.map(({ spokeAt }) => spokeAt));
        const isMasked = publishers.all.some(({ newest }) => newest >= TUNING.masking);
        if (!isMasked && now - latest > TUNING.gateRelease + TUNING.spurtGap) expect(result.gates.size).toBe(0);
      });
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it('the order of the speakers stays while nobody speaks', () => {
    let silences = 0;
    const property = fc.property(ticks, (all) => {
      play(all, ({ now, publishers, result }, _, before) => {
        if (publishers.all.some(({ spokeAt }) => now - spokeAt <= TUNING.block)) return;
        const isSpeaker = (id: PeerId): boolean => now - (publishers.get(id)?.establishedAt ?? NEVER) <= TUNING.memory;
        expect(result.heard.filter(isSpeaker)).toEqual(before.result.heard.filter(isSpeaker));
        silences++;
      });
    });
    fc.assert(property, { numRuns: RUNS });
    expect(silences).toBeGreaterThan(100);
  });

  it('the same in is the same out, and what went in is as it was', () => {
    const property = fc.property(ticks, (all) => {
      let now = 0;
      play(all, (after, { samples, present, after: gap }, before) => {
        now += gap;
        const again = advance(before, samples, present, now);
        expect(again).toEqual(after);
        const frozen = freeze(before);
        expect(advance(frozen, samples, present, now)).toEqual(after);
      });
    });
    fc.assert(property, { numRuns: RUNS / 2 });
  });

  it('nothing new is the same object', () => {
    const property = fc.property(ticks, (all) => {
      play(all, ({ result }, _, { result: before }) => {
        if (result === before) return;
        const parts = ['heard', 'seen', 'speaking'] as const;
        expect(parts.some((part) => result[part].join() !== before[part].join()) || result.gates !== before.gates).toBe(
          true,
        );
        for (const part of parts) {
          if (result[part].join() === before[part].join()) expect(result[part]).toBe(before[part]);
        }
      });
    });
    fc.assert(property, { numRuns: RUNS });
  });
});

function freeze(state: SpeechState): SpeechState {
  const { publishers, result } = state;
  for (const each of publishers.all) Object.freeze(each);
  for (const each of [publishers.ids, publishers.all, result.heard, result.seen, result.speaking, result, state]) {
    Object.freeze(each);
  }
  return state;
}
