import type { ConversationId, PeerId } from '../base/ids.ts';
import type { ForwardingGraph, Slot, Track } from '../media/types.ts';
import { assign, diffRoutes, type Participant } from './assign.ts';
import type { Member } from './types.ts';

interface Seat extends Participant {
  readonly member: Member;
}

/**
 * The members of one conversation and what each of them hears.
 *
 * It owns the forwarding graph and the record of what is routed in it. Whoever leaves is out of every route when `leave`
 * returns; what takes the free slots, and what a newcomer hears, is worked out once per turn of the event loop however
 * many came and went in it.
 */
export class Conversation {
  readonly id: ConversationId;
  readonly #graph: ForwardingGraph;
  readonly #onFault: (error: unknown) => void;
  readonly #seats = new Map<PeerId, Seat>();
  readonly #routes = new Map<Slot, Track>();
  #nextRank = 0;
  /** `settling`: a recompute is queued. */
  #state: 'settled' | 'settling' | 'closed' = 'settled';

  /** @param onFault gets what the media plane throws; the other routes are carried out all the same. */
  constructor(id: ConversationId, graph: ForwardingGraph, onFault: (error: unknown) => void) {
    this.id = id;
    this.#graph = graph;
    this.#onFault = onFault;
  }

  get size(): number {
    return this.#seats.size;
  }

  /** Longest in the conversation first. */
  get members(): readonly Member[] {
    return [...this.#seats.values()].sort((a, b) => a.rank - b.rank).map(({ member }) => member);
  }

  has(id: PeerId): boolean {
    return this.#seats.has(id);
  }

  /** Behind everybody who is there. Does nothing for somebody who is. */
  enter(member: Member): void {
    if (this.#state === 'closed' || this.#seats.has(member.id)) return;
    this.#sit(member, this.#nextRank++);
    this.#settleSoon();
  }

  /** False where it was not there. */
  leave(id: PeerId): boolean {
    if (!this.#seats.delete(id)) return false;
    for (const [slot, track] of [...this.#routes]) {
      if (slot.peer === id || track.peer === id) this.#route(slot, null);
    }
    this.#settleSoon();
    return true;
  }

  /**
   * `next` takes over the place of `old`: its rank, the slots that carried it, and what it heard in slots of the same
   * kind and index. Nobody else's slot moves. False, and nothing is done, where `old` is not there or `next` is.
   */
  replace(old: PeerId, next: Member): boolean {
    const seat = this.#seats.get(old);
    if (seat === undefined || this.#seats.has(next.id)) return false;
    this.#seats.delete(old);
    this.#sit(next, seat.rank);
    for (const [slot, track] of [...this.#routes]) {
      if (slot.peer === old) {
        this.#route(slot, null);
        const heir = next.slots.find((each) => each.kind === slot.kind && each.index === slot.index);
        if (heir !== undefined) this.#route(heir, track);
      } else if (track.peer === old) {
        this.#route(slot, next.tracks.find((each) => each.kind === track.kind) ?? null);
      }
    }
    this.#settleSoon();
    return true;
  }

  /** Ends every route and the graph. Idempotent; everything that comes later is ignored. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#seats.clear();
    this.#routes.clear();
    this.#graph.close();
  }

  #sit(member: Member, rank: number): void {
    this.#seats.set(member.id, { id: member.id, rank, tracks: member.tracks, slots: member.slots, member });
  }

  #settleSoon(): void {
    if (this.#state !== 'settled') return;
    this.#state = 'settling';
    queueMicrotask(() => {
      if (this.#state !== 'settling') return;
      this.#state = 'settled';
      const wanted = assign([...this.#seats.values()], this.#routes);
      for (const { slot, track } of diffRoutes(this.#routes, wanted)) this.#route(slot, track);
    });
  }

  #route(slot: Slot, track: Track | null): void {
    if (track === null) this.#routes.delete(slot);
    else this.#routes.set(slot, track);
    try {
      this.#graph.route(slot, track);
    } catch (error) {
      this.#onFault(error);
    }
  }
}
