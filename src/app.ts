import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { AddressInfo } from 'node:net';
import { systemClock, type Clock } from './base/clock.ts';
import { createLogger } from './base/log.ts';
import { Channels } from './channel/channels.ts';
import type { ConversationId } from './base/ids.ts';
import { exposureWarning, type Config } from './config/config.ts';
import { formatListen } from './config/listen.ts';
import { isLoopback } from './config/networks.ts';
import { observeConversations } from './events/observe.ts';
import { errorText } from './events/error-text.ts';
import { logSink } from './events/log-sink.ts';
import { Reporter } from './events/reporter.ts';
import { httpPermission } from './conversation/http-permission.ts';
import { Joins } from './conversation/joins.ts';
import { Registry } from './conversation/registry.ts';
import { ConnectRate } from './http/connect-rate.ts';
import { publicApp } from './http/public-app.ts';
import { adminApp } from './http/admin/admin-app.ts';
import { HttpServer } from './http/server.ts';
import { localAddresses } from './media/gst/ice.ts';
import type { MediaPlane } from './media/types.ts';
import { loadPipelines } from './recording/service/pipelines.ts';
import { Recordings } from './recording/service/recordings.ts';
import { PeerDirectory } from './peer/directory.ts';
import { Liveness } from './peer/liveness.ts';
import { httpSend } from './webhooks/http-send.ts';
import { Webhooks } from './webhooks/webhooks.ts';
import { MAX_REMOTE_CANDIDATES } from './sdp/limits.ts';
import { offerPorts } from './signalling/offers.ts';
import { Sessions, type SessionsOptions } from './signalling/sessions.ts';

/** What a test may put in place of the real thing. */
export interface Overrides {
  readonly clock?: Clock;
  readonly plane?: MediaPlane;
  readonly reporter?: Reporter;
  readonly sessions?: Pick<SessionsOptions, 'closeGrace' | 'limits'>;
  /** The program of a recorder. */
  readonly recorder?: string;
}

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
  new App(config, overrides.plane ?? (await gstPlane(config)), overrides);

/** Loaded only where it is needed: a test on another plane needs no GStreamer. */
const gstPlane = async ({ iceAddresses }: Config): Promise<MediaPlane> => {
  const { createGstPlane } = await import('./media/gst/plane.ts');
  return createGstPlane({ iceAddresses });
};

/** `pipelines/` lies beside `src/` and `dist/` alike. */
const PIPELINES = fileURLToPath(new URL('../pipelines', import.meta.url));

/** What waits for delivery at the end gets so long; the rest is delivered after the next start. */
const WEBHOOK_FLUSH_MS = 2_000;

/** The parts and how they are joined. Nothing else knows more than its own neighbours. */
export class App implements AsyncDisposable {
  readonly #config: Config;
  readonly #plane: MediaPlane;
  readonly #reporter: Reporter;
  readonly #clock: Clock;
  readonly #registry: Registry;
  readonly #directory: PeerDirectory;
  readonly #channels: Channels;
  readonly #recordings: Recordings;
  readonly #liveness: Liveness;
  readonly #sessions: Sessions;
  readonly #server: HttpServer;
  readonly #admin: HttpServer;
  #webhooks: Webhooks | null = null;
  #closed: Promise<void> | null = null;

