/**
 * The media half of node-gst: RTP from one webrtcbin to others, natively.
 *
 *   webrtcbin A ─► ingest ─► track ─► route snapshot ─► slot (rewrite) ─► egress ─► webrtcbin B
 *                                                                     └─► tap ══ socket ══► another process
 *
 * JavaScript validates; these functions trust their arguments' ranges and only check their types.
 */
import type { GstObject } from './index';

export type MediaKind = 'audio' | 'video';
export type Codec = 'opus' | 'vp8' | 'h264';

export interface ExtensionIds {
  /** 0 where not negotiated. */
  readonly mid: number;
  readonly audioLevel: number;
  readonly transportCc: number;
}

export interface SectionOptions {
  readonly mline: number;
  readonly mid: string;
  readonly kind: MediaKind;
  readonly codec: Codec;
  readonly payloadType: number;
  readonly clockRate: number;
  readonly extensions: ExtensionIds;
}

/** A section the client publishes in. */
export interface TrackOptions extends SectionOptions {
  /** SSRCs announced by `a=ssrc`; may be empty. */
  readonly ssrcs: readonly number[];
  /** The client sends again what it is asked for (generic NACK). Used past webrtcbin; false where it is left out. */
  readonly nack?: boolean;
  /** The stream in which it does so (RFC 4588), where there is one; `ssrcs` are those announced by `a=ssrc-group:FID`. */
  readonly repair?: { readonly payloadType: number; readonly ssrcs: readonly number[] };
}

/** A section the client can hear in. */
export interface SlotOptions extends SectionOptions {
  /** The SSRC of the slot for life. */
  readonly ssrc: number;
  /** The receiver asks again for what is lost (generic NACK). Used by the direct egress; false where it is left out. */
  readonly nack?: boolean;
}

/** The stream in which lost packets of a slot are sent again (RFC 4588), as it was answered. */
export interface Repair {
  readonly mline: number;
  readonly ssrc: number;
  readonly payloadType: number;
}

/**
 * How media leaves, and comes in: through webrtcbin, or past it: encrypted and decrypted by node-gst with the keys of
 * webrtcbin's DTLS association, on the socket of the selected ICE pair. Fixed for the life of a peer.
 */
export type EgressKind = 'webrtcbin' | 'direct';

export interface PeerMediaOptions {
  /** CSRC of every packet published by this peer. */
  readonly csrc: number;
  readonly tracks: readonly TrackOptions[];
  readonly slots: readonly SlotOptions[];
  /** What it may send in a second, all tracks together, at once or spread; what is beyond is dropped. 0, and the default: no limit. */
  readonly rate?: { readonly packets: number; readonly bytes: number };
}

/**
 * Taps one webrtcbin. Call it after the sink pads `sink_<mline>` of all slots were requested and before the pipeline
 * leaves NULL: it watches for webrtcbin's inner elements as they are made. `egress` is 'webrtcbin' where left out.
 */
export function peerMedia(webrtcbin: GstObject, options: PeerMediaOptions, egress?: EgressKind): PeerMedia;

export interface PeerMedia extends PeerMediaCore {
  /** Marks every packet that leaves (DSCP, 0 to 63). Call when the peer has its answer; nothing happens before. */
  setDscp(dscp: number): void;
  /** What came of each SSRC of this peer. Ask every few seconds: webrtcbin, where it counts, has nothing after the close. */
  sources(): readonly SourceFigures[];
  /** What node-gst knows of its own way in; null with the egress `webrtcbin`. */
  reception(): ReceptionFigures | null;
}

/** What there is without a webrtcbin, too. */
export interface PeerMediaCore {
  /** In the order of the options. */
  readonly tracks: readonly Track[];
  readonly slots: readonly Slot[];
  /**
   * Lets slots send. Call when the peer is connected, not before: an unconnected webrtcbin blocks the sender. `repairs`
   * are for the direct egress, which reads keys and addresses now; it throws where DTLS agreed on an SRTP profile other
   * than AES_CM_128_HMAC_SHA1_80.
   */
  attach(repairs?: readonly Repair[]): void;
  /**
   * Why the direct egress would not work with this webrtcbin, as far as that shows once it is negotiated: the name of
   * what is not there. Empty where nothing is missing.
   */
  directObstacle(): string;
  /** Stops slots from sending; what arrives for them is dropped and counted. */
  detach(): void;
  /** Milliseconds since the last datagram (STUN included) on the socket of the selected ICE pair; -1 while there is none. */
  idleMs(): number;
  stats(): PeerMediaCounters;
  /** What the receiver says of what it is sent; null in the harness. */
  receiver(): ReceiverFigures | null;
  /**
   * Sends the other side a DTLS close_notify, without which it takes seconds to notice. It leaves a moment later, on a
   * thread of GStreamer: wait for `closeNotifySent()`, and a moment more, before the pipeline goes to NULL. Call before
   * `close()`.
   */
  closeTransport(): void;
  /** Whether the close_notify has come out of the encrypter, on its way to the socket. */
  closeNotifySent(): boolean;
  /** Takes tracks and slots out of every route. Idempotent. Call before the pipeline goes to NULL. */
  close(): void;
}

