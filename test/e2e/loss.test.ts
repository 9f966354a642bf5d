import { jest } from '@jest/globals';
import type { BrowserClient, SectionStats } from '../support/browser/client.ts';
import { Stage } from '../support/browser/stage.ts';
import { eventually } from '../support/eventually.ts';
import { Loss, PLAIN, type VideoTypes, type Ways } from '../support/relay.ts';

jest.setTimeout(150_000);

const SHARE = 0.06;
/** Lost packets before the counters are compared. */
const ENOUGH = 25;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start();
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

interface Flow {
  readonly sent: SectionStats;
  readonly received: SectionStats;
}

/** Video from one client to another, each over a relay; what they counted when enough was lost. */
async function videoOver(room: string, lossy: 'up' | 'down'): Promise<{ before: Flow; after: Flow; lost: number }> {
  const [ann, ben] = [await stage.client('ann'), await stage.client('ben')];
  const losses: Loss[] = [];
  const loss = ({ video }: { video: number }): Loss => {
    losses.push(new Loss(video, SHARE));
    return losses.at(-1)!;
  };
  const up = (types: VideoTypes): Ways => ({ up: lossy === 'up' ? loss(types) : PLAIN, down: PLAIN });
  const down = (types: VideoTypes): Ways => ({ up: PLAIN, down: lossy === 'down' ? loss(types) : PLAIN });
  const relays = [
    await ann.connectVia(up, [{ kind: 'video', direction: 'sendonly' }]),
    await ben.connectVia(down, [{ kind: 'video', direction: 'recvonly' }]),
  ];
  try {
    for (const client of [ann, ben]) expect(await client.join(room)).toBe(200);
    await ben.receiving('video', 1);
    const before = await flow(ann, ben);
    const lost = await eventually(
      `${ENOUGH} packets are lost`,
      () => {
        const count = losses.reduce((sum, { lost }) => sum + lost, 0);
        return Promise.resolve(count >= ENOUGH ? count : null);
      },
      90,
    );
    return { before, after: await flow(ann, ben), lost };
  } finally {
    for (const relay of relays) relay.close();
  }
}

const flow = async (sender: BrowserClient, receiver: BrowserClient): Promise<Flow> => ({
  sent: (await sender.stats()).sections[0]!,
  received: (await receiver.stats()).sections[0]!,
});

test('video lost on the way in is asked for by the service, and goes on when it comes', async () => {
  const { before, after, lost } = await videoOver('lossy-up', 'up');
  // The jitterbuffer notices a gap with the next packet, which in 10 frames a second may be too late to ask.
  expect(after.sent.resent).toBeGreaterThan(lost * 0.6);
  // What never came on the slot's own SSRC.
  expect(after.received.lost).toBeLessThan(lost * 0.4);
  expect(after.received.frames).toBeGreaterThan(before.received.frames);
});

test('video lost on the way out is sent again by the service', async () => {
  const { before, after, lost } = await videoOver('lossy-down', 'down');
  expect(after.received.resent).toBeGreaterThan(lost * 0.7);
  // Not the publisher: the service asks it only for what came late enough to be taken for lost, which a busy machine does.
  expect(after.sent.resent).toBeLessThan(lost * 0.5);
  // A packet that stays lost would stop the picture until the next key frame.
  const decoded = after.received.frames - before.received.frames;
  expect(decoded / (after.sent.frames - before.sent.frames)).toBeGreaterThan(0.85);
});
