import type { CloseReason } from '../base/close-reason.ts';
import type { Emitter } from '../base/emitter.ts';
import type { Csrc, Mid, PeerId, Ssrc } from '../base/ids.ts';
import type { Candidate, CodecName, MediaKind, OfferPlan } from '../sdp/types.ts';

/**
 * The media port: what control code may ask of the machinery that moves packets. No word of GStreamer here.
 * `gst/` implements it on node-gst, `fake/` in memory for unit tests; both pass `test/contract/media-plane.ts`.
 *
 * Packets never cross this border. What crosses: one answer per peer, state changes, routes, and small summaries.
 */
export interface MediaPlane {
  /** Throws where the plane can open nothing more, so that a client can be told before it sends an offer. */
  checkReady(): void;
  /** Creates the media side of one device. Costs nothing until `answer()`. Throws as `checkReady`, or for this plan. */
  openPeer(request: PeerRequest): MediaPeer;
  /** The forwarding graph of one conversation. Throws as `checkReady`. */
  openGraph(): ForwardingGraph;
  /** A listener in another process. Throws as `checkReady`. */
  openTap(options: TapOptions): MediaTap;
  /** Peers that are open now; 0 after everything was closed. */
  readonly openPeers: number;
  /** Closes every peer, graph and tap; nothing is opened from now on. Idempotent; resolves when everything is freed. */
  close(): Promise<void>;
}

export interface PeerRequest {
  readonly id: PeerId;
  /** Stamped as CSRC on every packet this device publishes. */
  readonly csrc: Csrc;
  readonly plan: OfferPlan;
}

export type MediaPeerEvents = {
  /** ICE and DTLS are up; media may flow. At most once. */
  connected: [];
  /** The transport ended by itself. At most once, and never after `close()` was called. */
  ended: [reason: Extract<CloseReason, 'gone' | 'failed'>, detail: string];
  /** The client opened the `events` data channel, and it is open. At most once. */
  channel: [channel: MediaChannel];
};

/** What a connection that is not up waits for: our answer, ICE, or DTLS. */
export type TransportStage = 'answer' | 'ice' | 'dtls' | 'connected';

/** The media side of one device: one ICE/DTLS transport, the tracks it publishes and the slots it hears. */
export interface MediaPeer {
  readonly id: PeerId;
  readonly events: Emitter<MediaPeerEvents>;
  /** One per section the client publishes in, in the order of its m-lines. Usable at once, silent until connected. */
  readonly tracks: readonly Track[];
  /** One per section the client can hear in, in the order of its m-lines. Usable at once, silent until connected. */
  readonly slots: readonly Slot[];
  /** The answer with every candidate of ours in it. Call once. Rejects where the media plane fails; then `close()`. */
  answer(): Promise<string>;
  /** Adds a trickled candidate; one that comes before `answer()` is kept. */
  addCandidate(candidate: Candidate): void;
  /** Milliseconds since any datagram (STUN included) came from the other side; null while nothing ever came. */
  idleMs(): number | null;
  /** Counters for people and metrics; may be a second old. After `close()` they are the last. */
  stats(): MediaPeerStats;
  /** How far the connection has come. */
  readonly stage: TransportStage;
  /** How the way to the client fares, all streams together; it is asked for each second, or up to four times. */
  line(): LineFigures;
  /** How its streams fare, of each that is known; none once the peer is closing. */
  streams(): readonly StreamQuality[];
  /**
   * Everything else there is, in the words of the media plane; for people. Asking takes it a moment. Rejects where the
   * peer is closing, or the media plane does not say in time.
   */
  details(): Promise<Readonly<Record<string, unknown>>>;
  /** What it is made of inside, in the language of Graphviz, without a key in it; null once the peer is closing. */
  graph(): string | null;
  /** Ends the transport and frees everything; idempotent. Tracks and slots end with it. */
  close(reason: CloseReason): Promise<void>;
}

/** A stream that a device publishes: one m-line. */
export interface Track {
  readonly peer: PeerId;
  readonly mid: Mid;
  readonly kind: MediaKind;
}

/** A stream that a device can hear: one m-line, one SSRC for the life of the connection. */
export interface Slot {
  readonly peer: PeerId;
  readonly mid: Mid;
  readonly kind: MediaKind;
  /** The n-th slot of its kind; audio and video slots of one index share a stream id. */
  readonly index: number;
}

/** Who is heard in which slot, for one conversation. Every call takes effect with the next packet and never blocks. */
export interface ForwardingGraph {
  /** Fills a slot with a track of the same kind, or empties it. A slot has at most one track; the last call counts. */
  route(slot: Slot | TapSlot, track: Track | null): void;
  /** What these tracks sent since the last call, heard by anybody or not: one entry per track that sent anything. */
  takeLevels(tracks: readonly Track[]): readonly TrackLevel[];
  /**
   * While a gate is set, packets of this audio track that are quieter than `dBov` go to no slot. One that is not opens
   * the gate at once and for half a second, so no syllable is cut. Null, the default, takes the gate away. A track that
   * sends no level (RFC 6464) passes every gate. A track that leaves keeps its gate until it is taken away, or the graph
   * is closed, or another graph sets one.
   */
  gate(track: Track, dBov: number | null): void;
  /** Empties every slot, and takes every gate of this graph away. Idempotent. */
  close(): void;
}

