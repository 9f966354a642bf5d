import { Channels } from '../channel/channels.ts';
import type { Lines } from '../conversation/congestion/lines.ts';
import type { Registry } from '../conversation/registry.ts';
import { PeerDirectory } from '../peer/directory.ts';
import type { Recordings } from '../recording/service/recordings.ts';
import { MAX_REMOTE_CANDIDATES } from '../sdp/limits.ts';
import type { Context } from './context.ts';
import type { Headroom } from './headroom.ts';
import type { Admission } from './permissions.ts';

export const createDirectory = ({ config, plane, clock, onError }: Context, headroom: Headroom): PeerDirectory =>
  new PeerDirectory({
    plane,
    maxPeers: config.maxPeers,
    maxNegotiations: config.maxNegotiations,
    shortFor: (connections) => headroom.shortFor(connections),
    maxCandidates: MAX_REMOTE_CANDIDATES,
    connectTimeout: config.connectTimeoutMs,
    clock,
    onError,
  });

/** The events channels of clients, which tell what conversations, recordings and their own lines do. */
export const createChannels = (
  context: Context,
  registry: Registry,
  recordings: Recordings,
  lines: Lines,
): Channels => {
  const { clock, reporter, onError } = context;
  const channels = new Channels({
    conversations: registry,
    isRecorded: (conversation) => recordings.isRecorded(conversation),
    videosOf: (peer) => lines.videosOf(peer),
    clock,
    onError,
  });
  channels.events.on('opened', (member) => reporter.channelOpened(member));
  channels.events.on('closed', (member, report) => reporter.channelClosed(member, report));
  lines.events.on('changed', ({ id }) => channels.videosChanged(id));
  recordings.events.on('changed', (conversation) => channels.recordingChanged(conversation));
  return channels;
};

/** What peers tell goes to their conversations, to their channels, and into the log. */
export const observePeers = (
  { reporter }: Context,
  directory: PeerDirectory,
  devices: Admission['devices'],
  channels: Channels,
): void => {
  directory.events.on('opened', (peer, plan) => {
    reporter.peerOpened(peer, plan);
    peer.events.on('channel', (channel) => channels.open(peer, channel));
  });
  directory.events.on('connected', (peer, replaced) => {
    reporter.peerConnected(peer, replaced?.id ?? null);
    if (replaced === null) devices.deviceConnected(peer);
    else devices.deviceReplaced(replaced, peer);
  });
  directory.events.on('ended', (peer, end, wasCurrent) => {
    channels.end(peer.id, end.reason);
    reporter.peerEnded(peer, end);
    // An answer that failed: the client is told the code only, the reason is ours.
    if (end.error?.cause !== undefined) reporter.fault(end.error.cause);
    if (wasCurrent) devices.deviceGone(peer);
  });
};
