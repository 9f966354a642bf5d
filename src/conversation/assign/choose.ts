import type { PeerId } from '../../base/ids.ts';
import type { Track } from '../../media/types.ts';
import type { Order, Publisher } from './order.ts';

/**
 * Who is heard in the slots of one kind that a receiver has not pinned: the first tracks of the order, where the further
 * tracks of a publisher (a screen beside the camera) stand directly behind its first.
 *
 * While there is a slot for every publisher, each has one, whatever the others publish besides; what is left is for
 * further tracks, and who has such a slot keeps it: then nothing depends on who speaks.
 *
 * @param out the receiver, and whom it has pinned
 * @param places slots that are not pinned
 * @param heard what the receiver hears now
 * @returns at most `places`, in the order
 */
export function choose(
  order: Order,
  out: ReadonlySet<PeerId>,
  places: number,
  heard: readonly (Track | null)[],
): readonly Track[] {
  let others = order.publishers.length;
  for (const id of out) if (order.byId.has(id)) others -= 1;
  if (others > places) return tracksOf(order.publishers, out, places);
  const publishers = order.publishers.filter(({ id }) => !out.has(id));
  const first = publishers.map(({ tracks }) => tracks[0]);
  const further = publishers.flatMap(({ tracks }) => tracks.slice(1));
  const spare = places - first.length;
  if (further.length <= spare) return [...first, ...further];
  const staying = further.filter((track) => heard.includes(track));
  return [...first, ...new Set([...staying, ...further])].slice(0, places);
}

function tracksOf(publishers: readonly Publisher[], out: ReadonlySet<PeerId>, places: number): Track[] {
  const chosen: Track[] = [];
  for (const { id, tracks } of publishers) {
    if (chosen.length >= places) break;
    if (!out.has(id)) chosen.push(...tracks);
  }
  return chosen.slice(0, places);
}
