import { Ticker, TICK_MS } from '../../../src/conversation/ticker.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('Ticker', () => {
  let clock: ManualClock;
  let ticker: Ticker;
  let faults: unknown[];
  beforeEach(() => {
    clock = new ManualClock(0);
    faults = [];
    ticker = new Ticker(clock, (error) => faults.push(error));
  });
  const counting = () => {
    const times: number[] = [];
    return { times, tick: (now: number) => void times.push(now) };
  };

  it('ticks everything that is in it by one timer, with the time it is', () => {
    const [a, b] = [counting(), counting()];
    ticker.add(a);
    ticker.add(b);
    ticker.add(a);
    expect(clock.timers).toBe(1);
    clock.advance(3 * TICK_MS);
    expect([a.times, b.times]).toEqual([
      [100, 200, 300],
      [100, 200, 300],
    ]);
    expect(clock.timers).toBe(1);
  });

  it('has no timer while nothing is in it', () => {
    const a = counting();
    expect(clock.timers).toBe(0);
    ticker.add(a);
    ticker.delete(a);
    expect(clock.timers).toBe(0);
    ticker.delete(a);
    ticker.add(a);
    clock.advance(TICK_MS);
    expect(a.times).toEqual([100]);
  });

  it('stops when the last one goes in the middle of a tick', () => {
    const last = { tick: () => ticker.delete(last) };
    ticker.add(last);
    clock.advance(TICK_MS);
    expect(clock.timers).toBe(0);
  });

  it('goes on where one throws', () => {
    const b = counting();
    const bug = new Error('by the test');
    ticker.add({
      tick: () => {
        throw bug;
      },
    });
    ticker.add(b);
    clock.advance(2 * TICK_MS);
    expect(faults).toEqual([bug, bug]);
    expect(b.times).toEqual([100, 200]);
  });
});
