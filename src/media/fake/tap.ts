import { closeSync, openSync } from 'node:fs';
import type { Ssrc } from '../../base/ids.ts';
import type { CodecName, MediaKind } from '../../sdp/types.ts';
import type { MediaTap, TapOptions, TapSlot, TapStats, Track } from '../types.ts';

const FORMATS: Record<MediaKind, { codec: CodecName; payloadType: number; clockRate: number }> = {
  audio: { codec: 'opus', payloadType: 111, clockRate: 48_000 },
  video: { codec: 'vp8', payloadType: 96, clockRate: 90_000 },
};

export interface FakeTapHooks {
  /** A slot has come to its end. */
  readonly onRemoved: (slot: TapSlot) => void;
  readonly onClosed: () => void;
}

/** A tap that carries nothing; its other end is a descriptor that a process can inherit and that is at its end at once. */
export class FakeTap implements MediaTap {
  readonly options: TapOptions;
  /** The tracks that a key frame was asked of, oldest first. */
  readonly keyframeRequests: Track[] = [];
  /** What `stats()` says. */
  counted: TapStats = { packets: 0, bytes: 0, overflowPackets: 0, overflowBytes: 0, isBroken: false };
  readonly #hooks: FakeTapHooks;
  readonly #slots = new Set<TapSlot>();
  #childFd = openSync('/dev/null', 'r');
  #isClosed = false;

  constructor(options: TapOptions, hooks: FakeTapHooks) {
    this.options = options;
    this.#hooks = hooks;
  }

  get childFd(): number {
    return this.#childFd;
  }

  /** Those that are there, oldest first. */
  get slots(): readonly TapSlot[] {
    return [...this.#slots];
  }

  has(slot: TapSlot): boolean {
    return this.#slots.has(slot);
  }

  spawned(): void {
    if (this.#childFd >= 0) closeSync(this.#childFd);
    this.#childFd = -1;
  }

  /** Stricter than a real one, to find mistakes: a second slot with an SSRC throws. */
  slot({ kind }: Track, ssrc: Ssrc): TapSlot {
    if (this.slots.some((each) => each.ssrc === ssrc)) throw new RangeError(`the tap has a slot with SSRC ${ssrc}`);
    const slot = Object.freeze({ ssrc, kind, ...FORMATS[kind] });
    if (!this.#isClosed) this.#slots.add(slot);
    return slot;
  }

  removeSlot(slot: TapSlot): void {
    if (this.#slots.delete(slot)) this.#hooks.onRemoved(slot);
  }

  requestKeyframe(track: Track): void {
    if (track.kind === 'video') this.keyframeRequests.push(track);
  }

  stats(): TapStats {
    return this.counted;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const slot of this.slots) this.removeSlot(slot);
    this.spawned();
    this.#hooks.onClosed();
  }
}
