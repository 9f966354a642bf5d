import type { GstObject } from 'node-gst';
import type { Codec, MediaKind } from '../types.ts';

/** What of node-gst's tap reader is used here. Times are ns since 1970. */
export interface Reader {
  track(ssrc: number, appsrc: GstObject, options: ReaderTrackOptions): void;
  switchTo(ssrc: number, appsrc: GstObject, at: 'keyframe' | 'now', origin: Origin): boolean;
  untrack(ssrc: number): boolean;
  stats(): { readonly newestUnixNs: bigint | null; readonly tracks: ReadonlyMap<number, FeedStats> };
}

/** What PTS 0 is. */
export type Origin = bigint | 'first';

export interface ReaderTrackOptions {
  readonly kind: MediaKind;
  readonly codec: Codec;
  readonly payloadType: number;
  readonly clockRate: number;
  readonly origin: Origin;
  readonly fill: 'none' | 'silence';
}

/** What one appsrc got. */
export interface FeedStats {
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
  readonly late: number;
  readonly duplicates: number;
  readonly filledNs: bigint;
  readonly firstUnixNs: bigint | null;
  readonly endPtsNs: bigint;
}
