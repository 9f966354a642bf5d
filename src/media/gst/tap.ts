import gst, { type Tap } from 'node-gst';
import type { Ssrc } from '../../base/ids.ts';
import type { MediaTap, TapOptions, TapSlot, TapStats, Track } from '../types.ts';
import { GstTapSlot, gstTrack, nativeSlot, nativeTrack } from './ends.ts';

/** A native tap. Its writer is one thread for all taps of the process; nothing here blocks. */
export class GstTap implements MediaTap {
  readonly #native: Tap;
  readonly #onClosed: () => void;

  constructor({ maxBytes }: TapOptions, onClosed: () => void) {
    this.#native = gst.tap({ maxBytes });
    this.#onClosed = onClosed;
  }

  get childFd(): number {
    return this.#native.childFd;
  }

  spawned(): void {
    this.#native.spawned();
  }

  slot(track: Track, ssrc: Ssrc): TapSlot {
    const source = gstTrack(track);
    return new GstTapSlot(ssrc, source, this.#native.slot({ ssrc, kind: source.kind, ...source.format }));
  }

  removeSlot(slot: TapSlot): void {
    this.#native.removeSlot(nativeSlot(slot));
  }

  requestKeyframe(track: Track): void {
    if (track.kind === 'video') nativeTrack(track).requestKeyframe();
  }

  stats(): TapStats {
    const { packets, bytes, overflowPackets, overflowBytes, broken } = this.#native.stats();
    return { packets, bytes, overflowPackets, overflowBytes, isBroken: broken };
  }

  /** The reader's end too, where no process has got it. */
  close(): void {
    this.#native.close();
    this.#native.spawned();
    this.#onClosed();
  }
}
