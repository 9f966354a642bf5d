import { Breaker, MAX_FAILURES, RETRY_MS } from '../../../../src/conversation/permission/breaker.ts';
import type { Verdict } from '../../../../src/conversation/types.ts';
import { deferred } from '../../../support/deferred.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { room, user } from '../../../support/members.ts';

describe('Breaker', () => {
  let clock: ManualClock;
  let told: string[];
  let asked: number;
  let answer: () => Promise<Verdict>;
  let breaker: Breaker;
  beforeEach(() => {
    clock = new ManualClock();
    told = [];
    asked = 0;
    answer = () => Promise.resolve('yes');
    breaker = new Breaker({
      permission: () => {
        asked += 1;
        return answer();
      },
      clock,
      onOpened: () => told.push('opened'),
      onClosed: () => told.push('closed'),
    });
  });

  const ask = (): Promise<Verdict> => breaker.ask(user('ann'), room('r'));
  const fail = async (times: number): Promise<void> => {
    answer = () => Promise.resolve('unknown');
    for (let i = 0; i < times; i++) await ask();
  };

  it.each<Verdict>(['yes', 'no', 'unknown'])('passes %s on', async (verdict) => {
    answer = () => Promise.resolve(verdict);
    expect(await ask()).toBe(verdict);
  });

  it('takes a rejection for no answer', async () => {
    answer = () => Promise.reject(new Error('down'));
    expect(await ask()).toBe('unknown');
  });

  it('asks no more after some failures in a row', async () => {
    await fail(MAX_FAILURES);
    expect(told).toEqual(['opened']);
    answer = () => Promise.resolve('yes');
    expect(await ask()).toBe('unknown');
    expect(asked).toBe(MAX_FAILURES);
  });

  it.each<Verdict>(['yes', 'no'])('is content where a %s comes in between', async (verdict) => {
    await fail(MAX_FAILURES - 1);
    answer = () => Promise.resolve(verdict);
    await ask();
    await fail(MAX_FAILURES - 1);
    expect(told).toEqual([]);
    expect(asked).toBe(2 * MAX_FAILURES - 1);
  });

  it('lets one try after a while, and nobody else waits for it', async () => {
    await fail(MAX_FAILURES);
    clock.advance(RETRY_MS - 1);
    expect([await ask(), asked]).toEqual(['unknown', MAX_FAILURES]);
    clock.advance(1);
    const trial = deferred<Verdict>();
    answer = () => trial.promise;
    const first = ask();
    expect(await ask()).toBe('unknown');
    expect(asked).toBe(MAX_FAILURES + 1);
    trial.resolve('no');
    expect(await first).toBe('no');
    expect(told).toEqual(['opened', 'closed']);
    answer = () => Promise.resolve('yes');
    expect(await ask()).toBe('yes');
  });

  it('stays open where the try fails, and says so once', async () => {
    await fail(MAX_FAILURES);
    clock.advance(RETRY_MS);
    await fail(3);
    expect(asked).toBe(MAX_FAILURES + 1);
    expect(told).toEqual(['opened']);
  });

  it('asks everything again once it closed', async () => {
    await fail(MAX_FAILURES);
    clock.advance(RETRY_MS);
    answer = () => Promise.resolve('yes');
    await ask();
    await fail(MAX_FAILURES - 1);
    expect(asked).toBe(2 * MAX_FAILURES);
    await fail(1);
    expect(told).toEqual(['opened', 'closed', 'opened']);
  });
});
