import type { Emitter } from '../base/emitter.ts';
import type { ConversationId, PeerId } from '../base/ids.ts';
import type { Slot } from '../media/types.ts';
import type { ConversationEvents, Member } from './types.ts';

/** Tells what has changed in a conversation, and remembers it, so that nothing is told twice. */
export class Told {
  readonly #id: ConversationId;
  readonly #events: Emitter<ConversationEvents>;
  readonly #heard = new Map<PeerId, readonly (Member | null)[]>();
  #roster: readonly Member[] = [];
  #speakers: readonly Member[] = [];

  constructor(id: ConversationId, events: Emitter<ConversationEvents>) {
    this.#id = id;
    this.#events = events;
  }

  roster(members: readonly Member[]): void {
    if (isSame(this.#roster, members)) return;
    this.#roster = members;
    this.#events.emit('roster', this.#id, members);
  }

  heard(receiver: Member, slots: ReadonlyMap<Slot, Member | null>): void {
    const now = [...slots.values()];
    const before = this.#heard.get(receiver.id);
    if (before !== undefined && isSame(before, now)) return;
    this.#heard.set(receiver.id, now);
    this.#events.emit('heard', this.#id, receiver, slots);
  }

  speakers(speakers: readonly Member[]): void {
    if (isSame(this.#speakers, speakers)) return;
    this.#speakers = speakers;
    this.#events.emit('speakers', this.#id, speakers);
  }

  /** A member left: should he come back, he is told everything. */
  forget(id: PeerId): void {
    this.#heard.delete(id);
  }
}

const isSame = <Each>(a: readonly Each[], b: readonly Each[]): boolean =>
  a.length === b.length && a.every((each, i) => each === b[i]);
