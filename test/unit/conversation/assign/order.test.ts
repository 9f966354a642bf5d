import fc from 'fast-check';
import type { PeerId } from '../../../../src/base/ids.ts';
import { leaders, samePreference } from '../../../../src/conversation/assign/order.ts';
import type { Participant } from '../../../../src/conversation/assign/types.ts';
import { assigned, history, page, speaking, type Scene } from '../../../support/participants.ts';

const byRank = ({ participants }: Scene): Participant[] => [...participants].sort((a, b) => a.rank - b.rank);
const most = ({ participants }: Scene): number =>
  Math.max(0, ...participants.flatMap(({ slots }) => slots.map(({ index }) => index + 1)));

describe('leaders', () => {
  it('are all that an assignment depends on', () =>
    fc.assert(
      fc.property(history(), ({ scene }) => {
        const preference = leaders(byRank(scene), scene.preference, most(scene));
        expect(new Map(assigned({ ...scene, preference }))).toEqual(new Map(assigned(scene)));
      }),
      { numRuns: 500 },
    ));

  it('are one more than there are slots, those who spoke first, then by rank', () => {
    const people = ['a', 'b', 'c', 'd'].map((name, rank) => page(name, rank));
    expect(leaders(people, speaking('stranger', 'c'), 1)).toEqual({ heard: ['c', 'a'], seen: [] });
    expect(leaders(people, speaking('c'), 9).heard).toEqual(['c', 'a', 'b', 'd']);
  });

  it('are the same where both lists are, in their order', () => {
    const [a, b] = ['a', 'b'] as [PeerId, PeerId];
    expect(samePreference({ heard: [a, b], seen: [] }, { heard: [a, b], seen: [] })).toBe(true);
    expect(samePreference({ heard: [a, b], seen: [] }, { heard: [b, a], seen: [] })).toBe(false);
    expect(samePreference({ heard: [a], seen: [] }, { heard: [a, b], seen: [] })).toBe(false);
    expect(samePreference({ heard: [], seen: [a] }, { heard: [], seen: [b] })).toBe(false);
  });
});
