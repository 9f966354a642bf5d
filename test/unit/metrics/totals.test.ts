import { NOTHING_COUNTED } from '../../../src/media/fake/peer.ts';
import type { MediaPeerStats } from '../../../src/media/types.ts';
import { Totals, sum } from '../../../src/metrics/totals.ts';

const counted = (packets: number, stats: Partial<MediaPeerStats> = {}): MediaPeerStats => ({
  ...NOTHING_COUNTED,
  received: { packets, bytes: packets * 100 },
  ...stats,
});

describe('sum', () => {
  it('adds every number to its own', () => {
    const one: MediaPeerStats = {
      received: { packets: 1, bytes: 2 },
      sent: { packets: 3, bytes: 4 },
      dropped: { late: 5, stale: 6 },
      keyframeRequests: { received: 7, sent: 8 },
      nacks: { received: 9, sent: 10 },
      retransmissions: { received: 11, sent: 12 },
      forwarding: { bounds: [0.1, 0.2], counts: [13, 14, 15], total: 16 },
    };
    expect(sum(one, one)).toEqual({
      received: { packets: 2, bytes: 4 },
      sent: { packets: 6, bytes: 8 },
      dropped: { late: 10, stale: 12 },
      keyframeRequests: { received: 14, sent: 16 },
      nacks: { received: 18, sent: 20 },
      retransmissions: { received: 22, sent: 24 },
      forwarding: { bounds: [0.1, 0.2], counts: [26, 28, 30], total: 32 },
    });
    expect(sum(sum(NOTHING_COUNTED, one), NOTHING_COUNTED)).toEqual(one);
  });

  it('keeps reasons and bounds that only one of them has', () => {
    const a = counted(0, { dropped: { late: 1 } });
    const b = counted(0, { dropped: { gated: 2 }, forwarding: { bounds: [1], counts: [3, 4], total: 5 } });
    expect(sum(a, b)).toMatchObject({ dropped: { late: 1, gated: 2 }, forwarding: { bounds: [1], counts: [3, 4] } });
  });
});

describe('Totals', () => {
  it('never go down when a peer goes', () => {
    const [ann, ben] = [{ stats: () => counted(10) }, { stats: () => counted(5) }];
    const live = new Set([ann, ben]);
    const totals = new Totals(() => live);
    expect(totals.now.received).toEqual({ packets: 15, bytes: 1500 });
    live.delete(ann);
    totals.gone(ann);
    expect(totals.now.received).toEqual({ packets: 15, bytes: 1500 });
    live.delete(ben);
    totals.gone(ben);
    expect(totals.now.received).toEqual({ packets: 15, bytes: 1500 });
  });
});
