import gst, { type Forwarder } from 'node-gst';
import type { ForwardingGraph, Slot, Track, TrackLevel } from '../types.ts';
import { nativeSlot, nativeTrack } from './ends.ts';

/** The forwarding graph of one conversation, on a native forwarder. */
export class GstGraph implements ForwardingGraph {
  readonly #forwarder: Forwarder = gst.forwarder();
  readonly #onClosed: () => void;

  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
  }

  route(slot: Slot, track: Track | null): void {
    this.#forwarder.route(nativeSlot(slot), track === null ? null : nativeTrack(track));
  }

  takeLevels(tracks: Iterable<Track>): readonly TrackLevel[] {
    const levels: TrackLevel[] = [];
    for (const track of tracks) {
      const level = nativeTrack(track).takeLevel();
      if (level === null) continue;
      levels.push({
        track,
        packets: level.packets,
        bytes: level.bytes,
        peakLevel: level.loudest < 0 ? null : -level.loudest,
        meanLevel: level.mean < 0 ? null : -level.mean,
        voiced: level.voiced / level.packets,
      });
    }
    return levels;
  }

  close(): void {
    this.#forwarder.close();
    this.#onClosed();
  }
}
