import { asCallError, CallError, closeError } from './core/errors.ts';
import { parseMessage, type Message, type Slot } from './core/messages.ts';
import type { Kind, Options } from './types.ts';

/** Gathering takes longer where a STUN server does not answer; what comes later is sent after the offer. */
const GATHERING_MS = 500;
/** From the request for a socket until media can flow. */
const OPEN_MS = 12_000;

export interface LinkOptions {
  /** What is published. */
  readonly tracks: ReadonlyMap<Kind, MediaStreamTrack>;
  readonly slots: { readonly audio: number; readonly video: number };
  readonly iceServers: NonNullable<Options['iceServers']>;
  readonly events: boolean;
}

/** A slot with the end that plays it. */
export interface OpenSlot extends Slot {
  readonly receiver: RTCRtpReceiver;
}

export interface LinkListener {
  readonly onMessage: (message: Message) => void;
  /** It is over, whoever ended it. */
  readonly onDown: () => void;
}

/** One connection, from its offer to its end: what a `connect` of the contract gives. It does not come back. */
export class Link {
  readonly #pc: RTCPeerConnection;
  readonly #channel: RTCDataChannel | null;
  readonly #slots: readonly OpenSlot[];

  readonly #inbox: Inbox;

  private constructor(pc: RTCPeerConnection, channel: RTCDataChannel | null, inbox: Inbox) {
    this.#pc = pc;
    this.#channel = channel;
    this.#inbox = inbox;
    this.#slots = slotsOf(pc);
  }

  /** To be called once, soon. */
  listen({ onMessage, onDown }: LinkListener): void {
    this.#pc.addEventListener('connectionstatechange', () => (isOver(this.#pc) ? onDown() : undefined));
    this.#channel?.addEventListener('close', onDown);
    this.#inbox.open(onMessage);
  }

  /** Resolves when media can flow; rejects with a CallError, or when `signal` says so. */
  static async open(connectUrl: () => Promise<string>, options: LinkOptions, signal: AbortSignal): Promise<Link> {
    const pc = new RTCPeerConnection({ iceServers: [...options.iceServers], bundlePolicy: 'max-bundle' });
    const end = AbortSignal.any([signal, AbortSignal.timeout(OPEN_MS)]);
    try {
      const channel = options.events ? pc.createDataChannel('events') : null;
      const inbox = new Inbox(channel);
      addSections(pc, options);
      const socket = new WebSocket(await connectUrl());
      try {
        await Promise.race([negotiate(pc, socket), failed(pc, socket, end)]);
        return new Link(pc, channel, inbox);
      } finally {
        socket.close();
      }
    } catch (error) {
      pc.close();
      throw asCallError(error, 'media-failed');
    }
  }

  get slots(): readonly OpenSlot[] {
    return this.#slots;
  }

  get kinds(): readonly Kind[] {
    return this.#senders().map(([kind]) => kind);
  }

  /** Another track in place of one that is published. */
  async replaceTrack(kind: Kind, track: MediaStreamTrack): Promise<void> {
    await this.#senders()
      .find((each) => each[0] === kind)?.[1]
      .replaceTrack(track);
  }

  say(message: object): void {
    if (this.#channel?.readyState === 'open') this.#channel.send(JSON.stringify(message));
  }

  stats(): Promise<RTCStatsReport> {
    return this.#pc.getStats();
  }

  /** The section that a track of ours, or one that is received, belongs to. */
  midOf(trackId: unknown): string | null {
    const found = this.#pc
      .getTransceivers()
      .find(({ sender, receiver }) => sender.track?.id === trackId || receiver.track.id === trackId);
    return found?.mid ?? null;
  }

  close(): void {
    this.#pc.close();
  }

  #senders(): readonly (readonly [Kind, RTCRtpSender])[] {
    return this.#pc
      .getSenders()
      .flatMap((sender) => (sender.track === null ? [] : [[sender.track.kind as Kind, sender] as const]));
  }
}

/** The messages of a channel, which speaks before anybody listens. */
class Inbox {
  #waiting: Message[] = [];
  #take: (message: Message) => void = (message) => this.#waiting.push(message);

  constructor(channel: RTCDataChannel | null) {
    channel?.addEventListener('message', ({ data }) => {
      const message = parseMessage(data);
      if (message !== null) this.#take(message);
    });
  }

  open(take: (message: Message) => void): void {
    this.#take = take;
    for (const message of this.#waiting.splice(0)) take(message);
  }
}

/** What is published first, so that its section has a slot as well, where slots are wanted. */
function addSections(pc: RTCPeerConnection, { tracks, slots }: LinkOptions): void {
  const stream = new MediaStream([...tracks.values()]);
  for (const kind of ['audio', 'video'] as const) {
    const track = tracks.get(kind);
    if (track !== undefined)
      pc.addTransceiver(track, { direction: slots[kind] > 0 ? 'sendrecv' : 'sendonly', streams: [stream] });
    for (let n = track === undefined ? 0 : 1; n < slots[kind]; n += 1)
      pc.addTransceiver(kind, { direction: 'recvonly' });
  }
}

/** The sections of the answer that can receive, in order. */
function slotsOf(pc: RTCPeerConnection): readonly OpenSlot[] {
  const count = { audio: 0, video: 0 };
  return pc.getTransceivers().flatMap(({ mid, currentDirection, receiver }) => {
    const kind = receiver.track.kind as Kind;
    if (mid === null || (currentDirection !== 'sendrecv' && currentDirection !== 'recvonly')) return [];
    return [{ mid, kind, index: count[kind]++, receiver }];
  });
}

async function negotiate(pc: RTCPeerConnection, socket: WebSocket): Promise<void> {
  const answer = new Promise<string>((resolve) => {
    socket.addEventListener('message', ({ data }) => resolve(String(data)), { once: true });
  });
  const open = once(socket, 'open');
  await pc.setLocalDescription();
  await Promise.all([open, gathered(pc)]);
  pc.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate !== null && socket.readyState === WebSocket.OPEN) socket.send(candidate.candidate);
  });
  socket.send(pc.localDescription?.sdp ?? '');
  await pc.setRemoteDescription({ type: 'answer', sdp: await answer });
  while (pc.connectionState !== 'connected') await once(pc, 'connectionstatechange');
}

/** Rejects with why a connection that is being made will not come up. */
function failed(pc: RTCPeerConnection, socket: WebSocket, end: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    socket.addEventListener('close', ({ code, reason }) => {
      if (code !== 1000) reject(closeError(code, reason));
    });
    pc.addEventListener('connectionstatechange', () => {
      if (isOver(pc)) reject(new CallError('media-failed'));
    });
    const onEnd = (): void =>
      reject(new CallError(socket.readyState === WebSocket.CONNECTING ? 'unreachable' : 'media-failed'));
    if (end.aborted) onEnd();
    end.addEventListener('abort', onEnd, { once: true });
  });
}

const isOver = ({ connectionState }: RTCPeerConnection): boolean =>
  connectionState === 'failed' || connectionState === 'closed';

async function gathered(pc: RTCPeerConnection): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, GATHERING_MS));
  const complete = (async () => {
    while (pc.iceGatheringState !== 'complete') await once(pc, 'icegatheringstatechange');
  })();
  await Promise.race([complete, late]);
}

const once = (target: EventTarget, event: string): Promise<unknown> =>
  new Promise((resolve) => target.addEventListener(event, resolve, { once: true }));
