import type { PeerMediaCounters } from 'node-gst';
import type { MediaPeerStats } from '../types.ts';

const MICROSECONDS = 1e6;

/** @param messages of the client's channel that were not read */
export function statsOf(counters: PeerMediaCounters, messages: number): MediaPeerStats {
  const { forwarding, repairs } = counters;
  return {
    received: { packets: counters.packetsIn, bytes: counters.bytesIn },
    sent: { packets: counters.packetsOut, bytes: counters.bytesOut },
    dropped: { ...counters.dropped, message: messages },
    keyframeRequests: { received: counters.keyframeRequestsIn, sent: counters.keyframeRequestsOut },
    nacks: { received: repairs.nacksIn, sent: repairs.nacksOut },
    retransmissions: { received: repairs.retransmissionsIn, sent: repairs.retransmissionsOut },
    forwarding: {
      bounds: forwarding.boundsUs.map((bound) => bound / MICROSECONDS),
      counts: forwarding.counts,
      total: forwarding.totalUs / MICROSECONDS,
    },
  };
}
