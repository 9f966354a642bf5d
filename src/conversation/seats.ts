import type { PeerId } from '../base/ids.ts';
import type { Slot, Track } from '../media/types.ts';
import { sortedByRank } from './assign/assign.ts';
import type { Participant } from './assign/types.ts';
import type { Member } from './types.ts';

/** The place of a member, which a replacement takes over. */
export interface Seat extends Participant {
  readonly member: Member;
}

/** What is asked for in every tick and changes only with the members. Longest in the conversation first. */
export interface Company {
  readonly seats: readonly Seat[];
  readonly members: readonly Member[];
  /** Who publishes anything. */
  readonly publishers: readonly PeerId[];
  readonly audioTracks: readonly Track[];
  /** The most slots that anybody has of a kind. */
  readonly mostSlots: number;
}

/** Who is in a conversation. */
export class Seats {
  readonly #seats = new Map<PeerId, Seat>();
  #nextRank = 0;
  /** Null after a change. */
  #company: Company | null = null;

  get size(): number {
    return this.#seats.size;
  }

  get company(): Company {
    this.#company ??= companyOf(sortedByRank([...this.#seats.values()]));
    return this.#company;
  }

  has(id: PeerId): boolean {
    return this.#seats.has(id);
  }

  memberOf(id: PeerId): Member | null {
    return this.#seats.get(id)?.member ?? null;
  }

  /** Behind everybody who is there. */
  add(member: Member): void {
    this.#sit(member, this.#nextRank++);
  }

  /** Null where it was not there. */
  remove(id: PeerId): Member | null {
    const member = this.memberOf(id);
    this.#company = null;
    this.#seats.delete(id);
    return member;
  }

  /** `next` gets the place of `old`. Null, and nothing is done, where `old` is not there or `next` is. */
  replace(old: PeerId, next: Member): Member | null {
    const seat = this.#seats.get(old);
    if (seat === undefined || this.#seats.has(next.id)) return null;
    this.#seats.delete(old);
    this.#sit(next, seat.rank);
    return seat.member;
  }

  clear(): void {
    this.#company = null;
    this.#seats.clear();
  }

  #sit(member: Member, rank: number): void {
    const { id, userid, clientid, tracks, slots } = member;
    this.#company = null;
    this.#seats.set(id, { id, userid, clientid, rank, tracks, slots, member });
  }
}

function companyOf(seats: readonly Seat[]): Company {
  const indices = seats.flatMap(({ slots }) => slots.map(({ index }) => index));
  return {
    seats,
    members: seats.map(({ member }) => member),
    publishers: seats.filter(({ tracks }) => tracks.length > 0).map(({ id }) => id),
    audioTracks: seats.flatMap(({ tracks }) => audioIn(tracks)),
    mostSlots: indices.reduce((most, index) => Math.max(most, index + 1), 0),
  };
}

export const audioIn = (tracks: readonly Track[]): Track[] => tracks.filter(({ kind }) => kind === 'audio');

/** The slot of another connection of the same device that means the same to it. */
export const heirOf = (slot: Slot, { slots }: Member): Slot | null =>
  slots.find(({ kind, index }) => kind === slot.kind && index === slot.index) ?? null;

/** The track of another connection of the same device that means the same to others: the first of its kind, the second. */
export function successorOf(track: Track, old: Member, next: Member): Track | null {
  const ofKind = ({ tracks }: Member): Track[] => tracks.filter(({ kind }) => kind === track.kind);
  return ofKind(next)[ofKind(old).indexOf(track)] ?? null;
}
