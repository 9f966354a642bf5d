import type { AddressInfo } from 'node:net';
import { createAdminListener } from './app/admin-listener.ts';
import { followCertificate } from './app/certificate.ts';
import { createContext, type Context, type Overrides } from './app/context.ts';
import { createLines } from './app/congestion.ts';
import { createRegistry } from './app/conversations.ts';
import { conversationsOver } from './app/drain.ts';
import { createChannels, createDirectory, observePeers } from './app/peers.ts';
import { createAdmission, type Admission } from './app/permissions.ts';
import { createPublicListener } from './app/public-listener.ts';
import { createHeadroom } from './app/headroom.ts';
import { createMetrics } from './app/metrics.ts';
import { completeRecordings, createRecordings, type RecordingParts } from './app/recordings.ts';
import { createSessions } from './app/sessions.ts';
import { warnOfSetUp } from './app/warnings.ts';
import { openWebhooks } from './app/webhooks.ts';
import type { Channels } from './channel/channels.ts';
import type { Config } from './config/config.ts';
import { formatListen } from './config/listen.ts';
import type { Lines } from './conversation/congestion/lines.ts';
import type { Registry } from './conversation/registry.ts';
import { Drawer } from './drawing/drawer.ts';
import type { HttpServer } from './http/server.ts';
import type { PeerDirectory } from './peer/directory.ts';
import type { Sampler } from './metrics/sampler.ts';
import { Liveness } from './peer/liveness.ts';
import type { Recordings } from './recording/service/recordings.ts';
import type { Sessions } from './signalling/sessions.ts';
import type { Webhooks } from './webhooks/webhooks.ts';

export type { Overrides } from './app/context.ts';

export interface Counts {
  readonly sockets: number;
  /** Sockets without an offer. */
  readonly waiting: number;
  readonly peers: number;
  /** Open `events` channels. */
  readonly channels: number;
  readonly joins: number;
  readonly conversations: number;
}

/** Builds the service; nothing listens before `start`. Rejects with `elements-missing` where GStreamer is not whole. */
export const createApp = async (config: Config, overrides: Overrides = {}): Promise<App> =>
  new App(await createContext(config, overrides));

/** What waits for delivery at the end gets so long; the rest is delivered after the next start. */
const WEBHOOK_FLUSH_MS = 2_000;

/** The parts, and the order in which they begin and end. How each is joined to the others stands in `app/`. */
export class App implements AsyncDisposable {
  readonly #context: Context;
  readonly #registry: Registry;
  readonly #admission: Admission;
  readonly #directory: PeerDirectory;
  readonly #lines: Lines;
  readonly #channels: Channels;
  readonly #recordings: Recordings;
  readonly #checkPipelines: RecordingParts['check'];
  readonly #liveness: Liveness;
  readonly #sessions: Sessions;
  readonly #sampler: Sampler;
  readonly #server: HttpServer;
  readonly #drawer: Drawer;
  readonly #admin: HttpServer;
  #webhooks: Webhooks | null = null;
  #unwatch: () => void = () => undefined;
  #closed: Promise<void> | null = null;

