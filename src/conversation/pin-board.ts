import type { Slot } from '../media/types.ts';
import type { Pins } from './assign/types.ts';
import { heirOf } from './seats.ts';
import type { Member, PinTarget } from './types.ts';

/** What the members of a conversation have pinned: at most one device per slot. It need not be there. */
export class PinBoard {
  readonly #pins = new Map<Slot, PinTarget>();

  get current(): Pins {
    return this.#pins;
  }

  /** Null lets go of the slot. False where it was so already. */
  set(slot: Slot, target: PinTarget | null): boolean {
    if (target === null) return this.#pins.delete(slot);
    const old = this.#pins.get(slot);
    if (old?.userid === target.userid && old.clientid === target.clientid) return false;
    this.#pins.set(slot, { userid: target.userid, clientid: target.clientid });
    return true;
  }

  /** Forgets what a member has pinned. That others have pinned him stays: he may come back. */
  remove({ slots }: Member): void {
    for (const slot of slots) this.#pins.delete(slot);
  }

  /** Another connection of the same device has pinned what the old one had. */
  handOver(old: Member, next: Member): void {
    for (const slot of old.slots) {
      const target = this.#pins.get(slot);
      const heir = heirOf(slot, next);
      if (target !== undefined && heir !== null) this.#pins.set(heir, target);
    }
    this.remove(old);
  }

  clear(): void {
    this.#pins.clear();
  }
}
