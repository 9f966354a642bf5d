import type { Ssrc } from '../base/ids.ts';
import type { MediaKind, SlotPlan } from './types.ts';

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
    let ssrc = 1 + Math.floor(this.#random() * 0xffffffff);
    // Counting on from a taken one ends for sure, whatever the source of numbers does.
    while (this.#taken.has(ssrc as Ssrc)) ssrc = ssrc === 0xffffffff ? 1 : ssrc + 1;
    this.#taken.add(ssrc as Ssrc);
    return ssrc as Ssrc;
  }
}
