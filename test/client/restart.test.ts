import { jest } from '@jest/globals';
import { CallPage } from '../support/browser/call-page.ts';
import { Stage } from '../support/browser/stage.ts';
import { MachineLoad } from '../support/machine-load.ts';
import { backAfter, limitsWith, report, theReturn, type Return } from './the-return.ts';

// The process of the service ends and another takes its place. Joins are forgotten, CSRCs are others.
jest.setTimeout(400_000);

const ROUNDS = 5;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start();
});
afterEach(() => CallPage.closeAll());
afterAll(() => stage.close());

test.each([
  ['is killed', 'silent', 'crash'],
  ['ends and says so', 'shutdown', 'restart'],
] as const)(
  'when the service %s, both come back, joined and pinned, in the streams that they had',
  async (how, why, end) => {
    const [ann, ben] = await CallPage.pair(stage.chromium, stage.url, { audio: 2, video: 2 });
    await ben.do('pin', `page.participant('ann'), true`);
    const first = await ben.sees('ann', 'is pinned', ({ pinned }) => pinned);

    let { csrc } = first;
    const returns: Return[] = [];
    const others: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const load = new MachineLoad();
      const endedAt = Date.now();
      await stage[end]();
      const back = await theReturn(ben, 'ann', endedAt, Date.now());
      const { others: share } = load.stop();
      returns.push(back);
      others.push(share);
      expect(back.states[0]).toMatchObject({ state: 'reconnecting', attempt: 1 });
      // Whoever hears of it late, because the machine is busy, hears nothing.
      expect([why, 'silent', 'failed']).toContain(back.states[0]?.['why']);

      const after = await ben.sees('ann', 'is back', ({ playing }) => playing.length === 2);
      expect(after).toMatchObject({ id: first.id, stream: first.stream, pinned: true });
      expect(after.csrc).not.toBe(csrc);
      ({ csrc } = after);
      await ann.plays('ben', 'frames');
      for (const page of [ann, ben]) {
        expect(await page.look()).toMatchObject({ state: { state: 'connected' }, conversation: 'lobby' });
      }
    }
    for (const page of [ann, ben]) {
      // Nobody was taken to have left.
      expect((await page.told('participants')).flatMap(({ event }) => event['left'])).toEqual([]);
      expect(await page.told('error')).toEqual([]);
    }
    report(`the service ${how}`, returns, others);
    for (const [round, back] of returns.entries())
      expect(backAfter(back)).toBeLessThan(limitsWith(others[round]!).back);
  },
);