export interface TapOptions {
  /** Bound of what waits for the other process, in bytes: 65536 to 268435456. */
  readonly maxBytes: number;
}

/**
 * A way for packets into another process. What is routed to its slots is written to a local socket, whose other end that
 * process inherits. Nothing waits for the reader: where it does not keep up, packets are dropped and counted.
 */
export interface MediaTap {
  /** The reader's end, for the `stdio` of `spawn`; -1 after `spawned()`. */
  readonly childFd: number;
  /** Closes our copy of the reader's end. To be called once the process has its own, else its death is not noticed. Idempotent. */
  spawned(): void;
  /** A slot for this track, or another of the same codec. `ssrc`: what its packets carry; of one slot of the tap alone. */
  slot(track: Track, ssrc: Ssrc): TapSlot;
  /** Takes a slot of this tap out of every route, for good. Idempotent. */
  removeSlot(slot: TapSlot): void;
  /** Asks the publisher for a key frame, throttled; nothing happens for a track that is not video, or at its end. */
  requestKeyframe(track: Track): void;
  stats(): TapStats;
  /** Removes every slot; what waits is written for two seconds at most, then the reader sees the end. Idempotent. */
  close(): void;
}

/** A stream to another process. It belongs to no peer. */
export interface TapSlot {
  readonly ssrc: Ssrc;
  readonly kind: MediaKind;
  readonly codec: CodecName;
  readonly payloadType: number;
  readonly clockRate: number;
}

export interface TapStats {
  /** Taken; bytes of RTP. */
  readonly packets: number;
  readonly bytes: number;
  /** Dropped because too much waited. */
  readonly overflowPackets: number;
  readonly overflowBytes: number;
  /** The reader has gone; whatever comes is dropped. */
  readonly isBroken: boolean;
}

export interface TrackLevel {
  readonly track: Track;
  readonly packets: number;
  /** Of RTP payload: what tells silence from speech where the client sends no level. */
  readonly bytes: number;
  /**
   * The level of each packet that carried one (RFC 6464), oldest first: dBov from -127 (silence) to 0. At most 32, the
   * newest; empty where the client sends none.
   */
  readonly levels: readonly number[];
  /** Packets with the voice-activity bit. */
  readonly voiced: number;
}

export type MediaChannelEvents = {
  /** A text message of the client. Those that are binary, too long, or too many at once were dropped natively. */
  message: [text: string];
  /** The client closed the channel, or it failed. At most once; `send` says false from now on. */
  closed: [];
};

/** The `events` data channel of a client. */
export interface MediaChannel {
  /** Nothing is lost that comes before a listener is there, as long as it is added inside the event `channel`. */
  readonly events: Emitter<MediaChannelEvents>;
  /** Sends one text message; false where the channel is closed or too much is waiting (the caller drops or coalesces). */
  send(text: string): boolean;
}

export interface MediaPeerStats {
  readonly received: FlowStats;
  readonly sent: FlowStats;
  /** Packets that were not forwarded, by reason; under `message` those of the client's channel that were not read. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly keyframeRequests: DirectedCount;
  /** Requests for lost packets (NACK). */
  readonly nacks: DirectedCount;
  /** Packets that were sent again (RTX). */
  readonly retransmissions: DirectedCount;
  /** From the arrival of a packet of this peer until everybody who hears it was sent it. */
  readonly forwarding: Durations;
}

/** From the client, and to it. */
export interface DirectedCount {
  readonly received: number;
  readonly sent: number;
}

/** Durations by size. */
export interface Durations {
  /** Upper bounds in seconds, ascending. */
  readonly bounds: readonly number[];
  /** One for each bound, not cumulative, and one for what took longer than the last. */
  readonly counts: readonly number[];
  /** Seconds in all. */
  readonly total: number;
}

/** How one stream fares on its way. */
export interface StreamQuality {
  /** `received`: from the client. */
  readonly direction: 'received' | 'sent';
  readonly kind: MediaKind | null;
  /** Since the stream began, by the count of whoever receives it. */
  readonly packetsLost: number | null;
  /** The part that was lost lately, 0 to 1; null where nobody reports it. */
  readonly fractionLost: number | null;
  /** Seconds; null where it is not known. */
  readonly roundTripTime: number | null;
  readonly jitter: number | null;
}

/** By what the client says of the last second. Null where it says nothing, or was sent nothing. */
export interface LineFigures {
  /** The part that was lost, 0 to 1. */
  readonly loss: number | null;
  /** How much longer packets take at least than they took at best in the last minute: what waits in a queue. */
  readonly queueMs: number | null;
}

export interface FlowStats {
  readonly packets: number;
  readonly bytes: number;
}
