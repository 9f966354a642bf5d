import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import { ServiceError, type ErrorCode } from '../base/errors.ts';
import type { Peer } from '../peer/peer.ts';
import type { Device, PeerEnd } from '../peer/types.ts';
import type { OfferPlan } from '../sdp/types.ts';
import { closureOf, endError, ESTABLISHED, type Closure } from './close-codes.ts';
import type { SessionPorts, SessionReport, SessionState } from './types.ts';

export interface SessionOptions {
  readonly socket: WebSocket;
  readonly device: Device;
  readonly ports: SessionPorts;
  /** Milliseconds. */
  readonly offerTimeout: number;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export type SessionEvents = {
  /** It no longer waits for an offer: one came, or the session is over. Once. */
  'wait-over': [];
  /** The socket is gone. Once, last. */
  closed: [report: SessionReport];
};

/** One WebSocket: the raw offer in, the raw answer out, closed when the peer connection is established. */
export class Session {
  readonly device: Device;
  readonly events: Emitter<SessionEvents>;
  readonly #options: SessionOptions;
  readonly #socket: WebSocket;
  #state: SessionState;
  #sent: Closure | null = null;
  #error: ErrorCode | null = null;
  #ignored = 0;

  constructor(options: SessionOptions) {
    const { socket, device, clock, offerTimeout, onError } = options;
    this.device = device;
    this.events = new Emitter(onError);
    this.#options = options;
    this.#socket = socket;
    const timer = clock.after(offerTimeout, () => this.close(new ServiceError('offer-timeout')));
    this.#state = { state: 'waiting', timer };
    socket.on('message', (data, isBinary) => {
      try {
        this.#message(data, isBinary);
      } catch (error) {
        this.close(error);
      }
    });
    socket.on('close', (code) => this.#gone(code));
    socket.on('error', (error) => this.#socketError(error));
  }

  get state(): SessionState['state'] {
    return this.#state.state;
  }

  /** Sends the close frame for an error of the service or of the client. Does not touch the peer. Idempotent. */
  close(error: unknown): void {
    if (!(error instanceof ServiceError)) this.#options.onError(error);
    if (this.#state.state === 'closed') return;
    this.#error = error instanceof ServiceError ? error.code : 'internal';
    this.#end(closureOf(error));
  }

  #message(data: RawData, isBinary: boolean): void {
    const state = this.#state;
    switch (state.state) {
      case 'waiting':
        this.#offer(data, isBinary);
        return;
      case 'answering':
      case 'answered':
        if (isBinary || !this.#trickle(data, state.peer, state.plan)) this.#ignored++;
        return;
      case 'closed':
        return;
      default:
        state satisfies never;
    }
  }

  /**
   * Whatever goes wrong with the socket ends in `close`, which is where it is told. A message above the limit ws has
   * answered already, with 1009: what is left is to say that this was the offer.
   */
  #socketError(error: Error & { code?: unknown }): void {
    const isTooLarge = error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    if (isTooLarge && this.#state.state === 'waiting') this.close(new ServiceError('offer-too-large'));
  }

  #offer(data: RawData, isBinary: boolean): void {
    const plan = this.#options.ports.plan(decode(data));
    const peer = this.#options.ports.open(this.device, plan);
    this.#enter({ state: 'answering', peer, plan });
    peer.events.on('ended', (end) => this.#peerEnded(end));
    void this.#answer(peer, plan, isBinary);
  }

  async #answer(peer: Peer, plan: OfferPlan, isBinary: boolean): Promise<void> {
    try {
      const answer = await peer.answer();
      if (this.#state.state !== 'answering') return;
      this.#state = { state: 'answered', peer, plan };
      this.#socket.send(isBinary ? Buffer.from(answer) : answer, { binary: isBinary }, (error) => {
        // The client closed while the answer was made: nobody will ever connect.
        if (error) void peer.close('abandoned');
      });
      peer.events.on('connected', () => this.#end(ESTABLISHED));
      if (peer.state === 'connected') this.#end(ESTABLISHED);
    } catch (error) {
      this.close(error);
    }
  }

  #trickle(data: RawData, peer: Peer, plan: OfferPlan): boolean {
    const candidate = this.#options.ports.trickle(decode(data), plan);
    return candidate !== null && peer.addCandidate(candidate);
  }

  #peerEnded(end: PeerEnd): void {
    this.close(end.error ?? endError(end.reason));
  }

  #end(closure: Closure): void {
    if (this.#state.state === 'closed') return;
    this.#enter({ state: 'closed' });
    this.#sent = closure;
    this.#socket.close(closure.code, closure.reason);
  }

  #gone(code: number): void {
    const state = this.#state;
    this.#enter({ state: 'closed' });
    if (state.state === 'answering') void state.peer.close('abandoned');
    this.events.emit('closed', {
      device: this.device,
      code: this.#sent?.code ?? code,
      error: this.#error,
      ignored: this.#ignored,
    });
    this.events.clear();
  }

  #enter(next: SessionState): void {
    const state = this.#state;
    this.#state = next;
    if (state.state !== 'waiting') return;
    state.timer.cancel();
    this.events.emit('wait-over');
  }
}

/** Text frames are UTF-8 already (ws closes with 1007 else); binary ones have to be. */
const decode = (data: RawData): string => {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : data;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ServiceError('offer-malformed', { detail: 'not UTF-8' });
  }
};
