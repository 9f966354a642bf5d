import fc from 'fast-check';
import type { Kind } from '../../../../client/src/types.ts';
import { occupant, sight, type Heard, type Told } from '../../../../client/src/core/occupants.ts';

const [ANN, BEN] = [1, 2];
const told = (csrc: number | null, at: number): Told => ({ csrc, at });
const heard = (csrc: number, at: number): Heard => ({ csrc, at });

describe('who plays in a slot', () => {
  it('is whom the packets name while they come, whether `slots` is early or late', () => {
    // `slots` says Ben, Ann's last packets still play.
    expect(occupant('audio', told(BEN, 1000), heard(ANN, 1100), 1150)).toBe(ANN);
    // They have stopped, and Ben says nothing.
    expect(occupant('audio', told(BEN, 1000), heard(ANN, 1100), 1450)).toBe(BEN);
    // Ben's packets play, `slots` has not come.
    expect(occupant('audio', told(ANN, 0), heard(BEN, 1100), 1100)).toBe(BEN);
  });

  it('is whom `slots` names where nothing plays, or the browser shows no CSRC', () => {
    expect(occupant('audio', told(ANN, 1000), null, 9000)).toBe(ANN);
    expect(occupant('audio', told(ANN, 9000), heard(BEN, 1000), 9001)).toBe(ANN);
    expect(occupant('audio', told(null, 1000), null, 1000)).toBeNull();
  });

  it('is nobody in an empty slot, but for what was sent after it was emptied', () => {
    expect(occupant('audio', told(null, 1000), heard(ANN, 1100), 1100)).toBeNull();
    expect(occupant('audio', told(null, 1000), heard(ANN, 1400), 1400)).toBe(ANN);
    expect(occupant('audio', told(null, 1000), heard(ANN, 1400), 1800)).toBeNull();
  });

  it('is without `slots` whoever was heard in the last ten seconds', () => {
    expect(occupant('audio', null, null, 0)).toBeNull();
    expect(occupant('audio', null, heard(ANN, 1000), 10_900)).toBe(ANN);
    expect(occupant('audio', null, heard(ANN, 1000), 11_000)).toBeNull();
  });

  it('is nobody while the picture of somebody else stands', () => {
    // `slots` says Ben, and Ann's last picture was played just now; then a while ago.
    expect(occupant('video', told(BEN, 1000), heard(ANN, 1100), 1150)).toBe(ANN);
    expect(occupant('video', told(BEN, 1000), heard(ANN, 1100), 1450)).toBeNull();
    expect(occupant('video', told(BEN, 9000), heard(ANN, 1100), 9000)).toBeNull();
    // Ben's first, and it stands as long as it is his slot.
    expect(occupant('video', told(BEN, 1000), heard(BEN, 1500), 1500)).toBe(BEN);
    expect(occupant('video', told(BEN, 1000), heard(BEN, 1500), 9000)).toBe(BEN);
    // Nothing was played, or the browser does not tell.
    expect(occupant('video', told(BEN, 1000), null, 1000)).toBe(BEN);
  });

  it('is always nobody or one of the two that were named', () => {
    const csrc = fc.integer({ min: 1, max: 3 });
    const at = fc.nat({ max: 20_000 });
    fc.assert(
      fc.property(
        fc.option(fc.record({ csrc: fc.option(csrc), at })),
        fc.option(fc.record({ csrc, at })),
        at,
        fc.constantFrom<Kind>('audio', 'video'),
        (was, played, now, kind) => {
          expect([null, was?.csrc, played?.csrc]).toContain(occupant(kind, was, played, now));
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
