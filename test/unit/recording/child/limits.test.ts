import { Latch } from '../../../../src/recording/child/latch.ts';
import { RateLimit } from '../../../../src/recording/child/rate-limit.ts';

describe('a rate limit', () => {
  it('allows so many a second', () => {
    const limit = new RateLimit(2);
    expect([0, 10, 20, 999].map((now) => limit.allows(now))).toEqual([true, true, false, false]);
    expect([1000, 1001, 1002].map((now) => limit.allows(now))).toEqual([true, true, false]);
  });
});

describe('a latch', () => {
  it('tells whether it was opened in time, also when that was before', async () => {
    const latch = new Latch();
    expect(await latch.within(5)).toBe(false);
    const waiting = latch.within(5000);
    latch.open();
    latch.open();
    expect(await waiting).toBe(true);
    expect(await latch.within(0)).toBe(true);
  });
});
