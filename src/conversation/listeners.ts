import type { ForwardingGraph, TapSlot, Track } from '../media/types.ts';
import type { Listener, Member } from './types.ts';

interface Heard {
  readonly member: Member;
  readonly slot: TapSlot;
}

/**
 * Those who hear everybody and are nobody's company: they have no part in the assignment of slots, and no member hears
 * of them here. Whoever has left is out of their slots before `gone` says so.
 */
export class Listeners {
  readonly #graph: Pick<ForwardingGraph, 'route'>;
  readonly #onFault: (error: unknown) => void;
  readonly #listeners = new Map<Listener, Map<Track, Heard>>();

  /** @param onFault gets what a listener or the media plane throws. */
  constructor(graph: Pick<ForwardingGraph, 'route'>, onFault: (error: unknown) => void) {
    this.#graph = graph;
    this.#onFault = onFault;
  }

  /** Once per listener. */
  add(listener: Listener, members: readonly Member[]): void {
    const heard = new Map<Track, Heard>();
    this.#listeners.set(listener, heard);
    for (const member of members) this.#hear(listener, heard, member);
  }

  /** Does nothing for one that is not there. */
  remove(listener: Listener): void {
    const heard = this.#listeners.get(listener);
    if (heard === undefined) return;
    this.#listeners.delete(listener);
    this.#drop(listener, heard, null);
  }

  enter(member: Member): void {
    for (const [listener, heard] of this.#listeners) this.#hear(listener, heard, member);
  }

  leave(member: Member): void {
    for (const [listener, heard] of this.#listeners) this.#drop(listener, heard, member);
  }

  clear(): void {
    for (const listener of [...this.#listeners.keys()]) this.remove(listener);
  }

  #hear(listener: Listener, heard: Map<Track, Heard>, member: Member): void {
    for (const track of member.tracks) {
      this.#guard(() => {
        const slot = listener.hear(member, track);
        if (slot === null) return;
        heard.set(track, { member, slot });
        this.#graph.route(slot, track);
      });
    }
  }

  /** @param of null for everybody */
  #drop(listener: Listener, heard: Map<Track, Heard>, of: Member | null): void {
    for (const [track, { member, slot }] of [...heard]) {
      if (of !== null && member !== of) continue;
      heard.delete(track);
      this.#guard(() => this.#graph.route(slot, null));
      this.#guard(() => listener.gone(member, track));
    }
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#onFault(error);
    }
  }
}
