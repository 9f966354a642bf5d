/**
 * Those who have a socket but sent no offer yet, bounded per user and in all. The newcomer is always let in and the
 * oldest gives way: a page that was reloaded while it asked for the microphone must not lock its own user out.
 */
export class WaitingRoom<User, Item> {
  readonly #perUser: number;
  readonly #total: number;
  /** Both keep the order of arrival. */
  readonly #all = new Map<Item, User>();
  readonly #byUser = new Map<User, Set<Item>>();

  constructor(limits: { readonly perUser: number; readonly total: number }) {
    this.#perUser = limits.perUser;
    this.#total = limits.total;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Returns who had to give way: no longer waiting, and the caller's to send off. */
  enter(user: User, item: Item): Item[] {
    const own = this.#byUser.get(user) ?? new Set();
    this.#byUser.set(user, own.add(item));
    this.#all.set(item, user);
    const displaced: Item[] = [];
    if (own.size > this.#perUser) displaced.push(...this.#take(own));
    if (this.#all.size > this.#total) displaced.push(...this.#take(this.#all.keys()));
    return displaced;
  }

  /** Harmless for one that is not waiting. */
  leave(item: Item): void {
    const user = this.#all.get(item);
    if (user === undefined) return;
    this.#all.delete(item);
    const own = this.#byUser.get(user);
    own?.delete(item);
    if (own?.size === 0) this.#byUser.delete(user);
  }

  #take(items: Iterable<Item>): Item[] {
    for (const oldest of items) {
      this.leave(oldest);
      return [oldest];
    }
    return [];
  }
}
