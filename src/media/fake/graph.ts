import type { ForwardingGraph, Slot, TapSlot, Track, TrackLevel } from '../types.ts';

/** What is routed in a whole plane: a slot carries one track, whatever graph filled it. */
export type RouteTable = Map<Slot | TapSlot, { readonly graph: FakeGraph; readonly track: Track }>;

export class FakeGraph implements ForwardingGraph {
  /** Every call of `route`, oldest first, those without effect too. */
  readonly calls: { readonly slot: Slot | TapSlot; readonly track: Track | null }[] = [];
  /** The gates that are set, dBov. */
  readonly gates = new Map<Track, number>();
  /** Routing this slot throws `failure`. */
  failing: Slot | TapSlot | null = null;
  readonly failure = new Error('by the test');
  readonly #routes: RouteTable;
  readonly #isOpen: (end: Slot | TapSlot | Track) => boolean;
  readonly #onClosed: () => void;
  readonly #levels = new Map<Track, TrackLevel>();
  #closed = false;

  constructor(routes: RouteTable, isOpen: (end: Slot | TapSlot | Track) => boolean, onClosed: () => void) {
    this.#routes = routes;
    this.#isOpen = isOpen;
    this.#onClosed = onClosed;
  }

  /** Stricter than a real one, to find mistakes: a track of another kind throws. */
  route(slot: Slot | TapSlot, track: Track | null): void {
    this.calls.push({ slot, track });
    if (slot === this.failing) throw this.failure;
    if (track !== null && track.kind !== slot.kind) throw new TypeError(`${track.kind} in a slot for ${slot.kind}`);
    if (this.#closed || !this.#isOpen(slot)) return;
    if (track !== null && this.#isOpen(track)) this.#routes.set(slot, { graph: this, track });
    else this.#routes.delete(slot);
  }

  takeLevels(tracks: readonly Track[]): readonly TrackLevel[] {
    return tracks.flatMap((track) => {
      const level = this.#levels.get(track);
      this.#levels.delete(track);
      return level ?? [];
    });
  }

  gate(track: Track, dBov: number | null): void {
    if (track.kind !== 'audio') throw new TypeError('a gate for a track that is not audio');
    if (this.#closed) return;
    if (dBov === null) this.gates.delete(track);
    else this.gates.set(track, dBov);
  }

  /** Plays what a publisher sent since the last `takeLevels`. */
  publish(level: TrackLevel): void {
    this.#levels.set(level.track, level);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.gates.clear();
    for (const [slot, route] of [...this.#routes]) if (route.graph === this) this.#routes.delete(slot);
    this.#onClosed();
  }
}
