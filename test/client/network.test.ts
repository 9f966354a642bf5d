import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { CallPage } from '../support/browser/call-page.ts';
import { NetworkStage } from '../support/network/browser-stage.ts';
import { noNamespaces } from '../support/network/lab.ts';
import { report, theReturn } from './the-return.ts';

// Browsers in a network of their own, whose router loses everything for a while, or which gives them another address.
jest.setTimeout(180_000);

/** Until a picture is there again, once the network is, or from when the address is another one; a busy machine has it too. */
const WITHIN_MS = 10_000;

const missing = noNamespaces();
const inNamespaces = missing === null ? describe : describe.skip;

inNamespaces(`a network that is cut, and another one${missing === null ? '' : ` (${missing})`}`, () => {
  let stage: NetworkStage;
  beforeAll(async () => {
    stage = await NetworkStage.start();
  });
  afterEach(() => CallPage.closeAll());
  afterAll(() => stage.close());

  test.each([6, 15])(
    'for %d s: both see each other again when it is back, in the streams that they had',
    async (seconds) => {
      const [ann, ben] = await CallPage.pair(stage.chromium, stage.url);
      const before = await ben.person('ann');
      const cutAt = Date.now();
      await stage.cut();
      // The time of the cut is what is tested.
      await delay(seconds * 1_000);
      await stage.restore();
      const back = await theReturn(ben, 'ann', cutAt, Date.now());
      report(`cut for ${seconds} s`, [back]);
      expect(back.picture).toBeLessThan(WITHIN_MS);
      expect(back.states[0]).toMatchObject({ state: 'reconnecting', why: 'silent', attempt: 1 });
      expect(await ben.person('ann')).toMatchObject({ id: before?.id, stream: before?.stream });
      await ann.plays('ben', 'frames');
      for (const page of [ann, ben]) {
        expect((await page.look()).conversation).toBe('lobby');
      }
    },
  );

  test('with another address both see each other again, in the streams that they had', async () => {
    const [ann, ben] = await CallPage.pair(stage.chromium, stage.url);
    const before = await ben.person('ann');
    const movedAt = Date.now();
    await stage.move();
    const back = await theReturn(ben, 'ann', movedAt, Date.now());
    report('another address', [back]);
    expect(back.noticed + back.picture).toBeLessThan(WITHIN_MS);
    expect(await ben.person('ann')).toMatchObject({ id: before?.id, stream: before?.stream });
    await ann.plays('ben', 'frames');
  });
});
