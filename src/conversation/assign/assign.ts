import type { PeerId } from '../../base/ids.ts';
import type { Slot, Track } from '../../media/types.ts';
import type { MediaKind } from '../../sdp/types.ts';
import type { PinTarget } from '../types.ts';
import { choose } from './choose.ts';
import { ordersOf, type Order } from './order.ts';
import { place, type Row } from './place.ts';
import type { Assignment, Participant, Pins, Preference, RouteChange, Routes, VideoLimits } from './types.ts';

/**
 * Who is heard in which slot: a pure function of who is there, what is routed now, who speaks, what is pinned, and whose
 * line has no room for all video. The rules and their order of precedence are in docs/slots.md.
 *
 * The order of the arrays does not matter, but for the m-line order of a participant's tracks. Carried out, a second look
 * changes nothing. O(participants x slots).
 */
export function assign(
  participants: readonly Participant[],
  routes: Routes,
  preference: Preference,
  pins: Pins,
  limits: VideoLimits,
): Assignment {
  const byRank = sortedByRank(participants);
  const orders = ordersOf(byRank, preference);
  const pinned = pinnedDevices(byRank, pins);
  const assignment = new Map<Slot, Track | null>();
  for (const receiver of participants) {
    const audio = rowOf(receiver, 'audio', orders.audio, routes, pinned, Infinity);
    const limit = limits.get(receiver.id) ?? Infinity;
    const video = rowOf(receiver, 'video', orders.video, routes, pinned, limit);
    place(audio, video);
    for (const { slots, now } of [audio, video]) {
      for (const [index, slot] of slots.entries()) assignment.set(slot, now[index] ?? null);
    }
  }
  return assignment;
}

/** What has to be done to get from `routes` to `assignment`: first what empties slots, then what fills them. */
export function diffRoutes(routes: Routes, assignment: Assignment): RouteChange[] {
  const empty: RouteChange[] = [];
  const change: RouteChange[] = [];
  for (const slot of routes.keys()) if (!assignment.has(slot)) empty.push({ slot, track: null });
  for (const [slot, track] of assignment) {
    if ((routes.get(slot) ?? null) !== track) (track === null ? empty : change).push({ slot, track });
  }
  return [...empty, ...change];
}

export const sortedByRank = <Each extends Participant>(participants: readonly Each[]): Each[] =>
  [...participants].sort((a, b) => a.rank - b.rank);

/** The pins on devices that are there. */
type PinnedDevices = ReadonlyMap<Slot, PeerId>;

const NOTHING_PINNED: PinnedDevices = new Map();

function pinnedDevices(byRank: readonly Participant[], pins: Pins): PinnedDevices {
  if (pins.size === 0) return NOTHING_PINNED;
  const nameOf = ({ userid, clientid }: PinTarget): string => JSON.stringify([userid, clientid]);
  const ids = new Map(byRank.map((each) => [nameOf(each), each.id]));
  const pinned = new Map<Slot, PeerId>();
  for (const [slot, target] of pins) {
    const id = ids.get(nameOf(target));
    if (id !== undefined) pinned.set(slot, id);
  }
  return pinned;
}

/** @param limit how many of the slots may be filled: those that are pinned first */
function rowOf(
  receiver: Participant,
  kind: MediaKind,
  order: Order,
  routes: Routes,
  pinned: PinnedDevices,
  limit: number,
): Row {
  const slots = receiver.slots.filter((slot) => slot.kind === kind).sort((a, b) => a.index - b.index);
  const before = slots.map((slot) => routes.get(slot) ?? null);
  const out = new Set([receiver.id]);
  let places = Math.min(slots.length, limit);
  const now = slots.map((slot) => {
    const target = pinned.get(slot);
    if (target === undefined || out.has(target) || places === 0) return null;
    const track = order.byId.get(target)?.tracks[0] ?? null;
    if (track === null) return null;
    out.add(target);
    places -= 1;
    return track;
  });
  return { order, slots, before, chosen: choose(order, out, places, before), now };
}
