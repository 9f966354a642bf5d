import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { LineFigures } from '../../src/media/types.ts';
import type { FakePeer } from '../../src/media/fake/peer.ts';
import { startService, stopServices, type TestService } from '../support/service.ts';

const OFF = { env: { AUDIO_FIRST: 'off' } };
const HEAVY: LineFigures = { loss: 0.5, queueMs: null };
const GOOD: LineFigures = { loss: 0, queueMs: null };
const OFFER = readFileSync(new URL('../fixtures/offers/chromium-156-events.sdp', import.meta.url), 'utf8');

jest.setTimeout(60_000);
afterEach(stopServices);

/** Three who see and hear each other, each with three slots of a kind and an events channel. */
const meet = async (service: TestService) => {
  const peers: FakePeer[] = [];
  for (const name of ['ann', 'ben', 'cid']) {
    await service.join(name, 'tea');
    peers.push(await service.connected(name, '', OFFER));
  }
  const channels = peers.map((peer) => peer.openChannel());
  await turn();
  return { peers, channels };
};

const filled = (service: TestService, { slots }: FakePeer, kind: 'audio' | 'video'): number =>
  slots.filter((slot) => slot.kind === kind && service.plane.heardBy(slot) !== null).length;

/** Time passes by hand, a second at a time, and what follows from it. */
const pass = async (service: TestService, seconds: number): Promise<void> => {
  for (let i = 0; i < seconds; i++) {
    service.clock.advance(1_000);
    await turn();
  }
};

test('a receiver on a congested line hears everybody and sees nobody, until it is better; the others see all', async () => {
  const service = await startService();
  const { peers, channels } = await meet(service);
  const [ann, ...others] = peers as [FakePeer, FakePeer, FakePeer];
  ann.way = HEAVY;
  await pass(service, 4);
  expect([filled(service, ann, 'audio'), filled(service, ann, 'video')]).toEqual([2, 0]);
  expect(others.map((each) => filled(service, each, 'video'))).toEqual([2, 2]);

  ann.way = GOOD;
  await pass(service, 17);
  expect(peers.map((each) => filled(service, each, 'video'))).toEqual([2, 2, 2]);

  const fields = { peer: ann.id, userid: 'ann', clientid: '' };
  expect(service.reported('video-limited')).toMatchObject([
    { ...fields, videos: 0, loss: 0.5 },
    { ...fields, videos: 1, loss: 0 },
    { ...fields, videos: 2, loss: 0 },
  ]);
  expect(service.reported('video-restored')).toMatchObject([fields]);
  const told = channels.map(({ sent }) =>
    sent.flatMap((text) => (JSON.parse(text) as { type: string; video?: string }).video ?? []),
  );
  expect(told).toEqual([['none', 'fewer', 'all'], [], []]);
});

test('its line goes with it into another conversation, and not to the connection that replaces it', async () => {
  const service = await startService();
  const { peers } = await meet(service);
  const ann = peers[0]!;
  ann.way = HEAVY;
  await pass(service, 4);
  for (const name of ['ann', 'ben']) await service.join(name, 'coffee');
  await turn();
  expect([filled(service, ann, 'audio'), filled(service, ann, 'video')]).toEqual([1, 0]);
  const peer = await service.connected('ann', '', OFFER);
  await turn();
  expect([filled(service, peer, 'audio'), filled(service, peer, 'video')]).toEqual([1, 1]);
});

test('with AUDIO_FIRST=off nothing is taken away', async () => {
  const service = await startService(OFF);
  const { peers } = await meet(service);
  for (const peer of peers) peer.way = HEAVY;
  await pass(service, 10);
  expect(peers.map((each) => filled(service, each, 'video'))).toEqual([2, 2, 2]);
  expect(service.reported('video-limited')).toEqual([]);
});
