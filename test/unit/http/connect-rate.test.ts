import { ConnectRate } from '../../../src/http/connect-rate.ts';

describe('ConnectRate', () => {
  test('a minute’s worth at once, then one for each token that comes back', () => {
    const rate = new ConnectRate<string>(30);
    for (let i = 0; i < 30; i++) expect(rate.take('me', 0)).toBe(0);
    expect(rate.take('me', 0)).toBeCloseTo(2000);
    expect(rate.take('me', 500)).toBeCloseTo(1500);
    expect(rate.take('me', 2000)).toBe(0);
    expect(rate.take('me', 2000)).toBeCloseTo(2000);
  });

  test('nobody pays for somebody else', () => {
    const rate = new ConnectRate<string>(1);
    expect(rate.take('me', 0)).toBe(0);
    expect(rate.take('you', 0)).toBe(0);
    expect(rate.take('me', 0)).toBeGreaterThan(0);
  });

  test('a refused connect costs nothing, so one who keeps trying gets in', () => {
    const rate = new ConnectRate<string>(60);
    for (let i = 0; i < 60; i++) rate.take('me', 0);
    for (let now = 0; now < 1000; now += 10) expect(rate.take('me', now)).toBeGreaterThan(0);
    expect(rate.take('me', 1001)).toBe(0);
  });

  test('a long rest fills the bucket and no more', () => {
    const rate = new ConnectRate<string>(2);
    rate.take('me', 0);
    const taken = [1, 2, 3].map(() => rate.take('me', 86_400_000) === 0);
    expect(taken).toEqual([true, true, false]);
  });

  test('remembers so many users and forgets the least recent', () => {
    const rate = new ConnectRate<number>(1, 3);
    for (const user of [1, 2, 3]) rate.take(user, 0);
    rate.take(1, 0);
    rate.take(4, 0);
    expect(rate.size).toBe(3);
    expect(rate.take(1, 0)).toBeGreaterThan(0);
    expect(rate.take(2, 0)).toBe(0);
  });

  test('whoever has rested until his bucket is full is forgotten with the next one who comes', () => {
    const rate = new ConnectRate<number>(30);
    for (const user of [1, 2, 3]) rate.take(user, user);
    rate.take(1, 30_000);
    rate.take(4, 60_002);
    expect(rate.size).toBe(3);
    rate.take(4, 60_003);
    expect(rate.size).toBe(2);
  });
});
