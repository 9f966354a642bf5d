import { qualityOf, sampleOf, statsOf, type Report } from '../../../../client/src/core/figures.ts';

const pair = (responses: number): Report => ({
  id: 'p',
  type: 'candidate-pair',
  nominated: true,
  state: 'succeeded',
  currentRoundTripTime: 0.04,
  responsesReceived: responses,
});
const inbound = (mid: string, kind: string, packets: number, rest: object = {}): Report => ({
  id: `in-${mid}`,
  type: 'inbound-rtp',
  mid,
  kind,
  packetsReceived: packets,
  bytesReceived: packets * 100,
  packetsLost: 0,
  ...rest,
});
const outbound = (packets: number): Report => ({
  id: 'out',
  type: 'outbound-rtp',
  mid: '0',
  kind: 'audio',
  mediaSourceId: 'mic',
  packetsSent: packets,
  bytesSent: packets * 100,
});
const remote = (lost: number): Report => ({ id: 'r', type: 'remote-inbound-rtp', localId: 'out', packetsLost: lost });
const MICROPHONE: Report = { id: 'mic', type: 'media-source', kind: 'audio', audioLevel: 0.5 };
const SLOTS = [
  { mid: '0', kind: 'audio', index: 0 },
  { mid: '1', kind: 'video', index: 0 },
] as const;

const sample = (reports: readonly Report[], at: number): ReturnType<typeof sampleOf> =>
  sampleOf(reports, at, () => null);
const nameOf = (mid: string): string | null => (mid === '1' ? 'ann/web' : null);

describe('figures', () => {
  it('are what was added in between, per second', () => {
    const before = sample(
      [pair(1), inbound('0', 'audio', 100), inbound('1', 'video', 10), outbound(50), remote(1)],
      1_000,
    );
    const video = inbound('1', 'video', 100, {
      packetsLost: 10,
      frameWidth: 320,
      frameHeight: 180,
      framesPerSecond: 15,
      jitterBufferDelay: 3,
      jitterBufferEmittedCount: 30,
    });
    const now = sample([pair(3), inbound('0', 'audio', 100), video, outbound(150), remote(6), MICROPHONE], 3_000);
    const stats = statsOf(before, now, SLOTS, nameOf, 77);
    expect(stats).toEqual({
      at: 77,
      rtt: 40,
      quality: 'poor',
      sent: { bitrate: 40_000, loss: 0.05 },
      received: { bitrate: 36_000, loss: 0.1 },
      tracks: [{ kind: 'audio', bitrate: 40_000, loss: 0.05, level: 0.5, width: null, height: null, fps: null }],
      slots: [
        {
          kind: 'audio',
          bitrate: 0,
          loss: null,
          level: null,
          width: null,
          height: null,
          fps: null,
          mid: '0',
          index: 0,
          participant: null,
          jitter: null,
        },
        {
          kind: 'video',
          bitrate: 36_000,
          loss: 0.1,
          level: null,
          width: 320,
          height: 180,
          fps: 15,
          mid: '1',
          index: 0,
          participant: 'ann/web',
          jitter: 100,
        },
      ],
    });
  });

  it('are there for every slot, those that nobody was ever in too', () => {
    const empty = sample([pair(1)], 0);
    const { slots, received } = statsOf(empty, sample([pair(2)], 1_000), SLOTS, nameOf, 0);
    expect(slots.map(({ mid, bitrate, participant }) => ({ mid, bitrate, participant }))).toEqual([
      { mid: '0', bitrate: 0, participant: null },
      { mid: '1', bitrate: 0, participant: 'ann/web' },
    ]);
    expect(received).toEqual({ bitrate: 0, loss: null });
  });

  it('count every sign of life', () => {
    const first = sample([pair(1), inbound('0', 'audio', 100)], 0);
    expect(sample([pair(2), inbound('0', 'audio', 100)], 0).signs).toBeGreaterThan(first.signs);
    expect(sample([pair(1), inbound('0', 'audio', 101)], 0).signs).toBeGreaterThan(first.signs);
  });

  it('find the section of a report that does not name it, and leave out what has none', () => {
    const named = Object.entries(inbound('1', 'video', 5, { trackIdentifier: 'track' }));
    const report = Object.fromEntries(named.filter(([name]) => name !== 'mid')) as Report;
    expect(sampleOf([report], 0, (each) => (each['trackIdentifier'] === 'track' ? '1' : null)).received).toMatchObject([
      { mid: '1', packets: 5 },
    ]);
    expect(sample([report], 0).received).toEqual([]);
  });

  it('are not below nothing where counters begin anew', () => {
    const stats = statsOf(
      sample([inbound('0', 'audio', 100)], 0),
      sample([inbound('0', 'audio', 5)], 1_000),
      SLOTS,
      nameOf,
      0,
    );
    expect(stats.received).toEqual({ bitrate: 0, loss: null });
  });

  it.each([
    [0, null, 'good'],
    [0.02, 250, 'good'],
    [0.03, 20, 'fair'],
    [0, 300, 'fair'],
    [0.09, 20, 'poor'],
    [0, 600, 'poor'],
  ] as const)('with a loss of %d and %s ms are %s', (loss, rtt, quality) => {
    expect(qualityOf(loss, rtt)).toBe(quality);
  });
});