  constructor(config: Config, plane: MediaPlane, overrides: Overrides) {
    const clock = overrides.clock ?? systemClock;
    const reporter = overrides.reporter ?? new Reporter([logSink(createLogger(config.logLevel))]);
    const onError = (error: unknown): void => reporter.fault(error);
    this.#config = config;
    this.#plane = plane;
    this.#reporter = reporter;
    this.#clock = clock;
    this.#registry = new Registry({ ...config, openGraph: () => plane.openGraph(), clock, onFault: onError });
    this.#directory = new PeerDirectory({
      plane,
      maxPeers: config.maxPeers,
      maxCandidates: MAX_REMOTE_CANDIDATES,
      connectTimeout: config.connectTimeoutMs,
      clock,
      onError,
    });
    this.#recordings = this.#createRecordings(overrides.recorder);
    const isRecorded = (id: ConversationId): boolean => this.#recordings.isRecorded(id);
    this.#channels = new Channels({ conversations: this.#registry, isRecorded, clock, onError });
    this.#observePeers();
    this.#observeChannels();
    this.#observeRecordings();
    observeConversations(this.#registry.events, reporter);
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
    this.#sessions.events.on('closed', (report) => reporter.socketClosed(report));
    this.#server = new HttpServer('LISTEN', this.#listener());
    this.#admin = new HttpServer('ADMIN_LISTEN', this.#adminListener());
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

  /** Opens the listener. Rejects with a `ServiceError` `listen`, or `config` where the spool of webhooks is unusable. */
  async start(): Promise<void> {
    await this.#openWebhooks();
    void this.#completeRecordings();
    const { adminListen } = this.#config;
    if (adminListen !== null) await this.#admin.listen(adminListen);
    await this.#server.listen(this.#config.listen);
    const warning = exposureWarning(this.#config);
    if (warning !== null) this.#reporter.listenerExposed(warning);
    const { host } = this.#config.listen;
    this.#reporter.serverListening(formatListen({ host, port: this.address?.port ?? 0 }), this.#adminText());
  }

  /** Reports what nobody caught. */
  fault(error: unknown): void {
    this.#reporter.fault(error);
  }

  /** Lets nobody new in; who is connected stays. */
  drain(): void {
    if (this.#directory.isDraining) return;
    this.#directory.drain();
    this.#reporter.serverDraining(this.#directory.size);
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
    const started = this.#clock.now();
    const wasOpen = this.address !== null;
    if (wasOpen) this.drain();
    else this.#directory.drain();
    const listenerClosed = this.#server.close();
    this.#liveness.stop();
    // While the members are there: what they have said by now is recorded.
    await this.#recordings.close();
    await Promise.all([this.#sessions.close(), this.#directory.close()]);
    this.#channels.close();
    this.#registry.close();
    // Last, so that an orchestrator can ask as long as there is something to know.
    await Promise.all([this.#plane.close(), listenerClosed]);
    await this.#admin.close();
    await this.#webhooks?.close(WEBHOOK_FLUSH_MS);
    if (wasOpen) this.#reporter.serverClosed(Math.round(this.#clock.now() - started));
  }

  async #openWebhooks(): Promise<void> {
    const { webhooks } = this.#config;
    if (webhooks === null) return;
    const wallMs = (): number => Date.now();
    this.#webhooks = await Webhooks.open({
      ...webhooks,
      send: httpSend({ ...webhooks, wallMs }),
      clock: this.#clock,
      wallMs,
      random: () => randomInt(2 ** 32) / 2 ** 32,
      report: this.#reporter,
    });
    this.#reporter.addSink(this.#webhooks.sink);
  }

  /** What peers tell goes to their conversations and into the log. */
  #observePeers(): void {
    this.#directory.events.on('opened', (peer, plan) => {
      this.#reporter.peerOpened(peer, plan);
      peer.events.on('channel', (channel) => this.#channels.open(peer, channel));
    });
    this.#directory.events.on('connected', (peer, replaced) => {
      this.#reporter.peerConnected(peer, replaced?.id ?? null);
      if (replaced === null) this.#registry.deviceConnected(peer);
      else this.#registry.deviceReplaced(replaced, peer);
    });
    this.#directory.events.on('ended', (peer, end, wasCurrent) => {
      this.#channels.end(peer.id, end.reason);
      this.#reporter.peerEnded(peer, end);
      // An answer that failed: the client is told the code only, the reason is ours.
      if (end.error?.cause !== undefined) this.#reporter.fault(end.error.cause);
      if (wasCurrent) this.#registry.deviceGone(peer);
    });
  }

  #observeChannels(): void {
    this.#channels.events.on('opened', (member) => this.#reporter.channelOpened(member));
    this.#channels.events.on('closed', (member, report) => this.#reporter.channelClosed(member, report));
  }

  #createRecordings(program: string | undefined): Recordings {
    const { recording } = this.#config;
    return new Recordings({
      ...recording,
      pipelines: loadPipelines(PIPELINES),
      plane: this.#plane,
      conversations: this.#registry,
      clock: this.#clock,
      wallMs: () => Date.now(),
      reports: this.#reporter,
      onFault: (error) => this.#reporter.fault(error),
      ...(program !== undefined && { program }),
    });
  }

  /** A recording begins with the first member, where it is wanted of every such conversation, and ends with the last. */
  #observeRecordings(): void {
    const { isRecorded, pipeline } = this.#config.recording;
    const { events } = this.#registry;
    this.#recordings.events.on('changed', (conversation) => this.#channels.recordingChanged(conversation));
    events.on('closed', (conversation) => this.#recordings.conversationEnded(conversation));
    events.on('opened', (conversation) => {
      if (!isRecorded(conversation)) return;
      // Not now: the conversation is told of in the middle of things, and nobody is in it yet.
      queueMicrotask(() => {
        this.#recordings.start(conversation, pipeline, 'RECORD').catch((error: unknown) => {
          this.#reporter.recordingFailed({ recording: null, conversation }, errorText(error));
        });
      });
    });
  }

  async #completeRecordings(): Promise<void> {
    try {
      const count = await this.#recordings.completeInterrupted();
      if (count > 0) this.#reporter.recordingsCompleted(count);
    } catch (error) {
      this.#reporter.fault(error);
    }
  }

  #adminText(): string | null {
    const { adminListen } = this.#config;
    const port = this.adminAddress?.port;
    return adminListen === null || port === undefined ? null : formatListen({ ...adminListen, port });
  }

  #adminListener(): ReturnType<typeof adminApp> {
    return adminApp({
      rules: this.#config,
      checkHealth: () => this.#plane.checkReady(),
      checkReady: () => this.#directory.refuseWhileDraining(),
      conversations: {
        list: () => this.#registry.conversations,
        usersOf: (id) => this.#registry.usersOf(id),
        membersOf: (id) => this.#registry.membersOf(id),
      },
      recordings: this.#recordingPorts(),
      onRefused: (route, error) => this.#reporter.requestRefused(route, error),
      onError: (error) => this.#reporter.fault(error),
    });
  }

  #recordingPorts(): Parameters<typeof adminApp>[0]['recordings'] {
    const recordings = this.#recordings;
    return {
      list: () => recordings.list.map((each) => each.summary),
      get: (id) => recordings.get(id)?.summary ?? null,
      manifestOf: (id) => recordings.get(id)?.manifest ?? null,
      start: async (id, pipeline) => (await recordings.start(id, pipeline, 'the admin listener')).name.recording,
      stop: (id) => recordings.stop(id, 'it was asked for'),
    };
  }

  #listener(): ReturnType<typeof publicApp> {
    const { corsOrigins, connectRate, permissionsHost } = this.#config;
    const joins = new Joins(this.#registry, permissionsHost === null ? null : httpPermission(permissionsHost));
    return publicApp({
      corsOrigins,
      proxyRules: this.#config,
      connect: {
        admit: (claim) => this.#directory.admit(claim),
        rate: new ConnectRate(connectRate),
        sessions: this.#sessions,
        clock: this.#clock,
      },
      join: {
        admit: () => this.#directory.refuseWhileDraining(),
        join: (user, conversation) => joins.join(user, conversation),
        leave: (user, conversation) => joins.leave(user, conversation),
      },
      onRefused: (route, error) => this.#reporter.requestRefused(route, error),
      onError: (error) => this.#reporter.fault(error),
    });
  }
}

const offerSettings = ({ maxSlots, videoCodec, iceAddresses, iceDeny }: Config): Parameters<typeof offerPorts>[0] => ({
  maxSlots,
  videoCodec,
  // Also where loopback is gathered on for want of any other address.
  candidates: { allowLoopback: localAddresses(iceAddresses).some(isLoopback), deny: iceDeny },
  random: () => randomInt(2 ** 32) / 2 ** 32,
});
