import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import { ServiceError } from '../base/errors.ts';
import type { UserId } from '../base/ids.ts';
import type { Device } from '../peer/types.ts';
import { MAX_OFFER_BYTES } from '../sdp/limits.ts';
import { Session } from './session.ts';
import type { SessionPorts, SessionReport } from './types.ts';
import { WaitingRoom } from './waiting.ts';

export interface SessionsOptions {
  readonly ports: SessionPorts;
  /** Milliseconds. */
  readonly offerTimeout: number;
  /** Milliseconds a client has to answer our close frame before its socket is cut. */
  readonly closeGrace?: number;
  readonly limits?: { readonly perUser: number; readonly total: number };
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export type SessionsEvents = {
  closed: [report: SessionReport];
};

const CLOSE_GRACE_MS = 5_000;
/** Sockets that have sent no offer, from the contract. */
const WAITING_LIMITS = { perUser: 4, total: 1000 };

/** Every WebSocket there is, and the door they come in by. */
export class Sessions {
  readonly events: Emitter<SessionsEvents>;
  readonly #options: SessionsOptions;
  readonly #server: WebSocketServer;
  readonly #sessions = new Set<Session>();
  readonly #waiting: WaitingRoom<UserId, Session>;
  /** What was wrong with the handshake that is being checked: ws checks it in one go. */
  #refused: ServiceError | null = null;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.events = new Emitter(options.onError);
    this.#waiting = new WaitingRoom(options.limits ?? WAITING_LIMITS);
    // `closeTimeout` is not in the type package yet.
    const server: ServerOptions & { closeTimeout: number } = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: MAX_OFFER_BYTES,
      closeTimeout: options.closeGrace ?? CLOSE_GRACE_MS,
    };
    this.#server = new WebSocketServer(server);
    this.#server.on('wsClientError', (error) => {
      this.#refused = new ServiceError('upgrade-required', { detail: error.message });
    });
  }

  /** Sockets that are not gone yet. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Sockets without an offer. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Makes a WebSocket of an admitted upgrade request. Returns an error where the handshake is not one; then the socket
   * is still the caller's to answer on.
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, device: Device): ServiceError | null {
    this.#refused = null;
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket, device));
    return this.#refused;
  }

  /** Tells every client 1001; resolves when the last socket is gone, after the grace at the latest. */
  async close(): Promise<void> {
    const gone = [...this.#sessions].map(
      (session) => new Promise<void>((resolve) => void session.events.on('closed', () => resolve())),
    );
    for (const session of [...this.#sessions]) session.close(new ServiceError('draining'));
    await Promise.all(gone);
  }

  #accept(socket: WebSocket, device: Device): void {
    const { ports, offerTimeout, clock, onError } = this.#options;
    const session = new Session({ socket, device, ports, offerTimeout, clock, onError });
    this.#sessions.add(session);
    session.events.on('wait-over', () => this.#waiting.leave(session));
    session.events.on('closed', (report) => {
      this.#sessions.delete(session);
      this.events.emit('closed', report);
    });
    for (const displaced of this.#waiting.enter(device.userid, session)) {
      displaced.close(new ServiceError('offer-displaced'));
    }
  }
}
