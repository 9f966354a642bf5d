import type { Channels } from '../channel/channels.ts';
import type { Lines } from '../conversation/congestion/lines.ts';
import type { Registry } from '../conversation/registry.ts';
import { Metrics, type Present } from '../metrics/metrics.ts';
import { Sampler } from '../metrics/sampler.ts';
import { Totals } from '../metrics/totals.ts';
import type { Peer } from '../peer/peer.ts';
import type { PeerDirectory } from '../peer/directory.ts';
import type { Recordings } from '../recording/service/recordings.ts';
import type { Sessions } from '../signalling/sessions.ts';
import type { Context } from './context.ts';

export interface Measured {
  readonly directory: PeerDirectory;
  readonly registry: Registry;
  readonly lines: Lines;
  readonly channels: Channels;
  readonly recordings: Recordings;
  readonly sessions: Sessions;
  /** 0 where there are none. */
  readonly webhooksWaiting: () => number;
}

/** What is measured, and who asks the connections; `sampler` is to be stopped at the end. */
export const createMetrics = (context: Context, parts: Measured): { metrics: Metrics; sampler: Sampler } => {
  const { reporter, clock } = context;
  const { directory } = parts;
  const totals = new Totals(() => directory);
  directory.events.on('closed', (peer) => totals.gone(peer));
  const metrics = new Metrics({ present: () => presentOf(context, parts), totals: () => totals.now });
  reporter.addSink(metrics.sink);
  const sampler = new Sampler({ peers: directory, clock, onStreams: (streams) => metrics.observe(streams) });
  return { metrics, sampler };
};

const presentOf = (
  { config }: Context,
  { directory, registry, lines, channels, recordings, sessions, webhooksWaiting }: Measured,
): Present => {
  const connected = [...directory].filter(({ connectedSince }) => connectedSince !== null);
  const { joins, conversations } = registry.counts;
  const { waiting, size } = sessions;
  return {
    sockets: { waiting, answered: size - waiting },
    peers: { connected: connected.length, connecting: directory.size - connected.length },
    maxPeers: config.maxPeers,
    channels: channels.size,
    conversations,
    joins,
    tracks: tracksOf(connected),
    slots: slotsOf(connected, registry),
    congested: lines.counts,
    recordings: recordings.size,
    overflowPackets: recordings.overflowPackets,
    webhooksWaiting: webhooksWaiting(),
    isDraining: directory.isDraining,
  };
};

const tracksOf = (peers: readonly Peer[]): Present['tracks'] => {
  const count = { audio: 0, video: 0 };
  for (const { tracks } of peers) for (const { kind } of tracks) count[kind] += 1;
  return count;
};

const slotsOf = (peers: readonly Peer[], registry: Registry): Present['slots'] => {
  const count = { audio: { filled: 0, empty: 0 }, video: { filled: 0, empty: 0 } };
  for (const { id } of peers) {
    for (const [{ kind }, heard] of registry.slotsOf(id)) count[kind][heard === null ? 'empty' : 'filled'] += 1;
  }
  return count;
};
