import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { CallPage } from '../support/browser/call-page.ts';
import { NetworkStage } from '../support/network/browser-stage.ts';
import { noNamespaces } from '../support/network/lab.ts';
import { MachineLoad } from '../support/machine-load.ts';
import { Bystanders } from './bystanders.ts';
import { backAfter, limitsWith, report, theReturn, type Return } from './the-return.ts';

// Browsers in a network of their own, whose router loses everything for a while, gives them another address, or has NAT
// and forgets what it has translated. Two others of the conversation are beside the service, and notice nothing.
jest.setTimeout(180_000);

const CONVERSATION = 'lobby';
/** Everybody sees everybody. */
const SLOTS = { audio: 3, video: 3 };

const missing = noNamespaces();
const inNamespaces = missing === null ? describe : describe.skip;

inNamespaces(`a network that is cut, and another one${missing === null ? '' : ` (${missing})`}`, () => {
  let stage: NetworkStage;
  let others: Bystanders;
  beforeAll(async () => {
    stage = await NetworkStage.start();
  });
  beforeEach(async () => {
    others = await Bystanders.join(stage, CONVERSATION);
  });
  afterEach(async () => {
    await CallPage.closeAll();
    await others.close();
  });
  afterAll(() => stage.close());

  /**
   * Two behind the router see each other again, in the streams that they had, and the others lose nothing meanwhile.
   * @param fault resolves when the way is there again, with the time of when it went
   */
  async function survive(what: string, fault: () => Promise<number>): Promise<Return> {
    const [ann, ben] = await CallPage.pair(stage.chromium, stage.url, SLOTS);
    const before = await ben.person('ann');
    const unharmed = await others.watch();
    const load = new MachineLoad();
    const goneAt = await fault();
    const back = await theReturn(ben, 'ann', goneAt, Date.now());
    const { others: share } = load.stop();
    report(what, [back], [share]);
    process.stdout.write(`${await unharmed(share)}\n`);
    const limits = limitsWith(share);
    expect(back.noticed).toBeLessThan(limits.noticed);
    expect(backAfter(back)).toBeLessThan(limits.back);
    expect(back.states[0]).toMatchObject({ state: 'reconnecting', why: 'silent', attempt: 1 });
    expect(await ben.person('ann')).toMatchObject({ id: before?.id, stream: before?.stream });
    await ann.plays('ben', 'frames');
    for (const page of [ann, ben]) expect((await page.look()).conversation).toBe(CONVERSATION);
    await others.seeAll();
    return back;
  }

  test.each([6, 15])(
    'for %d s: both see each other again when it is back, in the streams that they had; the others lose nothing',
    async (seconds) => {
      await survive(`cut for ${seconds} s`, async () => {
        const cutAt = Date.now();
        await stage.cut();
        // The time of the cut is what is tested.
        await delay(seconds * 1_000);
        await stage.restore();
        return cutAt;
      });
    },
  );

  test('with another address both see each other again, in the streams that they had; the others lose nothing', async () => {
    await survive('another address', async () => {
      const movedAt = Date.now();
      await stage.move();
      return movedAt;
    });
  });

  test('behind NAT that forgets, and gives other ports, both see each other again; the others lose nothing', async () => {
    await stage.translate('40000-40999');
    let flows = 0;
    await survive('NAT with other ports', async () => {
      flows = stage.translated;
      expect(flows).toBeGreaterThanOrEqual(2);
      const reboundAt = Date.now();
      await stage.rebind('50000-50999');
      return reboundAt;
    });
    expect(stage.translated).toBeGreaterThan(flows);
  });
});
