import { Expiry } from '../../../src/conversation/expiry.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('Expiry', () => {
  let clock: ManualClock;
  let expired: string[];
  let expiry: Expiry<string>;
  beforeEach(() => {
    clock = new ManualClock();
    expired = [];
    expiry = new Expiry(clock, 1000, (key) => expired.push(key));
  });

  it('tells each key once, after its time and not before', () => {
    expiry.start('a');
    clock.advance(400);
    expiry.start('b');
    clock.advance(599);
    expect(expired).toEqual([]);
    clock.advance(1);
    expect(expired).toEqual(['a']);
    clock.advance(400);
    expect(expired).toEqual(['a', 'b']);
    clock.advance(10_000);
    expect(expired).toEqual(['a', 'b']);
    expect(expiry.size).toBe(0);
  });

  it('counts anew from a second start', () => {
    expiry.start('a');
    clock.advance(900);
    expiry.start('a');
    clock.advance(900);
    expect(expired).toEqual([]);
    clock.advance(100);
    expect(expired).toEqual(['a']);
  });

  it('keeps the order of expiring where a key was started anew', () => {
    expiry.start('a');
    clock.advance(400);
    expiry.start('b');
    clock.advance(100);
    expiry.start('a');
    clock.advance(900);
    expect(expired).toEqual(['b']);
    clock.advance(100);
    expect(expired).toEqual(['b', 'a']);
  });

  it('forgets what is stopped, and still tells the next', () => {
    expiry.start('a');
    clock.advance(500);
    expiry.start('b');
    expiry.stop('a');
    clock.advance(1000);
    expect(expired).toEqual(['b']);
  });

  it('has one timer for any number of keys, and none for none', () => {
    for (let i = 0; i < 1000; i++) {
      expiry.start(`key${i}`);
      clock.advance(0.5);
      expect(clock.timers).toBe(1);
    }
    clock.advance(5000);
    expect(expired).toHaveLength(1000);
    expect(clock.timers).toBe(0);
  });

  it('expires by the clock where the timer is late', () => {
    expiry.start('a');
    clock.skip(1000);
    expect([expired, expiry.nextInMs()]).toEqual([[], 0]);
    expiry.sweep();
    expect([expired, expiry.nextInMs()]).toEqual([['a'], null]);
  });

  it('does not spin where the timer is early', () => {
    const delays: number[] = [];
    let fire: () => void = () => undefined;
    const early = {
      now: () => 0,
      after: (delay: number, callback: () => void) => (
        delays.push(delay),
        (fire = callback),
        { cancel: () => undefined }
      ),
    };
    const impatient = new Expiry<string>(early, 0.3, (key) => expired.push(key));
    impatient.start('a');
    fire();
    expect([expired, delays]).toEqual([[], [1, 1]]);
  });

  it('has no timer and no key left once it is closed', () => {
    expiry.start('a');
    expiry.close();
    expiry.close();
    expect([clock.timers, expiry.size, expiry.nextInMs()]).toEqual([0, 0, null]);
    clock.advance(5000);
    expect(expired).toEqual([]);
  });
});
