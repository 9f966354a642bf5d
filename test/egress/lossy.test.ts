import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { slots, type BrowserClient, type SectionStats } from '../support/browser/client.ts';
import { Stage } from '../support/browser/stage.ts';
import { EGRESS } from '../support/egress.ts';
import { eventually } from '../support/eventually.ts';
import { inTurn, Loss, PLAIN, type Way, type Ways } from '../support/relay.ts';

// Networks that lose a part of everything, for as long as a person would put up with them.
jest.setTimeout(240_000);

const SECONDS = 60;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start({ EGRESS });
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

/** Of one kind; the tests have one section of each. */
const section = async (client: BrowserClient, kind: SectionStats['kind']): Promise<SectionStats> => {
  const { sections } = await client.stats();
  return sections.find((one) => one.kind === kind)!;
};

const report = (what: string, figures: object): void => {
  process.stdout.write(`${EGRESS}, ${what}: ${JSON.stringify(figures)}\n`);
};

test('two who talk and see each other while 4 % are lost each way', async () => {
  const LOSS = 0.04;
  const ways = (): Ways => ({ up: new Loss(null, LOSS), down: new Loss(null, LOSS) });
  const clients = [await stage.client('ann'), await stage.client('ben')];
  const relays = [];
  for (const client of clients) relays.push(await client.connectVia(ways, slots(1, 1), { frameRate: 20 }));
  for (const client of clients) expect(await client.join('lossy')).toBe(200);
  await Promise.all(clients.flatMap((client) => [client.receiving('audio', 1), client.receiving('video', 1)]));

  const before = await Promise.all(clients.map((client) => section(client, 'audio')));
  const asked = await Promise.all(clients.map((client) => section(client, 'video')));
  for (const client of clients) await client.takeLongestPause();
  // Time itself is what is tested.
  await delay(SECONDS * 1000);
  const figures = await Promise.all(
    clients.map(async (client, index) => {
      const [audio, video] = [await section(client, 'audio'), await section(client, 'video')];
      const played = audio.samples - before[index]!.samples;
      return {
        concealed: Number(((audio.concealed - before[index]!.concealed) / played).toFixed(4)),
        keyframesAsked: video.keyframesAsked - asked[index]!.keyframesAsked,
        longestPause: Math.round(await client.takeLongestPause()),
        framesPerSecond: (video.frames - asked[index]!.frames) / SECONDS,
      };
    }),
  );
  report('4 % lost each way', figures);
  for (const relay of relays) relay.close();
  for (const { concealed, keyframesAsked, longestPause, framesPerSecond } of figures) {
    expect(concealed).toBeLessThan(0.08);
    expect(keyframesAsked).toBeLessThanOrEqual(10);
    expect(longestPause).toBeLessThanOrEqual(500);
    expect(framesPerSecond).toBeGreaterThan(15);
  }
});

test.each(['in', 'out'])('nearly all video that is lost on a long way %s comes after all', async (direction) => {
  // 150 ms there and back.
  const [WAY_MS, LOSS, ENOUGH] = [75, 0.02, 60];
  const losses: Loss[] = [];
  const lossy = (video: number, retransmitted: number): Way => {
    // Counted apart: what is sent again is lost as often.
    losses.push(new Loss(video, LOSS));
    return inTurn(WAY_MS, losses.at(-1)!, new Loss(retransmitted, LOSS));
  };
  const far = (types: { video: number; retransmitted: number }): Ways => {
    const [bad, good] = [lossy(types.video, types.retransmitted), inTurn(WAY_MS)];
    return direction === 'in' ? { up: bad, down: good } : { up: good, down: bad };
  };
  const near = (): Ways => ({ up: PLAIN, down: PLAIN });
  const [ann, ben] = [await stage.client('ann'), await stage.client('ben')];
  const relays = [
    await ann.connectVia(direction === 'in' ? far : near, [{ kind: 'video', direction: 'sendonly' }], {
      frameRate: 20,
    }),
    await ben.connectVia(direction === 'out' ? far : near, [{ kind: 'video', direction: 'recvonly' }]),
  ];
  for (const client of [ann, ben]) expect(await client.join(`far-${direction}`)).toBe(200);
  await ben.receiving('video', 1);
  const lost = await eventually(
    `${ENOUGH} packets are lost`,
    () => {
      const count = losses[0]!.lost;
      return count >= ENOUGH ? count : null;
    },
    180,
  );
  // What was lost last comes after all, or does not.
  await delay(2_000);
  const received = await section(ben, 'video');
  // What came after all fills its gap in the slot; what we send again has a stream of its own.
  const recovered = direction === 'in' ? 1 - received.lost / lost : received.resent / lost;
  report(`2 % lost on a long way ${direction}`, { lost, recovered: Number(recovered.toFixed(3)) });
  for (const relay of relays) relay.close();
  expect(recovered).toBeGreaterThanOrEqual(0.95);
});