  constructor(context: Context) {
    const { config, clock } = context;
    this.#context = context;
    this.#registry = createRegistry(context);
    this.#admission = createAdmission(context, this.#registry);
    const headroom = createHeadroom(context, () => this.#server.connections + this.#admin.connections);
    this.#directory = createDirectory(context, headroom);
    const { recordings, check } = createRecordings(context, this.#registry, headroom);
    this.#recordings = recordings;
    this.#checkPipelines = check;
    this.#lines = createLines(context, this.#directory, this.#registry);
    this.#channels = createChannels(context, this.#registry, this.#recordings, this.#lines);
    observePeers(context, this.#directory, this.#admission.devices, this.#channels);
    this.#liveness = new Liveness({ peers: this.#directory, timeout: config.peerTimeoutMs, clock });
    this.#sessions = createSessions(context, this.#directory);
    this.#server = createPublicListener(context, this.#directory, this.#admission.joins, this.#sessions, headroom);
    const { metrics, sampler } = createMetrics(context, {
      directory: this.#directory,
      registry: this.#registry,
      lines: this.#lines,
      channels: this.#channels,
      recordings: this.#recordings,
      sessions: this.#sessions,
      webhooksWaiting: () => this.#webhooks?.waiting ?? 0,
    });
    this.#sampler = sampler;
    this.#drawer = new Drawer(context.overrides.drawing);
    this.#admin = createAdminListener(context, {
      directory: this.#directory,
      registry: this.#registry,
      recordings: this.#recordings,
      joins: this.#admission.joins,
      metrics,
      drawer: this.#drawer,
      headroom,
    });
  }

  /** Where the public listener listens; null while it does not. */
  get address(): AddressInfo | null {
    return this.#server.address;
  }

  /** Where the admin listener listens; null while it does not. */
  get adminAddress(): AddressInfo | null {
    return this.#admin.address;
  }

  /** What there is now: all 0 once everything ended. */
  get counts(): Counts {
    const { joins, conversations } = this.#registry.counts;
    return {
      sockets: this.#sessions.size,
      waiting: this.#sessions.waiting,
      peers: this.#directory.size,
      channels: this.#channels.size,
      joins,
      conversations,
    };
  }

  /**
   * Opens the listener. Rejects with a `ServiceError`: `listen`, `config` where the spool of webhooks is unusable, or
   * `pipelines` where GStreamer does not take one.
   */
  async start(): Promise<void> {
    const { config, reporter } = this.#context;
    await this.#checkPipelines();
    this.#webhooks = await openWebhooks(this.#context);
    void completeRecordings(this.#context, this.#recordings);
    if (config.adminListen !== null) await this.#admin.listen(config.adminListen);
    await this.#server.listen(config.listen);
    this.#unwatch = followCertificate(this.#context, this.#server);
    warnOfSetUp(this.#context);
    const { host } = config.listen;
    reporter.serverListening(formatListen({ host, port: this.address?.port ?? 0 }), this.#adminText());
  }

  /** Reports what nobody caught. */
  fault(error: unknown): void {
    this.#context.reporter.fault(error);
  }

  /** Lets nobody new in; who is connected stays. Resolves when the last conversation ended, or after `DRAIN_TIMEOUT`. */
  drain(): Promise<void> {
    if (!this.#directory.isDraining) {
      this.#directory.drain();
      this.#context.reporter.serverDraining(this.#directory.size);
    }
    return conversationsOver(this.#registry, this.#context.config.drainTimeoutMs, this.#context.clock);
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
    const { clock, plane, reporter } = this.#context;
    const started = clock.now();
    const wasOpen = this.address !== null;
    if (wasOpen) void this.drain();
    else this.#directory.drain();
    this.#unwatch();
    const listenerClosed = this.#server.close();
    this.#liveness.stop();
    this.#lines.stop();
    this.#admission.close();
    this.#sampler.stop();
    // While the members are there: what they have said by now is recorded.
    await this.#recordings.close();
    await Promise.all([this.#sessions.close(), this.#directory.close()]);
    this.#channels.close();
    this.#registry.close();
    // Last, so that an orchestrator can ask as long as there is something to know.
    await Promise.all([plane.close(), listenerClosed]);
    await this.#drawer.close();
    await this.#admin.close();
    await this.#webhooks?.close(WEBHOOK_FLUSH_MS);
    if (wasOpen) reporter.serverClosed(Math.round(clock.now() - started));
    await this.#context.flushLog();
  }

  #adminText(): string | null {
    const { adminListen } = this.#context.config;
    const port = this.adminAddress?.port;
    return adminListen === null || port === undefined ? null : formatListen({ ...adminListen, port });
  }
}
