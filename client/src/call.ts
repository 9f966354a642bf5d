import { capture } from './capture.ts';
import { asCallError, CallError } from './core/errors.ts';
import { qualityOf, sampleOf, statsOf, type Report, type Sample } from './core/figures.ts';
import type { Message } from './core/messages.ts';
import { ownDevice, type OwnDevice } from './device.ts';
import { Emitter } from './emitter.ts';
import { Line } from './line.ts';
import { Link, type LinkOptions } from './link.ts';
import { Membership } from './membership.ts';
import { Playback } from './playback.ts';
import { Room } from './room.ts';
import { Service } from './service.ts';
import type { Call, CallEvents, CallState, Kind, Options, Participant, Quality, Stats } from './types.ts';

/** How often to look who plays in which slot: a change is seen within it. The browser stops the page for each look. */
const LOOK_MS = 100;
const STATS_MS = 1_000;
const EXPLAIN_MS = 5_000;
const SLOTS = { audio: 8, video: 4 };

/** Resolves when media can flow; rejects with a CallError. */
export async function connect(options: Options): Promise<Call> {
  if (!('RTCPeerConnection' in globalThis)) throw new CallError('unsupported');
  const { device = 'web', slots = SLOTS, iceServers = [], events = true } = options;
  const { tracks, own } = await capture(options);
  const named = device === null ? null : await ownDevice(device);
  const service = new Service(options, named?.name ?? null);
  const published = new Map(tracks);
  const open = (signal: AbortSignal): Promise<Link> =>
    Link.open(() => service.connectUrl(), { tracks: published, slots, iceServers, events }, signal);
  try {
    const link = await open(new AbortController().signal).catch((error: unknown) => explain(error, service));
    const line = new Line(link, { open, probe: (signal) => service.probe(signal) });
    return new LiveCall({ line, service, tracks: published, own, device: named, events });
  } catch (error) {
    for (const track of own) track.stop();
    named?.release();
    throw error;
  }
}

/** Why a WebSocket was refused, the browser does not say; a plain request is answered. */
async function explain(error: unknown, service: Service): Promise<never> {
  if (error instanceof CallError && error.code === 'unreachable') await service.probe(AbortSignal.timeout(EXPLAIN_MS));
  throw error;
}

interface Parts {
  readonly line: Line;
  readonly service: Service;
  /** What is published; each new connection publishes what is in it then. */
  readonly tracks: Map<Kind, MediaStreamTrack>;
  /** Those of them that are ours to stop. */
  readonly own: readonly MediaStreamTrack[];
  readonly device: OwnDevice | null;
  readonly events: LinkOptions['events'];
}

class LiveCall implements Call {
  readonly #events = new Emitter<CallEvents>();
  readonly #line: Line;
  readonly #room: Room;
  readonly #membership: Membership;
  readonly #playback: Playback;
  readonly #tracks: Map<Kind, MediaStreamTrack>;
  readonly #own: Set<MediaStreamTrack>;
  readonly #device: OwnDevice | null;
  readonly #timers: readonly ReturnType<typeof setInterval>[];
  /** Changes of what is published, one after the other. */
  #changes: Promise<void> = Promise.resolve();
  #muted = false;
  /** What listeners were told. */
  #conversation: string | null = null;
  #recording = false;
  #sample: Sample | null = null;
  #stats: Stats | null = null;

