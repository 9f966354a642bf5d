import type { Emitter } from '../base/emitter.ts';
import type { ConversationId, PeerId, UserId } from '../base/ids.ts';
import type { ForwardingGraph, Slot } from '../media/types.ts';
import type { VideoLimits } from './assign/types.ts';
import { Conversation } from './conversation.ts';
import type { Ticker } from './ticker.ts';
import type { ConversationEvents, Listener, Member, PinTarget } from './types.ts';

export interface RoomOptions {
  readonly openGraph: () => ForwardingGraph;
  readonly maxMembers: number;
  readonly ticker: Pick<Ticker, 'add' | 'delete'>;
  readonly events: Emitter<ConversationEvents>;
  readonly videoLimits: VideoLimits;
  readonly onFault: (error: unknown) => void;
}

/**
 * A conversation that somebody has joined: its users, and while a device of theirs is connected the live `Conversation`.
 *
 * Joined users without a device take no place, so a device may connect and find the conversation full. It then waits,
 * connected but hearing nobody, and comes in, the longest waiting first, as soon as a member leaves.
 */
export class Room {
  readonly id: ConversationId;
  readonly users = new Set<UserId>();
  readonly #options: RoomOptions;
  readonly #waiting = new Map<PeerId, Member>();
  #conversation: Conversation | null = null;

  constructor(id: ConversationId, options: RoomOptions) {
    this.id = id;
    this.#options = options;
  }

  get members(): readonly Member[] {
    return this.#conversation?.members ?? [];
  }

  /** Who speaks now: the dominant one first, then the loudest. */
  get speakers(): readonly Member[] {
    return this.#conversation?.speakers ?? [];
  }

  /** Every slot of a member, with whom it hears there; empty slots for a device that waits. */
  slotsOf(member: Member): ReadonlyMap<Slot, Member | null> {
    return this.#conversation?.slotsOf(member) ?? emptySlots(member);
  }

  /** See `Conversation.pin`; false for a device that waits, too. */
  pin(id: PeerId, slot: Slot, target: PinTarget | null): boolean {
    return this.#conversation?.pin(id, slot, target) ?? false;
  }

  /** See `Conversation.limitsChanged`. */
  limitsChanged(): void {
    this.#conversation?.limitsChanged();
  }

  /** See `Conversation.listen`; null where nobody is connected. */
  listen(listener: Listener): (() => void) | null {
    return this.#conversation?.listen(listener) ?? null;
  }

  /** Whether `devices` more could come in now. A user without a device counts as one: he would wait for ever otherwise. */
  hasPlaceFor(devices: number): boolean {
    return this.#size + Math.max(devices, 1) <= this.#options.maxMembers;
  }

  enter(member: Member): void {
    if (this.#size < this.#options.maxMembers) {
      this.#admit(member);
      return;
    }
    this.#waiting.set(member.id, member);
    this.#options.events.emit('member-waiting', this.id, member);
  }

  /** Takes devices out, all of them before anybody who waits comes in. */
  remove(members: readonly Member[]): void {
    for (const { id } of members) this.#waiting.delete(id);
    for (const member of members) {
      if (this.#conversation?.leave(member.id) === true) this.#options.events.emit('member-left', this.id, member);
    }
    for (const member of this.#waiting.values()) {
      if (this.#size >= this.#options.maxMembers) break;
      this.#waiting.delete(member.id);
      this.#admit(member);
    }
    if (this.#conversation?.size === 0) this.close();
  }

  /** `next` takes the place of `old`, be it inside or among those who wait. */
  replace(old: Member, next: Member): void {
    if (this.#conversation?.replace(old.id, next) === true) {
      this.#options.events.emit('member-left', this.id, old);
      this.#options.events.emit('member-joined', this.id, next);
    } else if (this.#waiting.has(old.id)) {
      const queue = [...this.#waiting.values()].map((each) => (each.id === old.id ? next : each));
      this.#waiting.clear();
      for (const member of queue) this.#waiting.set(member.id, member);
    }
  }

  close(): void {
    if (this.#conversation === null) return;
    this.#conversation.close();
    this.#conversation = null;
    this.#options.events.emit('closed', this.id);
  }

  get #size(): number {
    return this.#conversation?.size ?? 0;
  }

  #admit(member: Member): void {
    if (this.#conversation === null) {
      this.#conversation = new Conversation(this.id, { ...this.#options, graph: this.#options.openGraph() });
      this.#options.events.emit('opened', this.id);
    }
    this.#conversation.enter(member);
    this.#options.events.emit('member-joined', this.id, member);
  }
}

export const emptySlots = ({ slots }: Member): ReadonlyMap<Slot, null> => new Map(slots.map((slot) => [slot, null]));
