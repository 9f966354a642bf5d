import type { PeerId } from '../base/ids.ts';
import type { Slot, Track } from '../media/types.ts';
import type { MediaKind } from '../sdp/types.ts';

/**
 * Who is heard in which slot: a pure function of who is there and what is routed now.
 *
 * In this order: nobody hears itself (the user's other devices do); a filled slot keeps its track while that track
 * exists; a free slot takes the waiting publisher of the lowest rank, each publisher at most once per receiver and kind;
 * and the index of the free slot is chosen so that audio and video of a publisher share one, where that costs no move.
 * So nothing moves because somebody came, and only the slots of whoever left are filled anew.
 */
export interface Participant {
  readonly id: PeerId;
  /** Who comes first where slots are short: the lowest. Unique. In a conversation it is the order of coming in. */
  readonly rank: number;
  readonly tracks: readonly Track[];
  readonly slots: readonly Slot[];
}

/** What is routed now; a slot that is not in it is empty. */
export type Routes = ReadonlyMap<Slot, Track>;
/** What ought to be routed: an entry for every slot of every participant. */
export type Assignment = ReadonlyMap<Slot, Track | null>;

export interface RouteChange {
  readonly slot: Slot;
  readonly track: Track | null;
}

/** O(participants x slots). The order of the arrays does not matter, but for the m-line order of a participant's tracks. */
export function assign(participants: readonly Participant[], routes: Routes): Assignment {
  const byRank = [...participants].sort((a, b) => a.rank - b.rank);
  const live = new Set(participants.flatMap((each) => each.tracks));
  const published = { audio: publishedIn(byRank, 'audio'), video: publishedIn(byRank, 'video') };
  const assignment = new Map<Slot, Track | null>();
  for (const receiver of participants) {
    const audio = keep(receiver, 'audio', routes, live);
    const video = keep(receiver, 'video', routes, live);
    fill(
      { row: audio, tracks: waiting(audio, published.audio, receiver.id) },
      { row: video, tracks: waiting(video, published.video, receiver.id) },
    );
    for (const row of [audio, video]) {
      for (const [index, slot] of row.slots) assignment.set(slot, row.filled.get(index) ?? null);
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

/** The slots of one receiver and kind. */
interface Row {
  /** By index, lowest first. */
  readonly slots: ReadonlyMap<number, Slot>;
  readonly filled: Map<number, Track>;
  /** The index where a publisher is heard. */
  readonly where: Map<PeerId, number>;
}

interface Work {
  readonly row: Row;
  /** To be placed, lowest rank first; never more than there are free slots. */
  readonly tracks: readonly Track[];
}

/** One track per publisher: the first of this kind in its offer. */
const publishedIn = (byRank: readonly Participant[], kind: MediaKind): Track[] =>
  byRank.flatMap(({ tracks }) => tracks.find((track) => track.kind === kind) ?? []);

/** A row with everything in it that may stay. */
function keep(receiver: Participant, kind: MediaKind, routes: Routes, live: ReadonlySet<Track>): Row {
  const slots = receiver.slots.filter((slot) => slot.kind === kind).sort((a, b) => a.index - b.index);
  const row: Row = { slots: new Map(slots.map((slot) => [slot.index, slot])), filled: new Map(), where: new Map() };
  for (const slot of slots) {
    const track = routes.get(slot);
    if (track === undefined || !live.has(track) || track.kind !== kind) continue;
    if (track.peer !== receiver.id && !row.where.has(track.peer)) put(row, slot.index, track);
  }
  return row;
}

/** The tracks that come next, one for each free slot while there are any. */
function waiting(row: Row, published: readonly Track[], receiver: PeerId): Track[] {
  const tracks: Track[] = [];
  const free = row.slots.size - row.filled.size;
  for (const track of published) {
    if (tracks.length === free) break;
    if (track.peer !== receiver && !row.where.has(track.peer)) tracks.push(track);
  }
  return tracks;
}

function fill(audio: Work, video: Work): void {
  followPartner(audio, video.row);
  followPartner(video, audio.row);
  placePairs(audio, video);
  placeRest(audio, video.row);
  placeRest(video, audio.row);
}

/** Whoever has a slot of the other kind gets the one beside it, if it is free. */
function followPartner({ row, tracks }: Work, other: Row): void {
  for (const track of tracks) {
    const index = other.where.get(track.peer);
    if (index !== undefined && isFree(row, index)) put(row, index, track);
  }
}

/** Whoever gets a slot of both kinds now gets two of one index, if any two are free. */
function placePairs(audio: Work, video: Work): void {
  const videos = new Map(video.tracks.map((track) => [track.peer, track]));
  for (const track of audio.tracks) {
    const partner = videos.get(track.peer);
    if (partner === undefined || audio.row.where.has(track.peer) || video.row.where.has(track.peer)) continue;
    const index = lowest(audio.row, (each) => isFree(audio.row, each) && isFree(video.row, each));
    if (index === null) return;
    put(audio.row, index, track);
    put(video.row, index, partner);
  }
}

/** Everybody else gets a slot that can be nobody's pair, or else the first free one. */
function placeRest({ row, tracks }: Work, other: Row): void {
  for (const track of tracks) {
    if (row.where.has(track.peer)) continue;
    const single = lowest(row, (each) => isFree(row, each) && !isFree(other, each));
    const index = single ?? lowest(row, (each) => isFree(row, each));
    if (index !== null) put(row, index, track);
  }
}

const isFree = (row: Row, index: number): boolean => row.slots.has(index) && !row.filled.has(index);

function lowest(row: Row, matches: (index: number) => boolean): number | null {
  for (const index of row.slots.keys()) if (matches(index)) return index;
  return null;
}

function put(row: Row, index: number, track: Track): void {
  row.filled.set(index, track);
  row.where.set(track.peer, index);
}
