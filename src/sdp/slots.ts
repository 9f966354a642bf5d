import type { Ssrc } from '../base/ids.ts';
import type { MediaKind, SlotPlan } from './types.ts';

/**
 * What the SSRCs of slots are drawn from. They need to differ within a connection only, and webrtcbin makes a field name of
 * each that is sent again (RTX), which GLib keeps for ever (`source-lines.ts`). Chromium has uses of its own for low ones.
 */
const SSRCS = { first: 0x10000000, count: 4_096 };

/** Gives out the slots of one offer, in the order of its m-lines, until there are `maxSlots` of both kinds together. */
export class SlotAllocator {
  readonly #random: () => number;
  readonly #taken: Set<Ssrc>;
  readonly #count: Record<MediaKind, number> = { audio: 0, video: 0 };
  #left: number;

  /**
   * @param random numbers from 0 inclusive to 1 exclusive, as `Math.random` gives them.
   * @param offered SSRCs that a slot must not have.
   */
  constructor(maxSlots: number, random: () => number, offered: ReadonlySet<Ssrc>) {
    this.#left = maxSlots;
    this.#random = random;
    this.#taken = new Set(offered);
  }

  /** The next slot of a kind, or null where there are enough. */
  take(kind: MediaKind): SlotPlan | null {
    if (this.#left === 0) return null;
    this.#left -= 1;
    const index = this.#count[kind]++;
    // Equal index, equal stream: the browser then plays both in step, and a page gets them as one MediaStream.
    return { index, ssrc: this.#drawSsrc(), streamId: `slot${index}`, trackId: `${kind}${index}` };
  }

  #drawSsrc(): Ssrc {
    let nth = Math.floor(this.#random() * SSRCS.count);
    // Counting on from a taken one ends for sure, whatever the source of numbers does: there are more than an offer takes.
    while (this.#taken.has((SSRCS.first + nth) as Ssrc)) nth = (nth + 1) % SSRCS.count;
    const ssrc = SSRCS.first + nth;
    this.#taken.add(ssrc as Ssrc);
    return ssrc as Ssrc;
  }
}