  constructor({ line, service, tracks, own, device, events }: Parts) {
    this.#line = line;
    this.#tracks = tracks;
    this.#own = new Set(own);
    this.#device = device;
    this.#membership = new Membership(service);
    this.#playback = new Playback((blocked) => this.#events.emit('playback', { blocked }));
    this.#room = new Room(line.link, {
      events,
      own: () => ({ tracks: [...this.#tracks.values()], muted: this.#muted }),
      onChange: (change) => {
        for (const { stream } of change.left) this.#playback.end(stream);
        this.#events.emit('participants', change);
      },
      onTrack: (stream) => this.#playback.changed(stream),
      play: (element, stream) => this.#playback.start(element, stream, false),
    });
    line.events.on('message', (message) => this.#receive(message));
    line.events.on('link', ({ lost }) => this.#follow(lost));
    line.events.on('state', (state) => this.#become(state));
    this.#timers = [setInterval(() => this.#room.look(), LOOK_MS), setInterval(() => void this.#measure(), STATS_MS)];
    for (const track of own) this.#watch(track);
    line.start();
  }

  get state(): CallState {
    return this.#line.state;
  }

  get participants(): readonly Participant[] {
    return this.#room.participants;
  }

  get conversation(): string | null {
    return this.#conversation;
  }

  get recording(): boolean {
    return this.#recording;
  }

  get muted(): boolean {
    return this.#muted;
  }

  get stats(): Stats | null {
    return this.#stats;
  }

  on<Name extends keyof CallEvents>(name: Name, listener: (event: CallEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  async join(conversation: string): Promise<void> {
    this.#mustBeOpen();
    await this.#membership.join(conversation);
    this.#tellPlace();
  }

  async leave(): Promise<void> {
    this.#mustBeOpen();
    await this.#membership.leave();
    this.#tellPlace();
  }

  mute(on: boolean): void {
    this.#muted = on;
    this.#applyMute();
    this.#sayMute();
    this.#room.update();
  }

  replaceTrack(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    const change = this.#changes.then(() => this.#publish(kind, track));
    this.#changes = change.catch(() => undefined);
    return change;
  }

  pin({ userid, clientid }: Participant, on: boolean): void {
    if (userid !== null && clientid !== null) this.#room.pin({ userid, clientid }, on);
  }

  play({ stream, self }: Participant, element: HTMLMediaElement): () => void {
    return this.#playback.start(element, stream, self);
  }

  resume(): Promise<void> {
    return this.#playback.resume();
  }

  close(): void {
    this.#line.close(null);
  }

  #mustBeOpen(): void {
    if (this.state.state === 'closed') throw new CallError('closed');
  }

  #become(state: CallState): void {
    if (state.state === 'closed') {
      for (const timer of this.#timers) clearInterval(timer);
      for (const track of this.#own) track.stop();
      this.#playback.stop();
      this.#device?.release();
    }
    this.#events.emit('state', state);
  }

  #follow(lost: boolean): void {
    this.#sample = null;
    this.#room.follow(this.#line.link, lost);
    // Without the events channel nobody says whether the service has forgotten; to join again changes nothing.
    if (lost && !this.#room.isNamed) this.#rejoin();
  }

  #receive(message: Message): void {
    this.#room.receive(message);
    switch (message.type) {
      case 'welcome':
        if (this.#muted) this.#sayMute();
        return;
      case 'error':
        this.#events.emit('error', new CallError('pin-refused', `${message.code}: ${message.detail}`));
        return;
      case 'roster':
      case 'recording':
        this.#placed();
        return;
      default:
        return;
    }
  }

  /** What a roster says of where one is. */
  #placed(): void {
    const { isTold, conversation } = this.#room.place;
    if (isTold && conversation === null && this.#room.isSettling) this.#rejoin();
    // null before one was in a conversation is what was so before a join of ours.
    else if (isTold && (conversation !== null || this.#conversation !== null)) this.#membership.told(conversation);
    this.#tellPlace();
  }

  #rejoin(): void {
    this.#membership.rejoin().catch((error: unknown) => {
      this.#room.settle();
      this.#events.emit('error', asCallError(error, 'unreachable'));
      this.#tellPlace();
    });
  }

  #tellPlace(): void {
    const { isTold, conversation, recording } = this.#room.place;
    if (this.#room.isSettling && conversation === null) return;
    const current = isTold || this.#room.isNamed ? conversation : this.#membership.wanted;
    if (current !== this.#conversation) {
      this.#conversation = current;
      this.#events.emit('conversation', current);
    }
    if (recording !== this.#recording) {
      this.#recording = recording;
      this.#events.emit('recording', recording);
    }
  }

  async #publish(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    await this.#line.connected();
    const before = this.#tracks.get(kind) ?? null;
    if (before === track) return;
    this.#setTrack(kind, track);
    try {
      const isPublished = this.#line.link.kinds.includes(kind);
      if (isPublished && track !== null) await this.#line.link.replaceTrack(kind, track);
      else await this.#line.renew();
    } catch (error) {
      this.#setTrack(kind, before);
      throw asCallError(error, 'media-failed');
    }
    if (before !== null && this.#own.delete(before)) before.stop();
    this.#room.update();
  }

  #setTrack(kind: Kind, track: MediaStreamTrack | null): void {
    if (track === null) this.#tracks.delete(kind);
    else this.#tracks.set(kind, track);
    this.#applyMute();
  }

  #applyMute(): void {
    const microphone = this.#tracks.get('audio');
    if (microphone !== undefined) microphone.enabled = !this.#muted;
  }

  #sayMute(): void {
    this.#line.link.say({ type: 'mute', kinds: this.#muted ? ['audio'] : [] });
  }

  /** A device that was asked for is unplugged. */
  #watch(track: MediaStreamTrack): void {
    track.addEventListener('ended', () => {
      if (this.#tracks.get(track.kind as Kind) !== track) return;
      this.#events.emit('error', new CallError(track.kind === 'audio' ? 'no-microphone' : 'no-camera'));
    });
  }

  async #measure(): Promise<void> {
    const { link, state } = this.#line;
    if (state.state !== 'connected') return;
    this.#tellPlace();
    const reports = [...(await link.stats()).values()] as readonly Report[];
    if (link !== this.#line.link) return;
    const before = this.#sample;
    const sample = sampleOf(reports, performance.now(), (report) => link.midOf(report['trackIdentifier']));
    this.#sample = sample;
    if (before === null) return;
    if (sample.signs > before.signs) this.#line.sawPackets();
    const stats = statsOf(before, sample, link.slots, (mid) => this.#room.nameOf(mid), Date.now());
    this.#stats = stats;
    this.#room.rate(stats.quality, this.#qualities(stats));
    this.#events.emit('stats', stats);
  }

  /** By CSRC, of the worst of his slots. */
  #qualities(stats: Stats): ReadonlyMap<number, Quality> {
    const losses = new Map<string, number>();
    for (const { participant, loss } of stats.slots) {
      if (participant !== null && loss !== null) losses.set(participant, Math.max(loss, losses.get(participant) ?? 0));
    }
    return new Map(
      this.participants.flatMap(({ id, csrc }) => {
        const loss = losses.get(id);
        return csrc === null || loss === undefined ? [] : [[csrc, qualityOf(loss, null)] as const];
      }),
    );
  }
}
