import type { Clock, Timer } from '../base/clock.ts';
import type { CloseReason } from '../base/close-reason.ts';
import { Emitter } from '../base/emitter.ts';
import { ServiceError } from '../base/errors.ts';
import type { ClientId, Csrc, PeerId, UserId } from '../base/ids.ts';
import { WorkQueue } from '../base/work-queue.ts';
import type { LineFigures, MediaPeer, MediaPeerStats, Slot, StreamQuality, Track } from '../media/types.ts';
import type { Candidate, SectionPlan } from '../sdp/types.ts';
import type { Device, PeerEnd, PeerEvents, PeerState } from './types.ts';

/** Longer than all that has a deadline takes together: what is not freed by then never is, and somebody has to know. */
const FREED_WITHIN_MS = 60_000;

export interface PeerOptions {
  readonly device: Device;
  readonly csrc: Csrc;
  readonly media: MediaPeer;
  readonly sections: readonly SectionPlan[];
  /** How many candidates the offer brought; they count against `maxCandidates`. */
  readonly offeredCandidates: number;
  /** Remote candidates in all, offered and trickled. */
  readonly maxCandidates: number;
  /** Milliseconds for the answer, and again for the connection after it. */
  readonly connectTimeout: number;
  readonly clock: Clock;
  /** Gets what must not stop anything: a listener that threw, a media plane that failed to close or does not get done. */
  readonly onError: (error: unknown) => void;
}

/**
 * The life of one device's connection (see `PeerState`). It has the shape of a conversation's `Member`.
 *
 * One work queue orders what is asked of the media side: the answer, then candidates, then the close. So nothing is
 * freed while an answer is in the making, and a candidate never overtakes the answer.
 */
export class Peer {
  readonly id: PeerId;
  readonly userid: UserId;
  readonly clientid: ClientId;
  readonly csrc: Csrc;
  readonly tracks: readonly Track[];
  readonly slots: readonly Slot[];
  /** What was negotiated, in the order of the offer. */
  readonly sections: readonly SectionPlan[];
  readonly events: Emitter<PeerEvents>;

  readonly #media: MediaPeer;
  readonly #options: PeerOptions;
  readonly #queue = new WorkQueue();
  #state: PeerState = { state: 'offered' };
  #candidates: number;

