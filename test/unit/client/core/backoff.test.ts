import fc from 'fast-check';
import { delayOf, type Try } from '../../../../client/src/core/backoff.ts';

const given = (changes: Partial<Try>): Try => ({
  why: 'silent',
  attempt: 1,
  elapsed: 0,
  retryAfter: null,
  random: 0,
  ...changes,
});

describe('the wait before an attempt', () => {
  it('is next to nothing for the first, and up to a second after a shutdown', () => {
    expect(delayOf(given({ random: 1 }))).toBe(200);
    expect(delayOf(given({ why: 'shutdown' }))).toBe(200);
    expect(delayOf(given({ why: 'shutdown', random: 1 }))).toBe(1_000);
  });

  it('doubles up to a cap that grows with the time', () => {
    const random = 1;
    expect([2, 3, 4, 5, 50].map((attempt) => delayOf(given({ attempt, random })))).toEqual([200, 400, 400, 400, 400]);
    expect(delayOf(given({ attempt: 20, elapsed: 30_000, random }))).toBe(800);
    expect(delayOf(given({ attempt: 20, elapsed: 60_000, random }))).toBe(5_000);
    expect(delayOf(given({ attempt: 20, elapsed: 300_000, random }))).toBe(15_000);
  });

  it('is what the service asked for, and never less', () => {
    expect(delayOf(given({ retryAfter: 7 }))).toBe(7_000);
    expect(delayOf(given({ retryAfter: 7, random: 1 }))).toBe(7_200);
  });

  it('is at least half of what it could be, whatever the attempt', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 10_000 }),
        fc.nat({ max: 1e7 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, elapsed, random) => {
          const most = delayOf(given({ attempt, elapsed, random: 1 }));
          const wait = delayOf(given({ attempt, elapsed, random }));
          expect(wait).toBeGreaterThanOrEqual(most / 2);
          expect(wait).toBeLessThanOrEqual(Math.min(most, 15_000));
        },
      ),
    );
  });
});
