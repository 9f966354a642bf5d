import type { CloseReason } from '../../../src/base/close-reason.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import type { Mid } from '../../../src/base/ids.ts';
import type {
  ForwardingGraph,
  MediaPeer,
  MediaPeerEvents,
  MediaPlane,
  MediaTap,
  PeerRequest,
  TransportStage,
} from '../../../src/media/types.ts';
import type { Candidate, OfferPlan } from '../../../src/sdp/types.ts';
import { deferred } from '../../support/deferred.ts';

/** A media peer whose every step is the test's to take. `log` is what was asked of it, in order. */
export class StubMedia implements MediaPeer {
  readonly id;
  readonly request: PeerRequest;
  readonly events = new Emitter<MediaPeerEvents>();
  readonly tracks = [];
  readonly slots = [];
  readonly log: string[] = [];
  readonly answers = deferred<string>();
  readonly closes = deferred<undefined>();
  idle: number | null = null;
  stage: TransportStage = 'answer';

  constructor(request: PeerRequest) {
    this.id = request.id;
    this.request = request;
  }

  answer(): Promise<string> {
    this.log.push('answer');
    return this.answers.promise;
  }

  addCandidate(candidate: Candidate): void {
    this.log.push(`candidate ${candidate.port}`);
  }

  idleMs(): number | null {
    return this.idle;
  }

  stats(): never {
    throw new Error('not asked for');
  }

  line(): never {
    throw new Error('not asked');
  }
  streams(): never {
    throw new Error('not asked for');
  }

  graph(): never {
    throw new Error('not asked for');
  }

  details(): never {
    throw new Error('not asked for');
  }

  close(reason: CloseReason): Promise<void> {
    this.log.push(`close ${reason}`);
    return this.closes.promise;
  }
}

/** Opens stubs and keeps them in `opened`, in order. */
export class StubPlane implements MediaPlane {
  readonly opened: StubMedia[] = [];
  readonly #live = new Set<StubMedia>();
  /** What `checkReady` throws, and `openPeer` with it. */
  broken: Error | null = null;

  get openPeers(): number {
    return this.#live.size;
  }

  checkReady(): void {
    if (this.broken !== null) throw this.broken;
  }

  openPeer(request: PeerRequest): MediaPeer {
    this.checkReady();
    const media = new StubMedia(request);
    this.opened.push(media);
    this.#live.add(media);
    void media.closes.promise.then(() => this.#live.delete(media));
    return media;
  }

  /** The n-th that was opened. */
  media(n: number): StubMedia {
    const media = this.opened[n];
    if (media === undefined) throw new Error(`no peer ${n}`);
    return media;
  }

  openGraph(): ForwardingGraph {
    throw new Error('not asked for');
  }

  openTap(): MediaTap {
    throw new Error('not asked for');
  }

  close(): Promise<void> {
    throw new Error('not asked for');
  }
}

export const candidate = (port: number): Candidate => ({
  mline: 0,
  mid: '0' as Mid,
  line: `candidate:1 1 udp 1 192.0.2.1 ${port} typ host`,
  address: '192.0.2.1',
  port,
});

export const plan = (candidates: readonly Candidate[] = []): OfferPlan => ({
  sections: [],
  candidates,
  droppedCandidates: {},
  ssrcs: new Set(),
  text: '',
});
