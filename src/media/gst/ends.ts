import type { Slot as NativeSlot, TapSlotOptions, Track as NativeTrack } from 'node-gst';
import type { Mid, PeerId, Ssrc } from '../../base/ids.ts';
import type { CodecName, MediaKind, MediaSection } from '../../sdp/types.ts';
import type { Slot, TapSlot, Track } from '../types.ts';
import { codecOf } from './options.ts';

/** How packets of a track are to be read. */
export type TrackFormat = Pick<TapSlotOptions, 'codec' | 'payloadType' | 'clockRate'>;

/** The two ends of every route, each with its native counterpart. */
export class GstTrack implements Track {
  readonly peer: PeerId;
  readonly mid: Mid;
  readonly kind: MediaKind;
  readonly format: TrackFormat;
  readonly native: NativeTrack;

  constructor(peer: PeerId, section: MediaSection, native: NativeTrack) {
    this.peer = peer;
    this.mid = section.mid;
    this.kind = section.kind;
    const { payloadType, clockRate } = section.codec;
    this.format = { codec: codecOf(section), payloadType, clockRate };
    this.native = native;
  }
}

export class GstSlot implements Slot {
  readonly peer: PeerId;
  readonly mid: Mid;
  readonly kind: MediaKind;
  readonly index: number;
  readonly native: NativeSlot;

  constructor(peer: PeerId, section: MediaSection, index: number, native: NativeSlot) {
    this.peer = peer;
    this.mid = section.mid;
    this.kind = section.kind;
    this.index = index;
    this.native = native;
  }
}

export class GstTapSlot implements TapSlot {
  readonly ssrc: Ssrc;
  readonly kind: MediaKind;
  readonly codec: CodecName;
  readonly payloadType: number;
  readonly clockRate: number;
  readonly native: NativeSlot;

  constructor(ssrc: Ssrc, { kind, format }: GstTrack, native: NativeSlot) {
    this.ssrc = ssrc;
    this.kind = kind;
    this.codec = format.codec;
    this.payloadType = format.payloadType;
    this.clockRate = format.clockRate;
    this.native = native;
  }
}

export function gstTrack(track: Track): GstTrack {
  if (track instanceof GstTrack) return track;
  throw new TypeError('a track of another media plane');
}

export const nativeTrack = (track: Track): NativeTrack => gstTrack(track).native;

export function nativeSlot(slot: Slot | TapSlot): NativeSlot {
  if (slot instanceof GstSlot || slot instanceof GstTapSlot) return slot.native;
  throw new TypeError('a slot of another media plane');
}
