/**
 * Taps: tracks of the media half in another process.
 *
 *   track ─► slot ─► tap ══ socket ══► tapReader ─► appsrcs                    times: ns since 1970
 *
 * JavaScript validates; these functions trust their arguments' ranges and only check their types.
 */
import type { GstObject } from './index';
import type { Codec, MediaKind, Slot } from './media';

/**
 * A listener in another process: its slots are routed like those of a peer, and their packets are written to a local
 * socket, each behind its length in 16 bits (RFC 4571). A packet carries its capture time as header extension 1
 * (RFC 6051 `ntp-64`, one-byte form), on one clock for all slots of the tap, and no other extension.
 *
 * Nothing here waits for the reader: where it does not keep up, whole packets are dropped and counted.
 */
export function tap(options: TapOptions): Tap;

export interface TapOptions {
  /** Bound of what waits for the reader, in bytes, lengths included: 65536 to 268435456. */
  readonly maxBytes: number;
  /**
   * Added to the server's clock (the running time of every pipeline) it gives ns since 1970. By default that of this
   * moment; fixed for the life of the tap, so its time goes steadily even when the wall clock is set.
   */
  readonly unixOffsetNs?: bigint;
}

export interface Tap {
  /** The reader's end, for the `stdio` of `spawn`; -1 after `spawned()` and `takeChildFd()`. */
  readonly childFd: number;
  /** The reader's end for a reader in this process: it is the caller's to close from now on. -1 where it has gone. */
  takeChildFd(): number;
  readonly unixOffsetNs: bigint;
  /** Now on the tap's clock, ns since 1970. */
  nowUnixNs(): bigint;
  /** Closes our copy of the reader's end: call it once the child has its own, else its death is not noticed. Idempotent. */
  spawned(): void;
  /** A slot for `forwarder().route()`, which sends from the first. In a closed tap it is closed. */
  slot(options: TapSlotOptions): Slot;
  /** Takes the slot out of every route, for good. Idempotent; a slot of somebody else is left alone. */
  removeSlot(slot: Slot): void;
  stats(): TapStats;
  /**
   * Removes every slot; what waits is written for 2 s at most, then the reader sees the end. Returns at once.
   * Idempotent.
   */
  close(): void;
}

export interface TapSlotOptions {
  readonly ssrc: number;
  readonly kind: MediaKind;
  readonly codec: Codec;
  readonly payloadType: number;
  readonly clockRate: number;
}

export interface TapStats {
  /** Taken into the queue; bytes of RTP. */
  readonly packets: number;
  readonly bytes: number;
  /** Dropped because the queue was full. */
  readonly overflowPackets: number;
  readonly overflowBytes: number;
  /** Bytes that wait, lengths included. */
  readonly buffered: number;
  /** Bytes that the socket has taken, lengths included. */
  readonly written: number;
  /** The reader has gone; whatever comes is dropped. */
  readonly broken: boolean;
}

/**
 * The reader of a tap, in whatever process has its descriptor, which is taken over. A thread of its own reads packets,
 * puts them into the order of their sequence numbers, stamps them with PTS from their capture times, and pushes them,
 * still RTP, into appsrcs.
 *
 * Where an appsrc is full the thread waits for it and reads nothing meanwhile; so nothing grows here, and what the tap's
 * queue does not hold is dropped and counted on the other side. Note that a muxer of GStreamer 1.22 waits for each of its
 * pads: as long as one has nothing, the appsrcs of the others fill up (see `still`).
 *
 * `onEvent` is kept until `close()`. Hold the reader as long: the collector closes it.
 */
export function tapReader(fd: number, options: TapReaderOptions, onEvent: (event: TapReaderEvent) => void): TapReader;

export interface TapReaderOptions {
  /** How long a missing packet is waited for, ms of the tap's time, to 60000. Default 400. */
  readonly patienceMs?: number;
  /** How far behind the tap's time the silence of a track that says nothing is filled in, ms. Default 600. */
  readonly fillLagMs?: number;
}

