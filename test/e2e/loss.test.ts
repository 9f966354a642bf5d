import { jest } from '@jest/globals';
import type { BrowserClient, SectionStats } from '../support/browser/client.ts';
import { Stage } from '../support/browser/stage.ts';
import { eventually } from '../support/eventually.ts';
import { LossyRelay, type Loss } from '../support/lossy-relay.ts';

jest.setTimeout(150_000);

/** Lost packets on either hop before the counters are compared. */
const ENOUGH = 25;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start();
});
afterAll(() => stage.close());

const relayThat = (loss: Loss) => (port: number) => LossyRelay.open(port, loss);
const video = async (client: BrowserClient): Promise<SectionStats> => (await client.stats()).sections[0]!;

test('video lost on either hop is asked for and sent again on that hop', async () => {
  const [ann, ben] = [await stage.client('ann'), await stage.client('ben')];
  const up = await ann.connectVia(relayThat({ up: 0.06, down: 0 }), [{ kind: 'video', direction: 'sendonly' }]);
  const down = await ben.connectVia(relayThat({ up: 0, down: 0.06 }), [{ kind: 'video', direction: 'recvonly' }]);
  try {
    for (const client of [ann, ben]) expect(await client.join('lossy')).toBe(200);
    await eventually(
      `${ENOUGH} packets are lost on each hop`,
      () => Promise.resolve(Math.min(up.lost.up, down.lost.down) >= ENOUGH ? true : null),
      90,
    );
    const [sent, received] = [await video(ann), await video(ben)];
    // The service asked Ann for what it missed, Ben asked the service.
    expect(sent.nacks).toBeGreaterThan(up.lost.up * 0.6);
    expect(received.nacks).toBeGreaterThan(down.lost.down * 0.6);
    // What was still missing at the end of both hops: a retransmission may be lost as well.
    expect(received.lost).toBeLessThan((up.lost.up + down.lost.down) * 0.2);
    await ben.receiving('video', 1);
  } finally {
    up.close();
    down.close();
  }
});
