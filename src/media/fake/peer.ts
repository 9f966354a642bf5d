import type { CloseReason } from '../../base/close-reason.ts';
import { Emitter } from '../../base/emitter.ts';
import type { PeerId } from '../../base/ids.ts';
import { WorkQueue } from '../../base/work-queue.ts';
import { mediaSections, publishes } from '../../sdp/plan.ts';
import type { Candidate, MediaSection } from '../../sdp/types.ts';
import type {
  DirectedCount,
  LineFigures,
  MediaPeer,
  MediaPeerEvents,
  MediaPeerStats,
  PeerRequest,
  Slot,
  StreamQuality,
  Track,
  TransportStage,
} from '../types.ts';
import { fakeAnswer } from './answer.ts';
import { FakeChannel } from './channel.ts';

export interface FakePeerHooks {
  /** Awaited before the answer is given; rejecting makes `answer()` reject. */
  readonly beforeAnswer: () => Promise<void>;
  readonly onFreed: (peer: FakePeer) => void;
}

const NOTHING: DirectedCount = { received: 0, sent: 0 };
export const NOTHING_COUNTED: MediaPeerStats = {
  received: { packets: 0, bytes: 0 },
  sent: { packets: 0, bytes: 0 },
  dropped: {},
  keyframeRequests: NOTHING,
  nacks: NOTHING,
  retransmissions: NOTHING,
  forwarding: { bounds: [], counts: [0], total: 0 },
};

/** A device whose network is the test: `connect`, `end` and `openChannel` play what the other side does. */
export class FakePeer implements MediaPeer {
  readonly id: PeerId;
  readonly request: PeerRequest;
  readonly events = new Emitter<MediaPeerEvents>();
  readonly tracks: readonly Track[];
  readonly slots: readonly Slot[];
  /** Everything that reached the transport: the plan's candidates once answered, and those that were trickled. */
  readonly candidates: Candidate[] = [];
  /** What `idleMs()` says. */
  idle: number | null = null;
  /** What `stats()` says. */
  counted: MediaPeerStats = NOTHING_COUNTED;
  /** What `streams()` says. */
  quality: readonly StreamQuality[] = [];
  /** What `line()` says. */
  way: LineFigures = { loss: null, queueMs: null };
  /** What `details()` says. */
  detailed: Readonly<Record<string, unknown>> = {};
  /** Null while `close` was not called. */
  closeReason: CloseReason | null = null;

  readonly #hooks: FakePeerHooks;
  readonly #queue = new WorkQueue();
  #phase: 'negotiating' | 'connected' | 'ended' = 'negotiating';
  #stage: TransportStage = 'answer';
  #closing: Promise<void> | null = null;

  constructor(request: PeerRequest, hooks: FakePeerHooks) {
    this.id = request.id;
    this.request = request;
    this.#hooks = hooks;
    const sections = mediaSections(request.plan);
    this.tracks = sections.filter(publishes).map((each) => this.#track(each));
    this.slots = sections.flatMap((each) => this.#slot(each) ?? []);
  }

  get isConnected(): boolean {
    return this.#phase === 'connected';
  }

  answer(): Promise<string> {
    return this.#queue.run(async () => {
      await this.#hooks.beforeAnswer();
      this.candidates.unshift(...this.request.plan.candidates);
      this.#stage = 'ice';
      return fakeAnswer(this.request.plan);
    });
  }

  addCandidate(candidate: Candidate): void {
    if (this.#closing === null) this.candidates.push(candidate);
  }

  idleMs(): number | null {
    return this.#closing === null ? this.idle : null;
  }

  stats(): MediaPeerStats {
    return this.counted;
  }

  get stage(): TransportStage {
    return this.#stage;
  }

  line(): LineFigures {
    return this.#closing === null ? this.way : { loss: null, queueMs: null };
  }

  streams(): readonly StreamQuality[] {
    return this.#closing === null ? this.quality : [];
  }

  details(): Promise<Readonly<Record<string, unknown>>> {
    return this.#queue.run(() => Promise.resolve(this.detailed));
  }

  graph(): string | null {
    return this.#closing === null ? `digraph "${this.id}" {}` : null;
  }

  close(reason: CloseReason): Promise<void> {
    this.closeReason ??= reason;
    this.#phase = 'ended';
    this.#closing ??= this.#queue.close(() => {
      this.events.clear();
      this.#hooks.onFreed(this);
    });
    return this.#closing;
  }

  /** ICE and DTLS come up. */
  connect(): void {
    if (this.#phase !== 'negotiating') return;
    this.#phase = 'connected';
    this.#stage = 'connected';
    this.idle = 0;
    this.events.emit('connected');
  }

  /** ICE comes up, DTLS does not yet. */
  reachDtls(): void {
    if (this.#phase === 'negotiating') this.#stage = 'dtls';
  }

  /** The transport ends by itself. */
  end(reason: 'gone' | 'failed', detail = 'by the test'): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    this.events.emit('ended', reason, detail);
  }

  /** The client's `events` data channel opens. */
  openChannel(): FakeChannel {
    const channel = new FakeChannel();
    if (this.#phase !== 'ended') this.events.emit('channel', channel);
    return channel;
  }

  #track({ mid, kind }: MediaSection): Track {
    return Object.freeze({ peer: this.id, mid, kind });
  }

  #slot({ mid, kind, slot }: MediaSection): Slot | null {
    return slot === null ? null : Object.freeze({ peer: this.id, mid, kind, index: slot.index });
  }
}
