import type { PeerId } from '../../base/ids.ts';
import type { Slot, Track } from '../../media/types.ts';
import type { PinTarget } from '../types.ts';

/** A member as far as it matters who is heard where. */
export interface Participant extends PinTarget {
  readonly id: PeerId;
  /** The order of coming in. Unique. */
  readonly rank: number;
  readonly tracks: readonly Track[];
  readonly slots: readonly Slot[];
}

/** Who comes first where slots are short; whoever is not in a list comes behind it, by rank. Strangers are ignored. */
export interface Preference {
  /** For audio. */
  readonly heard: readonly PeerId[];
  /** For video. */
  readonly seen: readonly PeerId[];
}

/** The device that a client wants in a slot, there or not. */
export type Pins = ReadonlyMap<Slot, PinTarget>;

/** How many video slots of a receiver may be filled; all where it is not named. */
export type VideoLimits = ReadonlyMap<PeerId, number>;

/** What is routed now; a slot that is not in it is empty. */
export type Routes = ReadonlyMap<Slot, Track>;

/** What ought to be routed: an entry for every slot of every participant. */
export type Assignment = ReadonlyMap<Slot, Track | null>;

export interface RouteChange {
  readonly slot: Slot;
  readonly track: Track | null;
}