export interface TapReader {
  start(): void;
  /**
   * Packets of `ssrc` go into `appsrc` from now on, with those that came shortly before: while nobody has named an
   * SSRC, its packets are kept, 256 of all such SSRCs and 1 MiB at most. Sets `format=time` and `block=false` on the
   * appsrc; where it is started already its format must be that. Caps, `max-bytes` and the rest are the caller's. Throws
   * where the SSRC is tracked already.
   */
  track(ssrc: number, appsrc: GstObject, options: TapTrackOptions): void;
  /**
   * The packets go on into another appsrc; none is lost and none goes into both.
   *
   *   'keyframe'  from the first packet that was captured at or after `origin`; for video, from the first key frame.
   *               Where no packet has come for 1 s, at once. Silence that is filled in is divided at `origin`.
   *   'now'       the appsrc of before gets nothing more. What the new one gets begins likewise.
   *
   * A call before the last took effect replaces its appsrc, which gets nothing. False where the SSRC is not tracked.
   */
  switchTo(ssrc: number, appsrc: GstObject, at: 'keyframe' | 'now', origin: bigint | 'first'): boolean;
  /** Pushes what is held back, then `released`. False where the SSRC is not tracked. */
  untrack(ssrc: number): boolean;
  stats(): TapReaderStats;
  /** Ends the thread, also where it waits for an appsrc, and waits for it. No event comes afterwards. Idempotent. */
  close(): void;
}

export interface TapTrackOptions {
  readonly kind: MediaKind;
  readonly codec: Codec;
  /** Packets with another are dropped as malformed. */
  readonly payloadType: number;
  readonly clockRate: number;
  /**
   * What has PTS 0, in ns since 1970, or the first packet. What was captured before is dropped. In every appsrc video
   * begins with a key frame.
   */
  readonly origin: bigint | 'first';
  /**
   * 'silence', for Opus: where no packets are (silence that was not sent, loss, before the first one) there are packets
   * of silence, so that the timeline is continuous to 2.5 ms; sequence numbers and timestamps are written anew.
   */
  readonly fill: 'none' | 'silence';
}

export type TapReaderEvent =
  /** The first packet, or silence, went into the appsrc that was given last. */
  | { readonly type: 'began'; readonly ssrc: number; readonly unixNs: bigint; readonly ptsNs: bigint }
  /** The appsrc before, or of an SSRC no longer tracked, got its last packet: end its stream. `stats` are what it got. */
  | { readonly type: 'released'; readonly ssrc: number; readonly stats: TapFeedStats }
  /** Video: a key frame is waited for, or packets were lost. Once a second at most while that lasts and packets come. */
  | { readonly type: 'keyframe'; readonly ssrc: number }
  /** The appsrc takes nothing any more (it is flushing, or its stream was ended): packets for it are dropped. */
  | { readonly type: 'refused'; readonly ssrc: number }
  /** No packet has come for 1 s of the tap's time, and nothing is filled in. Once until the next packet. */
  | { readonly type: 'still'; readonly ssrc: number }
  /** A packet came whose SSRC is not tracked: not yet, or no longer. Once until it is. */
  | { readonly type: 'unknown'; readonly ssrc: number }
  /** The tap was closed, or its process has gone, and everything was pushed. Once. */
  | { readonly type: 'end' };

export interface TapReaderStats {
  readonly frames: number;
  /** Of RTP. */
  readonly bytes: number;
  /** Frames that are empty, cut short by the end, no RTP, without a time, or of another payload type. */
  readonly malformed: number;
  /** Packets whose SSRC nobody has named: given up, or kept still. */
  readonly unknown: number;
  /** An appsrc is full. */
  readonly blocked: boolean;
  /** The tap's time: the newest capture time of all tracks, and as much later as nothing came since. Null at first. */
  readonly newestUnixNs: bigint | null;
  /** By SSRC, of the present appsrc. */
  readonly tracks: ReadonlyMap<number, TapFeedStats>;
}

/** What one appsrc got. */
export interface TapFeedStats {
  /** Without what was filled in. */
  readonly packets: number;
  readonly bytes: number;
  /** Given up. */
  readonly lost: number;
  /** Came after they were given up. */
  readonly late: number;
  readonly duplicates: number;
  /** Captured before the origin. */
  readonly early: number;
  /** Captured when their time was filled in already. */
  readonly overlapped: number;
  /** Video in front of the key frame that is waited for. */
  readonly awaitingKeyframe: number;
  readonly refused: number;
  /** Packets of silence, and their time. */
  readonly filled: number;
  readonly filledNs: bigint;
  /** Capture times of the first and the last packet; null where there was none. */
  readonly firstUnixNs: bigint | null;
  readonly lastUnixNs: bigint | null;
  /** Where the last packet ends (audio) or begins (video), silence included. */
  readonly endPtsNs: bigint;
}