  constructor(options: PeerOptions) {
    const { device, csrc, media } = options;
    this.id = media.id;
    this.userid = device.userid;
    this.clientid = device.clientid;
    this.csrc = csrc;
    this.tracks = media.tracks;
    this.slots = media.slots;
    this.sections = options.sections;
    this.events = new Emitter(options.onError);
    this.#media = media;
    this.#options = options;
    this.#candidates = options.offeredCandidates;
    media.events.on('connected', () => this.#connected());
    media.events.on('ended', (reason, detail) => this.#mediaEnded(reason, detail));
    media.events.on('channel', (channel) => {
      if (!this.#isEnding()) this.events.emit('channel', channel);
    });
  }

  get state(): PeerState['state'] {
    return this.#state.state;
  }

  /** When ICE and DTLS came up, on the peer's clock; null while not connected. */
  get connectedSince(): number | null {
    return this.#state.state === 'connected' ? this.#state.since : null;
  }

  /** The answer's SDP. Call once. Rejects with a `ServiceError` where there is none; the peer has ended then. */
  async answer(): Promise<string> {
    if (this.#state.state !== 'offered') throw this.#endError();
    this.#state = { state: 'answering', timer: this.#deadline() };
    let text: string;
    try {
      text = await this.#queue.run(async () => {
        const answer = await this.#media.answer();
        this.#answered();
        return answer;
      });
    } catch (cause) {
      const error = cause instanceof ServiceError ? cause : new ServiceError('connect-failed', { cause });
      void this.close('failed', error, 'no answer');
      throw this.#endError();
    }
    if (this.#isEnding()) throw this.#endError();
    return text;
  }

  /** False where the candidate is one too many, or the peer has ended. */
  addCandidate(candidate: Candidate): boolean {
    if (this.#isEnding() || this.#candidates >= this.#options.maxCandidates) return false;
    this.#candidates++;
    this.#queue.run(() => this.#media.addCandidate(candidate)).catch(this.#options.onError);
    return true;
  }

  /** Milliseconds since anything at all arrived; before that since the connection came up; null while not connected. */
  idleMs(): number | null {
    const since = this.connectedSince;
    if (since === null) return null;
    return this.#media.idleMs() ?? this.#options.clock.now() - since;
  }

  stats(): MediaPeerStats {
    return this.#media.stats();
  }

  line(): LineFigures {
    return this.#media.line();
  }

  streams(): readonly StreamQuality[] {
    return this.#media.streams();
  }

  /** Rejects where the peer is ending, or the media plane does not say. */
  details(): Promise<Readonly<Record<string, unknown>>> {
    return this.#media.details();
  }

  /** What it is made of; null once it is ending. */
  graph(): string | null {
    return this.#isEnding() ? null : this.#media.graph();
  }

  /** Idempotent: the first reason counts. Resolves when everything is freed, and never rejects. */
  close(reason: CloseReason, error: ServiceError | null = null, detail: string | null = null): Promise<void> {
    if (this.#state.state === 'closing' || this.#state.state === 'closed') return this.#state.done;
    if ('timer' in this.#state) this.#state.timer.cancel();
    const end: PeerEnd = { reason, error, detail, stage: this.#media.stage };
    const late = this.#options.clock.after(FREED_WITHIN_MS, () => this.#notFreed(end));
    // The queue starts nothing before this returns: what the listeners of `ended` send goes out ahead of the end.
    const done: Promise<void> = this.#queue
      .close(() => this.#media.close(reason))
      .catch(this.#options.onError)
      .then(() => {
        late.cancel();
        this.#closed(end, done);
      });
    this.#state = { state: 'closing', end, done };
    this.events.emit('ended', end);
    return done;
  }

  /** Starts the wait for the connection, unless the peer ended while the answer was made. */
  #answered(): void {
    if (this.#state.state !== 'answering') return;
    this.#state.timer.cancel();
    this.#state = { state: 'answered', timer: this.#deadline() };
  }

  #connected(): void {
    // The report may overtake the answer's promise: then it waits its turn behind it.
    if (this.#state.state === 'answering') void this.#queue.run(() => this.#connected());
    if (this.#state.state !== 'answered') return;
    this.#state.timer.cancel();
    this.#state = { state: 'connected', since: this.#options.clock.now() };
    this.events.emit('connected');
  }

  #mediaEnded(reason: 'gone' | 'failed', detail: string): void {
    if (this.#state.state === 'connected') void this.close(reason, null, detail);
    // Not up yet: whatever happened, the client's socket may still wait for a connection that will not come.
    else void this.close('failed', new ServiceError('connect-failed'), detail);
  }

  #closed(end: PeerEnd, done: Promise<void>): void {
    this.#state = { state: 'closed', end, done };
    this.events.emit('closed');
    this.events.clear();
  }

  #notFreed({ reason, stage }: PeerEnd): void {
    const what = `peer ${this.id}, which ended as ${reason} at ${stage}, is not freed`;
    this.#options.onError(new Error(`${what} after ${FREED_WITHIN_MS / 1000} s`));
  }

  #deadline(): Timer {
    const { clock, connectTimeout } = this.#options;
    return clock.after(connectTimeout, () => void this.close('failed', new ServiceError('connect-timeout')));
  }

  #isEnding(): boolean {
    return this.#state.state === 'closing' || this.#state.state === 'closed';
  }

  #endError(): ServiceError {
    const end = 'end' in this.#state ? this.#state.end : null;
    return end?.error ?? new ServiceError(end?.reason === 'replaced' ? 'replaced' : 'connect-failed');
  }
}
