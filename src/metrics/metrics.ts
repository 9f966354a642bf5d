import { Registry, type Counter, type Histogram } from 'prom-client';
import type { EventSink } from '../events/catalogue.ts';
import type { DirectedCount, FlowStats, MediaPeerStats, StreamQuality } from '../media/types.ts';
import { Instruments, type Reading } from './instruments.ts';
import { processRegistry } from './process.ts';

/** What there is now; asked for at each scrape. */
export interface Present {
  readonly sockets: { readonly waiting: number; readonly answered: number };
  readonly peers: { readonly connected: number; readonly connecting: number };
  readonly maxPeers: number;
  readonly channels: number;
  readonly conversations: number;
  readonly joins: number;
  readonly tracks: Readonly<Record<'audio' | 'video', number>>;
  readonly slots: Readonly<Record<'audio' | 'video', { readonly filled: number; readonly empty: number }>>;
  readonly congested: { readonly thinned: number; readonly paused: number };
  readonly recordings: number;
  /** Of all recorders, since the start. */
  readonly overflowPackets: number;
  readonly webhooksWaiting: number;
  readonly isDraining: boolean;
}

export interface MetricsOptions {
  readonly present: () => Present;
  /** What all peers have counted since the start. */
  readonly totals: () => MediaPeerStats;
}

const ROUND_TRIP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6];
const LOSS_BUCKETS = [0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
const JITTER_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16];

/** Everything that `GET /metrics` says. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #registries = [this.#registry, processRegistry()];
  readonly #options: MetricsOptions;
  /** Taken once for each scrape. */
  #present: Present;
  #totals: MediaPeerStats;
  readonly #events: Counter;
  readonly #failed: Counter;
  readonly #ended: Counter;
  readonly #rejected: Counter;
  readonly #refused: Counter;
  readonly #webhooksLost: Counter;
  readonly #roundTrip: Histogram;
  readonly #loss: Histogram;
  readonly #jitter: Histogram;

  constructor(options: MetricsOptions) {
    this.#options = options;
    this.#present = options.present();
    this.#totals = options.totals();
    const instruments = new Instruments(this.#registry);
    observePresent(instruments, () => this.#present);
    observeTotals(instruments, () => this.#totals);
    this.#events = instruments.counter('webrtc_events_total');
    this.#failed = instruments.counter('webrtc_connections_failed_total');
    this.#ended = instruments.counter('webrtc_peers_ended_total');
    this.#rejected = instruments.counter('webrtc_offers_rejected_total');
    this.#refused = instruments.counter('webrtc_requests_refused_total');
    this.#webhooksLost = instruments.counter('webrtc_webhooks_lost_total');
    this.#roundTrip = instruments.histogram('webrtc_round_trip_seconds', ROUND_TRIP_BUCKETS);
    this.#loss = instruments.histogram('webrtc_loss_ratio', LOSS_BUCKETS);
    this.#jitter = instruments.histogram('webrtc_jitter_seconds', JITTER_BUCKETS);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The names of all that is reported. */
  get names(): readonly string[] {
    return this.#registries.flatMap((registry) => registry.getMetricsAsArray().map(({ name }) => name));
  }

  async text(): Promise<string> {
    this.#present = this.#options.present();
    this.#totals = this.#options.totals();
    return (await Promise.all(this.#registries.map((registry) => registry.metrics()))).join('\n');
  }

  readonly sink: EventSink = (event) => {
    this.#events.inc({ event: event.name });
    switch (event.name) {
      case 'peer-ended':
        this.#ended.inc({ reason: event.fields.reason });
        if (event.fields.error !== null && event.fields.reason === 'failed')
          this.#failed.inc({ stage: event.fields.stage });
        break;
      case 'offer-rejected':
        this.#rejected.inc({ code: event.fields.error ?? 'none' });
        break;
      case 'request-refused':
        this.#refused.inc({ code: event.fields.error });
        break;
      case 'webhook-expired':
        this.#webhooksLost.inc();
        break;
      case 'webhooks-resumed':
        this.#webhooksLost.inc(event.fields.lost);
        break;
      default:
    }
  };

  /** How the streams of one connection fare; to be told of each in turn. */
  observe(streams: readonly StreamQuality[]): void {
    for (const { direction, kind, fractionLost, roundTripTime, jitter } of streams) {
      const labels = { direction, kind: kind ?? 'unknown' };
      if (roundTripTime !== null) this.#roundTrip.observe(roundTripTime);
      if (fractionLost !== null) this.#loss.observe(labels, fractionLost);
      if (jitter !== null) this.#jitter.observe(labels, jitter);
    }
  }
}

const KINDS = ['audio', 'video'] as const;

function observePresent(instruments: Instruments, present: () => Present): void {
  const gauge = (name: Parameters<Instruments['gauge']>[0], read: (now: Present) => number | Reading): void =>
    instruments.gauge(name, () => read(present()));
  gauge('webrtc_sockets', ({ sockets }) => byLabel('state', sockets));
  gauge('webrtc_peers', ({ peers }) => byLabel('state', peers));
  gauge('webrtc_peers_limit', ({ maxPeers }) => maxPeers);
  gauge('webrtc_channels', ({ channels }) => channels);
  gauge('webrtc_conversations', ({ conversations }) => conversations);
  gauge('webrtc_joined_users', ({ joins }) => joins);
  gauge('webrtc_tracks', ({ tracks }) => byLabel('kind', tracks));
  gauge('webrtc_slots', ({ slots }) =>
    KINDS.flatMap((kind) =>
      byLabel('state', slots[kind]).map(([labels, value]) => [{ kind, ...labels }, value] as const),
    ),
  );
  gauge('webrtc_congested_receivers', ({ congested }) => byLabel('state', congested));
  gauge('webrtc_recordings', ({ recordings }) => recordings);
  instruments.total('webrtc_tap_dropped_packets_total', () => present().overflowPackets);
  gauge('webrtc_webhooks_waiting', ({ webhooksWaiting }) => webhooksWaiting);
  gauge('webrtc_draining', ({ isDraining }) => Number(isDraining));
}

function observeTotals(instruments: Instruments, totals: () => MediaPeerStats): void {
  const flow = (name: 'received' | 'forwarded', read: (all: MediaPeerStats) => FlowStats): void => {
    instruments.total(`webrtc_${name}_packets_total`, () => read(totals()).packets);
    instruments.total(`webrtc_${name}_bytes_total`, () => read(totals()).bytes);
  };
  const directed = (name: Parameters<Instruments['total']>[0], read: (all: MediaPeerStats) => DirectedCount): void =>
    instruments.total(name, () => byLabel('direction', read(totals())));
  flow('received', ({ received }) => received);
  flow('forwarded', ({ sent }) => sent);
  instruments.total('webrtc_dropped_packets_total', () => byLabel('reason', totals().dropped));
  directed('webrtc_keyframe_requests_total', ({ keyframeRequests }) => keyframeRequests);
  directed('webrtc_nacks_total', ({ nacks }) => nacks);
  directed('webrtc_retransmissions_total', ({ retransmissions }) => retransmissions);
  instruments.durations('webrtc_forwarding_seconds', () => totals().forwarding);
}

const byLabel = (label: string, values: object): Reading =>
  Object.entries(values as Record<string, number>).map(([name, value]) => [{ [label]: name }, value] as const);
