import fc from 'fast-check';
import { lanesOf, merged, shifted } from '../../../../src/recording/compose/intervals.ts';

const interval = ([startMs, endMs]: readonly [number, number]) => ({ startMs, endMs });
const all = (...pairs: readonly (readonly [number, number])[]) => pairs.map(interval);

describe('intervals as one', () => {
  it.each([
    ['apart', all([5, 6], [0, 2]), 0, all([0, 2], [5, 6])],
    ['touching', all([0, 2], [2, 3]), 0, all([0, 3])],
    ['one in the other', all([0, 9], [2, 3]), 0, all([0, 9])],
    ['nearly touching', all([0, 2], [4, 5]), 2, all([0, 5])],
    ['not nearly enough', all([0, 2], [5, 6]), 2, all([0, 2], [5, 6])],
    ['none', [], 0, []],
  ])('%s', (_, given, joinMs, expected) => {
    expect(merged(given, joinMs)).toEqual(expected);
  });
});

it('what is left of them on another time', () => {
  expect(shifted(all([0, 4], [90, 200], [300, 310], [50, 50]), 2, 100)).toEqual(all([0, 2], [88, 100]));
});

describe('lanes', () => {
  it('are as few as there are at once, and follow each other', () => {
    const lanes = lanesOf(all([0, 1000], [500, 2000], [1000, 3000], [2000, 4000]));
    expect(lanes).toEqual([all([0, 1000], [1000, 3000]), all([500, 2000], [2000, 4000])]);
  });

  it('take a joint for no overlap', () => {
    expect(lanesOf(all([0, 1000], [900, 2000], [1749, 3000]))).toEqual([
      all([0, 1000], [900, 2000]),
      all([1749, 3000]),
    ]);
  });

  it('never hold two that are at the same time', () => {
    const anything = fc.array(
      fc
        .tuple(fc.nat(50), fc.integer({ min: 1, max: 20 }))
        .map(([from, length]) => interval([from * 1000, (from + length) * 1000])),
    );
    fc.assert(
      fc.property(anything, (pieces) => {
        const lanes = lanesOf(pieces);
        expect(lanes.flat()).toHaveLength(pieces.length);
        for (const lane of lanes) {
          for (const [index, { startMs }] of lane.slice(1).entries())
            expect(startMs).toBeGreaterThanOrEqual(lane[index]!.endMs);
        }
        const atOnce = pieces.map(
          ({ startMs }) => pieces.filter((each) => each.startMs <= startMs && each.endMs > startMs).length,
        );
        expect(lanes).toHaveLength(Math.max(0, ...atOnce));
      }),
    );
  });
});
