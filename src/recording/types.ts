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