export interface PeerMediaCounters {
  readonly packetsIn: number;
  readonly bytesIn: number;
  readonly packetsOut: number;
  readonly bytesOut: number;
  readonly keyframeRequestsIn: number;
  readonly keyframeRequestsOut: number;
  /** Inner elements of webrtcbin that were found; a name that is missing here was not. */
  readonly hooks: readonly string[];
  readonly dropped: DropCounters;
  /** From the arrival of a packet of this peer until every slot it went to has sent it. */
  readonly forwarding: Durations;
  /** As they were at the close after it. */
  readonly repairs: RepairCounters;
}

/** Durations by size. */
export interface Durations {
  /** Upper bounds in µs, ascending. */
  readonly boundsUs: readonly number[];
  /** One for each bound, not cumulative, and one for what took longer than the last. */
  readonly counts: readonly number[];
  readonly totalUs: number;
}

/** `In`: from this peer; `Out`: to it. */
export interface RepairCounters {
  /** Requests for lost packets (generic NACK). */
  readonly nacksIn: number;
  readonly nacksOut: number;
  /** Packets that were sent again (RFC 4588). */
  readonly retransmissionsIn: number;
  readonly retransmissionsOut: number;
}

/** What comes from a client under one SSRC. Through webrtcbin that of its resends is one of its own. */
export interface SourceFigures {
  readonly ssrc: number;
  readonly clockRate: number;
  readonly packets: number;
  /** Since it began. */
  readonly lost: number;
  /** 0 to 1, between our last two reports; null before the first. */
  readonly loss: number | null;
  readonly jitterMs: number;
}

/**
 * A client's claims. Null is what it has not told yet. With the egress `webrtcbin` report blocks and the loss of
 * transport-wide feedback are all that is read: what follows from other feedback is null, or 0.
 */
export interface ReceiverFigures {
  /** Lost on the way in the last ten seconds, 0 to 1, by report blocks. */
  readonly loss: number | null;
  /** The same for the last second, of all that was sent, by transport-wide feedback. */
  readonly transportLoss: number | null;
  /**
   * How much longer packets took at least, in the last second, than they took at best in the last minute: what stands in
   * a queue, by transport-wide feedback.
   */
  readonly queueMs: number | null;
  /** There and back, smoothed. */
  readonly rttMs: number | null;
  /** Of the stream that has most. */
  readonly jitterMs: number | null;
  /** What arrived in the last second, in bits per second, by transport-wide feedback. */
  readonly receivedBitrate: number | null;
  /** What the client says it could take, in bits per second, where it says so (REMB). */
  readonly bitrateLimit: number | null;
  /** Packets since the peer connected: lost by report blocks, asked for again (each as often as it was), sent again. */
  readonly lost: number;
  readonly askedAgain: number;
  readonly resent: number;
  /** Of the slots that were reported on. */
  readonly streams: readonly StreamFigures[];
}

/** By the last report on a slot. */
export interface StreamFigures {
  readonly mline: number;
  /** 0 to 1, since the report before. */
  readonly loss: number;
  /** Since it began. */
  readonly lost: number;
  readonly jitterMs: number;
}

/** The way in past webrtcbin. */
export interface ReceptionFigures {
  /** RTP has a socket of its own, beside that of the ICE pair. Where not, it comes by way of that. */
  readonly ownSocket: boolean;
  /** Why the system gave it none where the pair has a socket; null where it did, or the pair is a relay's or TCP. */
  readonly refusal: string | null;
  /** There and back, smoothed, by packets that were sent again; null while none was. */
  readonly rttMs: number | null;
  /** Packets since the peer connected: asked for again (each as often as it was), and come in a stream of resends. */
  readonly askedAgain: number;
  readonly repaired: number;
}

