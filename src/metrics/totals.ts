import type { DirectedCount, Durations, FlowStats, MediaPeerStats } from '../media/types.ts';

const NO_FLOW: FlowStats = { packets: 0, bytes: 0 };
const NO_COUNT: DirectedCount = { received: 0, sent: 0 };
export const NOTHING: MediaPeerStats = {
  received: NO_FLOW,
  sent: NO_FLOW,
  dropped: {},
  keyframeRequests: NO_COUNT,
  nacks: NO_COUNT,
  retransmissions: NO_COUNT,
  forwarding: { bounds: [], counts: [], total: 0 },
};

/** What two peers counted, together. */
export const sum = (a: MediaPeerStats, b: MediaPeerStats): MediaPeerStats => ({
  received: sumFlow(a.received, b.received),
  sent: sumFlow(a.sent, b.sent),
  dropped: sumByName(a.dropped, b.dropped),
  keyframeRequests: sumDirected(a.keyframeRequests, b.keyframeRequests),
  nacks: sumDirected(a.nacks, b.nacks),
  retransmissions: sumDirected(a.retransmissions, b.retransmissions),
  forwarding: sumDurations(a.forwarding, b.forwarding),
});

const sumFlow = (a: FlowStats, b: FlowStats): FlowStats => ({
  packets: a.packets + b.packets,
  bytes: a.bytes + b.bytes,
});

const sumDirected = (a: DirectedCount, b: DirectedCount): DirectedCount => ({
  received: a.received + b.received,
  sent: a.sent + b.sent,
});

const sumByName = (
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...names].map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
};

/** Bounds are the same for every peer of a media plane; without any nothing was counted. */
const sumDurations = (a: Durations, b: Durations): Durations => {
  const { bounds } = a.bounds.length === 0 ? b : a;
  const counts = Array.from({ length: bounds.length + 1 }, (_, i) => (a.counts[i] ?? 0) + (b.counts[i] ?? 0));
  return { bounds, counts, total: a.total + b.total };
};

/** A peer, as far as counting goes. */
export interface CountedPeer {
  stats(): MediaPeerStats;
}

/** What all peers have counted since the start, those that are gone included: it never goes down. */
export class Totals {
  readonly #live: () => Iterable<CountedPeer>;
  #gone = NOTHING;

  /** @param live the peers that hold resources, from when they open until `gone` is called for them. */
  constructor(live: () => Iterable<CountedPeer>) {
    this.#live = live;
  }

  /** To be called in the same turn in which the peer is live no more. */
  gone(peer: CountedPeer): void {
    this.#gone = sum(this.#gone, peer.stats());
  }

  get now(): MediaPeerStats {
    let all = this.#gone;
    for (const peer of this.#live()) all = sum(all, peer.stats());
    return all;
  }
}
