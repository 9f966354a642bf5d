import { randomInt } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { systemClock, type Clock } from './base/clock.ts';
import type { Config } from './config/config.ts';
import { isLoopback } from './config/networks.ts';
import { httpPermission } from './conversation/http-permission.ts';
import { Joins } from './conversation/joins.ts';
import { Registry } from './conversation/registry.ts';
import { ConnectRate } from './http/connect-rate.ts';
import { publicApp } from './http/public-app.ts';
import { PublicServer } from './http/server.ts';
import type { MediaPlane } from './media/types.ts';
import { PeerDirectory } from './peer/directory.ts';
import { Liveness } from './peer/liveness.ts';
import { MAX_REMOTE_CANDIDATES } from './sdp/limits.ts';
import { offerPorts } from './signalling/offers.ts';
import { Sessions, type SessionsOptions } from './signalling/sessions.ts';

/** What a test may put in place of the real thing. */
export interface Overrides {
  readonly clock?: Clock;
  readonly plane?: MediaPlane;
  readonly sessions?: Pick<SessionsOptions, 'closeGrace' | 'limits'>;
}

export interface Counts {
  readonly sockets: number;
  /** Sockets without an offer. */
  readonly waiting: number;
  readonly peers: number;
  readonly joins: number;
  readonly conversations: number;
}

/** Builds the service; nothing listens before `start`. Rejects with `elements-missing` where GStreamer is not whole. */
export const createApp = async (config: Config, overrides: Overrides = {}): Promise<App> =>
  new App(config, overrides.plane ?? (await gstPlane(config)), overrides);

/** Loaded only where it is needed: a test on another plane needs no GStreamer. */
const gstPlane = async ({ iceAddresses }: Config): Promise<MediaPlane> => {
  const { createGstPlane } = await import('./media/gst/plane.ts');
  return createGstPlane({ iceAddresses });
};

/** The parts and how they are joined. Nothing else knows more than its own neighbours. */
export class App implements AsyncDisposable {
  readonly #config: Config;
  readonly #plane: MediaPlane;
  readonly #registry: Registry;
  readonly #directory: PeerDirectory;
  readonly #liveness: Liveness;
  readonly #sessions: Sessions;
  readonly #server: PublicServer;
  #closed: Promise<void> | null = null;

  constructor(config: Config, plane: MediaPlane, overrides: Overrides) {
    const clock = overrides.clock ?? systemClock;
    const onError = (error: unknown): void => console.error(error);
    this.#config = config;
    this.#plane = plane;
    this.#registry = new Registry({ ...config, openGraph: () => plane.openGraph(), clock, onFault: onError });
    this.#directory = new PeerDirectory({
      plane,
      maxPeers: config.maxPeers,
      maxCandidates: MAX_REMOTE_CANDIDATES,
      connectTimeout: config.connectTimeoutMs,
      clock,
      onError,
    });
    this.#connectPeersToConversations();
    this.#liveness = new Liveness({ peers: this.#directory, timeout: config.peerTimeoutMs, clock });
    const open: PeerDirectory['open'] = (device, plan) => this.#directory.open(device, plan);
    const ports = { ...offerPorts(offerSettings(config)), open };
    this.#sessions = new Sessions({
      ports,
      offerTimeout: config.offerTimeoutMs,
      clock,
      onError,
      ...overrides.sessions,
    });
    this.#server = new PublicServer(this.#listener(clock, onError));
  }

  /** Where the public listener listens; null while it does not. */
  get address(): AddressInfo | null {
    return this.#server.address;
  }

  /** What there is now: all 0 once everything ended. */
  get counts(): Counts {
    const { joins, conversations } = this.#registry.counts;
    return {
      sockets: this.#sessions.size,
      waiting: this.#sessions.waiting,
      peers: this.#directory.size,
      joins,
      conversations,
    };
  }

  /** Opens the listener. Rejects with a `ServiceError` `listen`. */
  async start(): Promise<void> {
    await this.#server.listen(this.#config.listen);
  }

  /** Lets nobody new in; who is connected stays. */
  drain(): void {
    this.#directory.drain();
  }

  /** Tells every client, frees everything, and resolves when it is done. Idempotent. The order is in docs/closures.md. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.drain();
    const listenerClosed = this.#server.close();
    this.#liveness.stop();
    await Promise.all([this.#sessions.close(), this.#directory.close()]);
    this.#registry.close();
    await Promise.all([this.#plane.close(), listenerClosed]);
  }

  #connectPeersToConversations(): void {
    this.#directory.events.on('connected', (peer, replaced) => {
      if (replaced === null) this.#registry.deviceConnected(peer);
      else this.#registry.deviceReplaced(replaced, peer);
    });
    this.#directory.events.on('ended', (peer, _end, wasCurrent) => {
      if (wasCurrent) this.#registry.deviceGone(peer);
    });
  }

  #listener(clock: Clock, onError: (error: unknown) => void): ReturnType<typeof publicApp> {
    const { corsOrigins, connectRate, permissionsHost } = this.#config;
    const joins = new Joins(this.#registry, permissionsHost === null ? null : httpPermission(permissionsHost));
    return publicApp({
      corsOrigins,
      proxyRules: this.#config,
      connect: {
        admit: (claim) => this.#directory.admit(claim),
        rate: new ConnectRate(connectRate),
        sessions: this.#sessions,
        clock,
      },
      join: {
        admit: () => this.#directory.refuseWhileDraining(),
        join: (user, conversation) => joins.join(user, conversation),
        leave: (user, conversation) => joins.leave(user, conversation),
      },
      onError,
    });
  }
}

const offerSettings = ({ maxSlots, videoCodec, iceAddresses, iceDeny }: Config): Parameters<typeof offerPorts>[0] => ({
  maxSlots,
  videoCodec,
  candidates: { allowLoopback: iceAddresses.some(isLoopback), deny: iceDeny },
  random: () => randomInt(2 ** 32) / 2 ** 32,
});
