/**
 * Every metric of our own; those of the process are prom-client's. `docs/metrics.md` lists exactly these, and a test
 * compares the two. Labels have few values each: no ids of people, conversations or connections.
 */
export interface MetricKind {
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

const kinds = <T extends Record<string, MetricKind>>(table: T): T => table;

const gauge = (help: string, ...labels: string[]): MetricKind => ({ type: 'gauge', help, labels });
const counter = (help: string, ...labels: string[]): MetricKind => ({ type: 'counter', help, labels });
const histogram = (help: string, ...labels: string[]): MetricKind => ({ type: 'histogram', help, labels });

export const METRICS = kinds({
  // What there is now.
  webrtc_sockets: gauge('WebSockets of clients', 'state'),
  webrtc_peers: gauge('Connections of devices', 'state'),
  webrtc_peers_limit: gauge('MAX_PEERS'),
  webrtc_channels: gauge('Open events channels'),
  webrtc_conversations: gauge('Conversations that somebody has joined'),
  webrtc_joined_users: gauge('Users who have joined a conversation, connected or not'),
  webrtc_tracks: gauge('Streams that connected devices publish', 'kind'),
  webrtc_slots: gauge('Streams that connected devices can hear or see', 'kind', 'state'),
  webrtc_congested_receivers: gauge('Receivers that get fewer videos than there are, or none', 'state'),
  webrtc_recordings: gauge('Recordings that run'),
  webrtc_webhooks_waiting: gauge('Webhooks that wait for delivery'),
  webrtc_draining: gauge('1 while no new connection is accepted'),

  // Packets.
  webrtc_received_packets_total: counter('RTP packets that clients published'),
  webrtc_received_bytes_total: counter('Bytes of these packets, header included'),
  webrtc_forwarded_packets_total: counter('RTP packets that were sent to clients, once for each'),
  webrtc_forwarded_bytes_total: counter('Bytes of these packets, header included'),
  webrtc_dropped_packets_total: counter(
    'RTP packets that were not forwarded, once for each who would have got them',
    'reason',
  ),
  webrtc_tap_dropped_packets_total: counter('RTP packets that a recorder did not take in time'),
  webrtc_keyframe_requests_total: counter('Requests for a key frame (PLI, FIR)', 'direction'),
  webrtc_nacks_total: counter('Requests for lost packets (generic NACK)', 'direction'),
  webrtc_retransmissions_total: counter('Packets that were sent again (RTX)', 'direction'),
  webrtc_forwarding_seconds: histogram('From the arrival of a packet until everybody who hears it was sent it'),

  // How streams fare, of each connected device every ten seconds.
  webrtc_round_trip_seconds: histogram('Round trip to a client'),
  webrtc_loss_ratio: histogram('Part of the packets of a stream that was lost lately', 'direction', 'kind'),
  webrtc_jitter_seconds: histogram(
    'Jitter of the packets of a stream between arrivals (RFC 3550)',
    'direction',
    'kind',
  ),

  // What happened.
  webrtc_events_total: counter('Events, as the log has them', 'event'),
  webrtc_connections_failed_total: counter('Connections that did not come up, by what they waited for', 'stage'),
  webrtc_peers_ended_total: counter('Connections that ended', 'reason'),
  webrtc_offers_rejected_total: counter('Offers that were not usable', 'code'),
  webrtc_requests_refused_total: counter('HTTP requests that were refused', 'code'),
  webrtc_webhooks_lost_total: counter('Webhooks that were not told, or given up'),
});

export type MetricName = keyof typeof METRICS;
