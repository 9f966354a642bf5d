import type { StreamQuality } from '../../../src/media/types.ts';
import { Sampler, type SampledPeer } from '../../../src/metrics/sampler.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** The number stands for the peer. */
const streamOf = (number: number): StreamQuality => ({
  ...{ direction: 'sent', kind: 'audio', fractionLost: null, roundTripTime: null, jitter: null },
  packetsLost: number,
});
const peer = (number: number, connectedSince: number | null = 0): SampledPeer => ({
  connectedSince,
  streams: () => [streamOf(number)],
});

const sample = (peers: readonly SampledPeer[]) => {
  const clock = new ManualClock();
  const told: unknown[] = [];
  const sampler = new Sampler({ peers, clock, onStreams: ([stream]) => told.push(stream?.packetsLost) });
  return { clock, told, sampler };
};

it('asks each connection once in ten seconds, not all at once', () => {
  const numbers = Array.from({ length: 50 }, (_, i) => i);
  const { clock, told } = sample(numbers.map((number) => peer(number)));
  clock.advance(500);
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThanOrEqual(3);
  clock.advance(9_500);
  expect(told.length).toBe(50);
  expect(new Set(told)).toEqual(new Set(numbers));
});

it('asks none that is not connected', () => {
  const { clock, told } = sample([peer(1, null), peer(2)]);
  clock.advance(20_000);
  expect(told).toEqual([2, 2]);
});

it('asks nobody after its end, and leaves no timer', () => {
  const { clock, told, sampler } = sample([peer(1)]);
  sampler.stop();
  clock.advance(20_000);
  expect(told).toEqual([]);
  expect(clock.timers).toBe(0);
});
