import type { PeerId } from '../../base/ids.ts';
import type { Publisher } from './publisher.ts';

/** Everybody who publishes, in order of arrival, with what is known of each. A value. */
export class Publishers {
  static readonly NONE = new Publishers([], []);

  readonly ids: readonly PeerId[];
  /** As many as `ids`, in the same order. */
  readonly all: readonly Publisher[];
  /** Shared by all values with the same ids: most ticks change nobody's place. */
  readonly #places: ReadonlyMap<PeerId, number>;

  constructor(ids: readonly PeerId[], all: readonly Publisher[], places?: ReadonlyMap<PeerId, number>) {
    this.ids = ids;
    this.all = all;
    this.#places = places ?? new Map(ids.map((id, i) => [id, i]));
  }

  has(id: PeerId): boolean {
    return this.#places.has(id);
  }

  get(id: PeerId): Publisher | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.all[place];
  }

  /** The same ids with something else known of them. */
  with(all: readonly Publisher[]): Publishers {
    return new Publishers(this.ids, all, this.#places);
  }

  /** Ids changed, nobody's place. */
  renamed(name: (id: PeerId) => PeerId): Publishers {
    return new Publishers(this.ids.map(name), this.all);
  }

  are(ids: readonly PeerId[]): boolean {
    return ids.length === this.ids.length && ids.every((id, i) => id === this.ids[i]);
  }
}
