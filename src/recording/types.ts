/** What all of recording speaks of. No GStreamer here, and nothing of the service. */

export type MediaKind = 'audio' | 'video';
export type Codec = 'opus' | 'vp8' | 'h264';

/** A track that is recorded: one RTP stream, as the tap sends it. */
export interface RecordedTrack {
  /** Of the tap's stream, for its life. */
  readonly ssrc: number;
  /** Of the publishing device. */
  readonly csrc: number;
  readonly userid: string;
  readonly clientid: string;
  readonly kind: MediaKind;
  readonly codec: Codec;
  readonly mid: string;
  readonly payloadType: number;
  readonly clockRate: number;
}

/** What was recorded of a track in one segment. Times are ms; those that are points are since 1970, on the server's clock. */
export interface TrackFacts {
  readonly ssrc: number;
  /** When what is in the file first was captured; null where nothing came. */
  readonly startMs: number | null;
  readonly durationMs: number;
  /** Null where whoever counted is gone. */
  readonly counted: TrackCounters | null;
}

export interface TrackCounters {
  readonly packets: number;
  readonly bytes: number;
  /** Packets that never came. */
  readonly lost: number;
  /** Packets that came too late to be put in their place. */
  readonly late: number;
  readonly duplicates: number;
  /** Silence that was filled in. */
  readonly filledMs: number;
}

/** A file that is written to no more. */
export interface FileFacts {
  readonly name: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export type SegmentEnd =
  /** It was long enough, or big enough. */
  | 'limit'
  /** Tracks came or changed. */
  | 'tracks'
  /** Its only track ended. */
  | 'ended'
  /** The recording was stopped. */
  | 'stopped'
  /** Its pipeline failed. */
  | 'error'
  /** Nothing closed it: what is known was read from its files later. */
  | 'interrupted';
