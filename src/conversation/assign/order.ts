import type { PeerId } from '../../base/ids.ts';
import type { Track } from '../../media/types.ts';
import type { MediaKind } from '../../sdp/types.ts';
import type { Participant, Preference } from './types.ts';

/** Somebody who publishes a kind. */
export interface Publisher {
  readonly id: PeerId;
  /** Those of the kind, in the order of their m-lines. Not empty. */
  readonly tracks: readonly [Track, ...Track[]];
}

/** Everybody who publishes a kind. The same for every receiver: it is made once, and each takes from its beginning. */
export interface Order {
  /** Whom one hears first, first. */
  readonly publishers: readonly Publisher[];
  readonly byId: ReadonlyMap<PeerId, Publisher>;
}

export interface Orders {
  readonly audio: Order;
  readonly video: Order;
}

/** @param byRank lowest first */
export const ordersOf = (byRank: readonly Participant[], { heard, seen }: Preference): Orders => ({
  audio: orderOf(byRank, 'audio', heard),
  video: orderOf(byRank, 'video', seen),
});

function orderOf(byRank: readonly Participant[], kind: MediaKind, preferred: readonly PeerId[]): Order {
  const byId = new Map<PeerId, Publisher>();
  for (const { id, tracks } of byRank) {
    const [first, ...further] = tracks.filter((track) => track.kind === kind);
    if (first !== undefined) byId.set(id, { id, tracks: [first, ...further] });
  }
  const ahead = new Set(preferred);
  const publishers = [...ahead].flatMap((id) => byId.get(id) ?? []);
  for (const publisher of byId.values()) if (!ahead.has(publisher.id)) publishers.push(publisher);
  return { publishers, byId };
}

/**
 * The beginning of a preference that an assignment depends on: one more than there are slots, since a receiver passes
 * over itself. Whoever is pinned takes a slot, so that passing over him needs no more.
 *
 * @param slots the most that anybody has of a kind
 */
export function leaders(byRank: readonly Participant[], preference: Preference, slots: number): Preference {
  const { audio, video } = ordersOf(byRank, preference);
  const first = ({ publishers }: Order): PeerId[] => publishers.slice(0, slots + 1).map(({ id }) => id);
  return { heard: first(audio), seen: first(video) };
}

export const samePreference = (a: Preference, b: Preference): boolean =>
  sameIds(a.heard, b.heard) && sameIds(a.seen, b.seen);

const sameIds = (a: readonly PeerId[], b: readonly PeerId[]): boolean =>
  a.length === b.length && a.every((id, i) => id === b[i]);
