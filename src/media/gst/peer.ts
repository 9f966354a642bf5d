import gst, { type EgressKind, type GstObject, type PeerMedia, type Value } from 'node-gst';
import { Emitter } from '../../base/emitter.ts';
import type { PeerId } from '../../base/ids.ts';
import { WorkQueue } from '../../base/work-queue.ts';
import { announce } from '../../sdp/announce.ts';
import { finishAnswer } from '../../sdp/answer.ts';
import { hasSlot, mediaSections, publishes } from '../../sdp/plan.ts';
import { repairsOf, type Repair } from '../../sdp/repairs.ts';
import type { Candidate } from '../../sdp/types.ts';
import type {
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
import { CHANNEL_SIGNALS, EVENTS_LABEL, GstChannel } from './channel.ts';
import { GstSlot, GstTrack } from './ends.ts';
import { handedOn, within } from './deadline.ts';
import { freeOnThrow, type Own } from './free-on-throw.ts';
import { configureIce, type MediaNetwork } from './ice.ts';
import { addTransceivers, dtlsTransport, negotiate } from './negotiation.ts';
import { nativeOptions, type PublishRate } from './options.ts';
import type { PeerPipeline } from './pipelines.ts';
import { lineOf, streamsOf, UNKNOWN_LINE, type Figures } from './report.ts';
import { statsOf } from './stats.ts';

export interface GstPeerSettings {
  readonly pipeline: PeerPipeline;
  /** Without addresses: every one that libnice finds. */
  readonly network: MediaNetwork;
  readonly egress: EgressKind;
  readonly publishRate: PublishRate;
  /** Called once where the system gives RTP no socket of its own, though it should have one. */
  readonly onSocketRefused: (reason: string) => void;
  /** Called once when everything of this peer is freed. */
  readonly onFreed: () => void;
}

/** Each channel that a client opens costs webrtcbin a thread until the peer ends, also when it is closed at once. */
const MAX_CHANNELS = 4;

/** How long is waited for the last message (`bye`) to leave, for the client to have it, and for the DTLS alert to be made. */
const GOODBYE_MS = 1_000;

/** Reading counters takes webrtcbin a millisecond or two. */
const DETAILS_DEADLINE_MS = 2_000;

/** Elements inside webrtcbin that node-gst has to find, by factory name. */
const HOOKS = ['clocksync', 'dtlsenc', 'dtlssrtpenc', 'nicesrc', 'rtpbin', 'rtpsession', 'rtpssrcdemux'] as const;

/**
 * One webrtcbin in a pipeline of its own: a fault ends this peer and no other.
 *
 * Threads: everything here runs on the JS thread; signals arrive queued. Operations on webrtcbin run one after the
 * other in `#queue`, and closing waits for the one in flight: going to NULL during set-local-description leaks sockets.
 */
export class GstPeer implements MediaPeer {
  readonly id: PeerId;
  readonly events = new Emitter<MediaPeerEvents>();
  readonly tracks: readonly Track[];
  readonly slots: readonly Slot[];

  readonly #request: PeerRequest;
  readonly #settings: GstPeerSettings;
  readonly #queue = new WorkQueue();
  readonly #pipeline: GstObject;
  readonly #webrtcbin: GstObject;
  readonly #transceivers: GstObject[];
  readonly #native: PeerMedia;
  #transport: GstObject | null = null;
  #repairs: readonly Repair[] = [];
  #channel: GstChannel | null = null;
  #channelsOpened = 0;
  /** Candidates that wait for the remote description; null once it is set. */
  #early: Candidate[] | null = [];
  #phase: 'negotiating' | 'connected' | 'ended' = 'negotiating';
  #stage: TransportStage = 'answer';
  #closing: Promise<void> | null = null;

  /** Throws where webrtcbin refuses the plan; nothing is left of the peer then. */
  static open(request: PeerRequest, settings: GstPeerSettings): GstPeer {
    return freeOnThrow((own) => new GstPeer(request, settings, own));
  }

  private constructor(request: PeerRequest, settings: GstPeerSettings, own: Own) {
    this.id = request.id;
    this.#request = request;
    this.#settings = settings;
    const { pipeline, webrtcbin } = settings.pipeline.create();
    this.#pipeline = own(pipeline);
    this.#webrtcbin = own(webrtcbin);
    this.#transceivers = addTransceivers(webrtcbin, request.plan, own);
    const native = gst.peerMedia(webrtcbin, nativeOptions(request, settings.publishRate), settings.egress);
    own({ dispose: () => native.close() });
    this.#native = native;
    const sections = mediaSections(request.plan);
    this.tracks = sections.filter(publishes).map((section, i) => new GstTrack(this.id, section, at(native.tracks, i)));
    this.slots = sections
      .filter(hasSlot)
      .map((section, i) => new GstSlot(this.id, section, section.slot.index, at(native.slots, i)));
    this.#listen();
  }

  answer(): Promise<string> {
    return this.#queue.run(async () => {
      const { network } = this.#settings;
      configureIce(this.#webrtcbin, network);
      await this.#pipeline.setState('PLAYING');
      const text = await negotiate(this.#webrtcbin, this.#request.plan.text);
      this.#repairs = repairsOf(text, this.#request.plan);
      this.#native.setDscp(network.dscp ?? 0);
      this.#watchTransport();
      const early = [...this.#request.plan.candidates, ...(this.#early ?? [])];
      this.#early = null;
      for (const candidate of early) this.addCandidate(candidate);
      return announce(finishAnswer(text, this.#request.plan), network.announced ?? []);
    });
  }

  addCandidate(candidate: Candidate): void {
    if (this.#closing !== null) return;
    if (this.#early !== null) this.#early.push(candidate);
    // All sections share the transport of the first one (BUNDLE), whatever section the candidate was written in.
    else this.#webrtcbin.emit('add-ice-candidate', 0, candidate.line);
  }

  idleMs(): number | null {
    const idle = this.#closing === null ? this.#native.idleMs() : -1;
    return idle < 0 ? null : idle;
  }

  stats(): MediaPeerStats {
    return statsOf(this.#native.stats(), this.#channel?.dropped ?? 0);
  }

  get stage(): TransportStage {
    return this.#stage;
  }

  line(): LineFigures {
    return this.#closing === null ? lineOf(this.#native.receiver()) : UNKNOWN_LINE;
  }

  streams(): readonly StreamQuality[] {
    return this.#closing === null ? streamsOf(this.#figures(), this.#request.plan) : [];
  }

  details(): Promise<Readonly<Record<string, unknown>>> {
    return this.#queue.run(async () => {
      const stats = this.#webrtcbin.emitPromise('get-stats', null);
      const reception = this.#native.reception();
      return { ...(await within(DETAILS_DEADLINE_MS, 'get-stats', stats)), ...this.#figures(), reception };
    });
  }

  graph(): string | null {
    return this.#closing === null ? this.#pipeline.toDot() : null;
  }

  close(): Promise<void> {
    const isUp = this.#phase === 'connected';
    this.#closing ??= this.#queue.close(async () => {
      if (isUp) await this.#sayGoodbye();
      await this.#free();
    });
    this.#phase = 'ended';
    return this.#closing;
  }

  /** What webrtcbin should have inside and has not; empty where it is as this code expects it. After the answer. */
  missingHooks(): string[] {
    const { hooks } = this.#native.stats();
    return HOOKS.filter((hook) => !hooks.includes(hook));
  }

  /** What webrtcbin has not inside for an egress of our own; empty where nothing is missing. After the answer. */
  egressObstacle(): string {
    return this.#native.directObstacle();
  }

  #figures(): Figures {
    return { sources: this.#native.sources(), receiver: this.#native.receiver() };
  }

  #listen(): void {
    this.#pipeline.onBus(
      // A client that closes makes the SCTP encoder fail to write: that is the end of the peer, not a fault.
      ({ source, text }) => this.#end(source.startsWith('sctp') ? 'gone' : 'failed', `${source}: ${text}`),
      ['error'],
    );
    // Video runs on into the jitterbuffer, which asks for what was lost; behind it nobody listens.
    this.#webrtcbin.on('pad-added', null, { drain: true });
    this.#webrtcbin.on('on-data-channel', (object) => this.#onDataChannel(object as GstObject), {
      tap: CHANNEL_SIGNALS,
      onTap: (signal, object, value) => this.#channel?.onSignal(signal, object, value ?? null),
    });
  }

  /** webrtcbin's own connection-state stays `connected` after the other side has closed; the DTLS transport's does not. */
  #watchTransport(): void {
    this.#transport = dtlsTransport(this.#webrtcbin, this.#transceivers);
    if (this.#transport === null) throw new Error('webrtcbin made no DTLS transport');
    this.#stage = 'ice';
    this.#transport.on('notify::state', (state) => this.#onTransportState(state ?? null));
    this.#onTransportState(this.#transport.get('state'));
  }

  #onTransportState(state: Value): void {
    if (state === 'connecting') this.#stage = 'dtls';
    if (state === 'connected') this.#connected();
    else if (state === 'closed') this.#end('gone', 'the DTLS transport closed');
    else if (state === 'failed') this.#end('failed', 'the DTLS transport failed');
  }

  #connected(): void {
    if (this.#phase !== 'negotiating') return;
    try {
      this.#native.attach(this.#repairs);
    } catch (error) {
      this.#end('failed', String(error));
      return;
    }
    this.#phase = 'connected';
    this.#stage = 'connected';
    const refusal = this.#native.reception()?.refusal ?? null;
    if (refusal !== null) this.#settings.onSocketRefused(refusal);
    this.events.emit('connected');
  }

  #end(reason: 'gone' | 'failed', detail: string): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    this.#native.detach();
    this.events.emit('ended', reason, detail);
  }

  #onDataChannel(object: GstObject): void {
    this.#channelsOpened += 1;
    if (this.#channelsOpened > MAX_CHANNELS) this.#end('failed', `more than ${MAX_CHANNELS} data channels`);
    if (this.#channel !== null || object.get('label') !== EVENTS_LABEL) {
      object.emit('close');
      object.dispose();
      return;
    }
    this.#channel = new GstChannel(object, (channel) => {
      if (this.#phase !== 'ended') this.events.emit('channel', channel);
    });
    this.#channel.start();
  }

  /** A client that answers nothing any more costs the time for it, and nothing else. */
  async #sayGoodbye(): Promise<void> {
    this.#native.detach();
    await this.#channel?.close(GOODBYE_MS);
    this.#native.closeTransport();
    await handedOn(() => this.#native.closeNotifySent(), GOODBYE_MS);
  }

  /** Order: out of every route first, then the pipeline, then the wrappers. */
  async #free(): Promise<void> {
    this.#native.close();
    try {
      await this.#pipeline.setState('NULL');
    } finally {
      this.#channel?.release();
      for (const object of [this.#transport, ...this.#transceivers, this.#webrtcbin, this.#pipeline]) object?.dispose();
      this.events.clear();
      await gst.freed(); // webrtcbin's sockets, threads and memory
      this.#settings.onFreed();
    }
  }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`no native end ${index}`);
  return item;
}
