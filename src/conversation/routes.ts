import type { PeerId } from '../base/ids.ts';
import type { ForwardingGraph, Slot, Track } from '../media/types.ts';
import { diffRoutes } from './assign/assign.ts';
import type { Assignment, Routes } from './assign/types.ts';
import { heirOf, successorOf } from './seats.ts';
import type { Member } from './types.ts';

/** What is routed in a conversation. Everything is routed through here, so that the record says what is true. */
export class RouteTable {
  readonly #graph: Pick<ForwardingGraph, 'route'>;
  readonly #onFault: (error: unknown) => void;
  readonly #routes = new Map<Slot, Track>();
  #touched = new Set<PeerId>();

  /** @param onFault gets what the media plane throws; the other routes are carried out all the same. */
  constructor(graph: Pick<ForwardingGraph, 'route'>, onFault: (error: unknown) => void) {
    this.#graph = graph;
    this.#onFault = onFault;
  }

  get current(): Routes {
    return this.#routes;
  }

  carryOut(assignment: Assignment): void {
    for (const { slot, track } of diffRoutes(this.#routes, assignment)) this.#route(slot, track);
  }

  /** Empties every slot that concerns a peer: its own, and those that carry it. */
  remove(peer: PeerId): void {
    for (const [slot] of this.#routesOf(peer)) this.#route(slot, null);
  }

  /** Gives `next` what `old` heard, slot by slot, and the slots that carried `old`, track by track. */
  handOver(old: Member, next: Member): void {
    for (const [slot, track] of this.#routesOf(old.id)) {
      if (slot.peer === old.id) {
        this.#route(slot, null);
        const heir = heirOf(slot, next);
        if (heir !== null) this.#route(heir, track);
      } else {
        this.#route(slot, successorOf(track, old, next));
      }
    }
  }

  /** Counts a peer among those with a change: somebody who has come. */
  touch(peer: PeerId): void {
    this.#touched.add(peer);
  }

  /** The receivers with a change since the last call. */
  takeTouched(): ReadonlySet<PeerId> {
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }

  /** The graph is closed: nothing is routed any more. */
  clear(): void {
    this.#routes.clear();
  }

  /** What the media plane refuses stays as it was, in the record too: the next assignment tries again. */
  #route(slot: Slot, track: Track | null): void {
    try {
      this.#graph.route(slot, track);
    } catch (error) {
      this.#onFault(error);
      return;
    }
    if (track === null) this.#routes.delete(slot);
    else this.#routes.set(slot, track);
    this.#touched.add(slot.peer);
  }

  /** A copy, as what is done with it changes the record. */
  #routesOf(peer: PeerId): [Slot, Track][] {
    return [...this.#routes].filter(([slot, track]) => slot.peer === peer || track.peer === peer);
  }
}
