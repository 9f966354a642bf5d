import type { MediaPeerReport } from '../../../src/media/types.ts';
import { Sampler, type SampledPeer } from '../../../src/metrics/sampler.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const reportOf = (name: string): MediaPeerReport => ({ streams: [], details: { name } });
const peer = (name: string, connectedSince: number | null = 0): SampledPeer => ({
  connectedSince,
  report: () => Promise.resolve(reportOf(name)),
});
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const sample = (peers: readonly SampledPeer[]) => {
  const clock = new ManualClock();
  const told: unknown[] = [];
  const sampler = new Sampler({ peers, clock, onReport: ({ details }) => told.push(details['name']) });
  return { clock, told, sampler };
};

it('asks each connection once in ten seconds, not all at once', async () => {
  const names = Array.from({ length: 50 }, (_, i) => `p${i}`);
  const { clock, told } = sample(names.map((name) => peer(name)));
  clock.advance(500);
  await settled();
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThanOrEqual(3);
  clock.advance(9_500);
  await settled();
  expect(told.sort()).toEqual([...names].sort());
});

it('asks none that is not connected, and goes on where one does not say', async () => {
  const silent: SampledPeer = { connectedSince: 0, report: () => Promise.reject(new Error('closing')) };
  const { clock, told } = sample([peer('pending', null), silent, peer('ann')]);
  clock.advance(20_000);
  await settled();
  expect(told).toEqual(['ann', 'ann']);
});

it('tells nothing after its end, and leaves no timer', async () => {
  const { clock, told, sampler } = sample([peer('ann')]);
  clock.advance(10_000);
  sampler.stop();
  await settled();
  expect(told).toEqual([]);
  expect(clock.timers).toBe(0);
});
