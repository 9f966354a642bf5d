import fc from 'fast-check';
import { occupant, sight, type Heard, type Told } from '../../../../client/src/core/occupants.ts';

const [ANN, BEN] = [1, 2];
const told = (csrc: number | null, at: number): Told => ({ csrc, at });
const heard = (csrc: number, at: number): Heard => ({ csrc, at });

describe('who plays in a slot', () => {
  it('is whom the packets name while they come, whether `slots` is early or late', () => {
    // `slots` says Ben, Ann's last packets still play.
    expect(occupant(told(BEN, 1000), heard(ANN, 1100), 1150)).toBe(ANN);
    // They have stopped, and Ben says nothing.
    expect(occupant(told(BEN, 1000), heard(ANN, 1100), 1450)).toBe(BEN);
    // Ben's packets play, `slots` has not come.
    expect(occupant(told(ANN, 0), heard(BEN, 1100), 1100)).toBe(BEN);
  });

  it('is whom `slots` names where nothing plays, or the browser shows no CSRC', () => {
    expect(occupant(told(ANN, 1000), null, 9000)).toBe(ANN);
    expect(occupant(told(ANN, 9000), heard(BEN, 1000), 9001)).toBe(ANN);
    expect(occupant(told(null, 1000), null, 1000)).toBeNull();
  });

  it('is nobody in an empty slot, but for what was sent after it was emptied', () => {
    expect(occupant(told(null, 1000), heard(ANN, 1100), 1100)).toBeNull();
    expect(occupant(told(null, 1000), heard(ANN, 1400), 1400)).toBe(ANN);
    expect(occupant(told(null, 1000), heard(ANN, 1400), 1800)).toBeNull();
  });

  it('is without `slots` whoever was heard in the last ten seconds', () => {
    expect(occupant(null, null, 0)).toBeNull();
    expect(occupant(null, heard(ANN, 1000), 10_900)).toBe(ANN);
    expect(occupant(null, heard(ANN, 1000), 11_000)).toBeNull();
  });

  it('is always one of the two that were named', () => {
    const csrc = fc.integer({ min: 1, max: 3 });
    const at = fc.nat({ max: 20_000 });
    fc.assert(
      fc.property(
        fc.option(fc.record({ csrc: fc.option(csrc), at })),
        fc.option(fc.record({ csrc, at })),
        at,
        (was, played, now) => {
          expect([was?.csrc ?? null, played?.csrc ?? null]).toContain(occupant(was, played, now));
        },
      ),
    );
  });
});

describe('what is seen of the packets', () => {
  it('has the time of our clock at which something newer was played', () => {
    const first = sight(null, [{ source: ANN, timestamp: 5 }], 100);
    expect(first).toEqual({ csrc: ANN, timestamp: 5, at: 100 });
    // Nothing new: the same object.
    expect(sight(first, [{ source: ANN, timestamp: 5 }], 150)).toBe(first);
    expect(sight(first, [], 150)).toBe(first);
    expect(sight(first, [{ source: ANN, timestamp: 25 }], 200)).toEqual({ csrc: ANN, timestamp: 25, at: 200 });
  });

  it('is the latest source, wherever it stands', () => {
    const sources = [
      { source: ANN, timestamp: 5 },
      { source: BEN, timestamp: 9 },
    ];
    expect(sight(null, sources, 0)?.csrc).toBe(BEN);
    expect(sight(null, sources.toReversed(), 0)?.csrc).toBe(BEN);
    expect(sight(null, [], 0)).toBeNull();
  });
});
