import { factsOf, msOf, nothingOf } from '../../../../src/recording/child/facts.ts';
import { EPOCH_NS, stats } from './take-support.ts';

const EPOCH_MS = Number(EPOCH_NS / 1_000_000n);

describe('times', () => {
  it('keep their microseconds', () => {
    expect(msOf(1_790_000_000_123_456_789n)).toBe(1_790_000_000_123.456);
    expect(msOf(0n)).toBe(0);
  });
});

describe('what was recorded of a track', () => {
  it('begins with its first packet, wherever the time of its file begins', () => {
    const got = stats({ firstUnixNs: EPOCH_NS + 300_000_000n, endPtsNs: 2_000_000_000n });
    expect(factsOf(1, got, EPOCH_NS + 300_000_000n, false)).toMatchObject({
      startMs: EPOCH_MS + 300,
      durationMs: 2000,
    });
    expect(factsOf(1, got, EPOCH_NS, false)).toMatchObject({ startMs: EPOCH_MS + 300, durationMs: 1700 });
  });

  it('begins with the silence in front of it, where that is filled in', () => {
    const got = stats({ firstUnixNs: EPOCH_NS + 300_000_000n, endPtsNs: 2_000_000_000n });
    expect(factsOf(1, got, EPOCH_NS, true)).toMatchObject({ startMs: EPOCH_MS, durationMs: 2000 });
  });

  it('may be silence alone', () => {
    const got = stats({ packets: 0, firstUnixNs: null, endPtsNs: 500_000_000n, filledNs: 500_000_000n });
    expect(factsOf(1, got, EPOCH_NS, true)).toMatchObject({ startMs: EPOCH_MS, durationMs: 500 });
  });

  it.each([
    [EPOCH_NS, true],
    [EPOCH_NS, false],
    [null, true],
  ])('may be nothing (%s, %s)', (origin, isFilled) => {
    const got = stats({ packets: 0, firstUnixNs: null, endPtsNs: 0n });
    expect(factsOf(1, got, origin, isFilled)).toMatchObject({ startMs: null, durationMs: 0 });
    expect(nothingOf(1)).toMatchObject({ startMs: null, durationMs: 0, counted: { packets: 0 } });
  });
});
