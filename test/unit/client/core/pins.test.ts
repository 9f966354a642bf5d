import fc from 'fast-check';
import type { Slot } from '../../../../client/src/core/messages.ts';
import { pinsOf, selectsOf } from '../../../../client/src/core/pins.ts';

const SLOTS: readonly Slot[] = [
  { mid: 'a0', kind: 'audio', index: 0 },
  { mid: 'a1', kind: 'audio', index: 1 },
  { mid: 'v0', kind: 'video', index: 0 },
  { mid: 'v1', kind: 'video', index: 1 },
];
const device = (userid: string): { userid: string; clientid: string } => ({ userid, clientid: 'web' });
const [ANN, BEN, CID] = ['ann', 'ben', 'cid'].map(device) as [
  ReturnType<typeof device>,
  ReturnType<typeof device>,
  ReturnType<typeof device>,
];
const MEMBERS = [ANN, BEN, CID].map((each, at) => ({ ...each, csrc: at + 1, publishes: ['audio', 'video'] as const }));
const OCCUPANTS = new Map<string, number | null>([
  ['a0', 1],
  ['a1', 2],
  ['v0', 1],
  ['v1', null],
]);

describe('pins', () => {
  it('hold somebody where he is, else in the last slot', () => {
    expect([...pinsOf([ANN], SLOTS, MEMBERS, OCCUPANTS, new Map())]).toEqual([
      ['a0', ANN],
      ['v0', ANN],
    ]);
    expect([...pinsOf([CID], SLOTS, MEMBERS, OCCUPANTS, new Map())]).toEqual([
      ['a1', CID],
      ['v1', CID],
    ]);
  });

  it('stay where they are, and leave out those for whom there is no slot', () => {
    const before = pinsOf([CID], SLOTS, MEMBERS, OCCUPANTS, new Map());
    const now = pinsOf([ANN, CID, BEN], SLOTS, MEMBERS, OCCUPANTS, before);
    expect(Object.fromEntries(now)).toEqual({ a1: CID, v1: CID, a0: ANN, v0: ANN });
  });

  it('give everybody one slot of a kind, never two, and nobody a slot twice', () => {
    fc.assert(
      fc.property(fc.subarray([ANN, BEN, CID]), fc.subarray([ANN, BEN, CID]), (first, second) => {
        const before = pinsOf(first, SLOTS, MEMBERS, OCCUPANTS, new Map());
        const now = pinsOf(second, SLOTS, MEMBERS, OCCUPANTS, before);
        for (const row of ['a', 'v']) {
          const pinned = [...now].filter(([mid]) => mid.startsWith(row)).map(([, { userid }]) => userid);
          expect(new Set(pinned).size).toBe(pinned.length);
          expect(pinned.length).toBe(Math.min(2, second.length));
        }
        // What is said makes the one of the other.
        const told = new Map(before);
        for (const { mid, device: each } of selectsOf(before, now)) {
          if (each === null) told.delete(mid);
          else told.set(mid, each);
        }
        expect(Object.fromEntries(told)).toEqual(Object.fromEntries(now));
        expect(selectsOf(now, now)).toEqual([]);
      }),
    );
  });
});
