import type { Slot as NativeSlot, Track as NativeTrack } from 'node-gst';
import type { Mid, PeerId } from '../../base/ids.ts';
import type { MediaKind, MediaSection } from '../../sdp/types.ts';
import type { Slot, Track } from '../types.ts';

/** The two ends of every route, each with its native counterpart. */
export class GstTrack implements Track {
  readonly peer: PeerId;
  readonly mid: Mid;
  readonly kind: MediaKind;
  readonly native: NativeTrack;

  constructor(peer: PeerId, section: MediaSection, native: NativeTrack) {
    this.peer = peer;
    this.mid = section.mid;
    this.kind = section.kind;
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

export function nativeTrack(track: Track): NativeTrack {
  if (track instanceof GstTrack) return track.native;
  throw new TypeError('a track of another media plane');
}

export function nativeSlot(slot: Slot): NativeSlot {
  if (slot instanceof GstSlot) return slot.native;
  throw new TypeError('a slot of another media plane');
}