export interface DropCounters {
  /** SRTP that was not authentic, came before, or so late that this is not known any more. Counted past webrtcbin only. */
  readonly unauthentic: number;
  /** RTP that could not be parsed. */
  readonly malformed: number;
  /** More than the `rate` of the publisher, or more RTCP than is read. */
  readonly rate: number;
  /** No section for the SSRC, or the section does not receive. */
  readonly unknownSsrc: number;
  /** A payload type that was not negotiated for the section. */
  readonly payloadType: number;
  /** More than 4 SSRCs in a section. */
  readonly ssrcLimit: number;
  /** A second SSRC of a section while the first is alive. */
  readonly secondSource: number;
  /** Quieter than the gate of its track. */
  readonly gated: number;
  /** A sequence number that this slot has sent already. */
  readonly duplicate: number;
  /**
   * Older than the window of 128 or than the last switch; or what a slot would begin with, where a later packet has come
   * already, or sound of a time that was filled by the publisher before.
   */
  readonly late: number;
  /** Video in front of the key frame a slot waits for. */
  readonly awaitingKeyframe: number;
  /** From a track that the slot no longer carries. */
  readonly stale: number;
  /** The slot is not attached. */
  readonly detached: number;
  /** The egress refused it. */
  readonly egress: number;
}

export interface Track {
  readonly mline: number;
  /** Asks the publisher for a key frame, throttled. True where a request went out now, false where one is pending. */
  requestKeyframe(): boolean;
}

/** Numbers in a record of `takeLevels`. */
export const LEVELS_SIZE: number;

/**
 * What arrived for these tracks since the last call, heard by anybody or not; taken in one call, for it is made ten
 * times a second for every track there is. Writes a record of `LEVELS_SIZE` numbers for each track, one after the other:
 *
 *     0   packets; where it is 0, the rest of the record is left as it was
 *     1   bytes of RTP payload, without padding
 *     2   packets with the voice-activity bit
 *     3   n, how many levels follow: 0 to 32, the newest where there were more
 *     4…  n levels, oldest first, -dBov: 0 (loudest) to 127 (silence), of the packets that carried one (RFC 6464)
 *
 * Returns how many tracks received anything. Throws a TypeError, and takes nothing, where `into` has no room.
 */
export function takeLevels(tracks: readonly Track[], into: Int32Array): number;

export interface Slot {
  /** In a tap: counted up from 0. */
  readonly mline: number;
}

/** The routes of one conversation. */
export function forwarder(): Forwarder;

export interface Forwarder {
  /**
   * Fills a slot, or empties it with null. Audio switches with the next packet of the new track; video keeps the old
   * track until the first key frame of the new one, which is asked for at once. A closed track is as good as null.
   * A slot that another forwarder has filled since is not emptied. Throws a TypeError where kind or codec differ.
   */
  route(slot: Slot, track: Track | null): void;
  /**
   * While a gate is set, packets of this audio track that are quieter go to no slot: those whose level (RFC 6464, -dBov)
   * is above `level`, 0 to 127. One that is not opens the gate at once and for 500 ms. In slots the held packets leave no
   * hole in the sequence numbers, and the first behind them carries the marker of a talk spurt. Packets without a level
   * pass. Null takes the gate away; the gate of another forwarder that has set one since stays.
   */
  gate(track: Track, level: number | null): void;
  /** Empties every slot this forwarder filled, and takes its gates away. Idempotent. */
  close(): void;
}

/**
 * For tests: the same tracks and slots without a webrtcbin. Packets are pushed in and taken out as bytes, time is given
 * by hand, nothing runs on another thread unless the test asks for it.
 */
export function mediaHarness(options: PeerMediaOptions): MediaHarness;

export interface MediaHarness extends PeerMediaCore {
  /** Feeds one RTP packet as if it came out of the session's receive pad at `nowNs` (running time, ns). */
  receiveRtp(packet: Uint8Array, nowNs: bigint): void;
  /** Feeds one compound RTCP packet as the session would get it. */
  receiveRtcp(packet: Uint8Array, nowNs: bigint): void;
  /** As if the jitterbuffer of the stream `ssrc` had given up on this packet. */
  loseRtp(ssrc: number, sequence: number, nowNs: bigint): void;
  /** What slots sent since the last call, in order. */
  takeSent(): readonly SentPacket[];
  /** SSRCs that a key frame was asked for since the last call, in order. */
  takeKeyframeRequests(): readonly number[];
  /** Whether the receive chain would let this packet or report run on into the jitterbuffer, decided at the last receive call. */
  readonly ranOn: boolean;
  /**
   * Receives `count` packets on a native thread of their own, made from `packet`: sequence numbers go up by one from it,
   * timestamps by `timestampStep`, the time by `intervalNs` from `nowNs`.
   */
  startFlood(packet: Uint8Array, count: number, timestampStep: number, nowNs: bigint, intervalNs: bigint): void;
  /** Waits for every thread of `startFlood`. Blocks. */
  joinFloods(): void;
}

export interface SentPacket {
  readonly mline: number;
  readonly packet: Uint8Array;
  /** Capture time on the server's clock, ns: what a sender report of this slot is computed from. */
  readonly captureNs: bigint;
}
