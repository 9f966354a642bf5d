import { Emitter } from '../../../src/base/emitter.ts';
import type { ConversationId, PeerId } from '../../../src/base/ids.ts';
import type { Conversations } from '../../../src/channel/types.ts';
import type { ConversationEvents, Member, PinTarget } from '../../../src/conversation/types.ts';
import type { Slot } from '../../../src/media/types.ts';

/** Conversations whose every change is the test's. `settle` tells what the turns of the event loop tell at their end. */
export class StubConversations implements Conversations {
  readonly events = new Emitter<ConversationEvents>();
  /** Every call of `pin`, oldest first. */
  readonly pins: { peer: PeerId; slot: Slot; target: PinTarget | null }[] = [];
  readonly #rooms = new Map<ConversationId, Member[]>();
  readonly #speakers = new Map<ConversationId, readonly Member[]>();
  readonly #heard = new Map<Slot, Member>();
  readonly #changed = { rosters: new Set<ConversationId>(), receivers: new Map<PeerId, Member>() };

  membersOf(conversation: ConversationId): readonly Member[] {
    return this.#rooms.get(conversation) ?? [];
  }

  speakersOf(conversation: ConversationId): readonly Member[] {
    return this.#speakers.get(conversation) ?? [];
  }

  slotsOf(peer: PeerId): ReadonlyMap<Slot, Member | null> {
    const receiver = [...this.#rooms.values()].flat().find(({ id }) => id === peer);
    return new Map(receiver?.slots.map((slot) => [slot, this.#heard.get(slot) ?? null]));
  }

  pin(peer: PeerId, slot: Slot, target: PinTarget | null): boolean {
    this.pins.push({ peer, slot, target });
    return [...this.#rooms.values()].flat().some(({ id }) => id === peer);
  }

  placeOf(member: Member): ConversationId | null {
    return [...this.#rooms].find(([, members]) => members.includes(member))?.[0] ?? null;
  }

  enter(conversation: ConversationId, member: Member): void {
    this.leave(member);
    if (!this.#rooms.has(conversation)) {
      this.#rooms.set(conversation, []);
      this.events.emit('opened', conversation);
    }
    this.#rooms.get(conversation)?.push(member);
    this.#changed.rosters.add(conversation);
    this.events.emit('member-joined', conversation, member);
  }

  leave(member: Member): void {
    const conversation = this.placeOf(member);
    if (conversation === null) return;
    const rest = this.membersOf(conversation).filter((each) => each !== member);
    for (const receiver of [...rest, member]) {
      for (const slot of receiver.slots) {
        if (receiver === member || this.#heard.get(slot) === member) this.route(receiver, slot, null);
      }
    }
    this.#rooms.set(conversation, rest);
    this.#changed.rosters.add(conversation);
    this.events.emit('member-left', conversation, member);
    if (rest.length > 0) {
      this.speak(
        conversation,
        this.speakersOf(conversation).filter((each) => each !== member),
      );
      return;
    }
    this.#rooms.delete(conversation);
    this.#speakers.delete(conversation);
    this.events.emit('closed', conversation);
  }

  route(receiver: Member, slot: Slot, talker: Member | null): void {
    if (talker === null) this.#heard.delete(slot);
    else this.#heard.set(slot, talker);
    this.#changed.receivers.set(receiver.id, receiver);
  }

  speak(conversation: ConversationId, speakers: readonly Member[]): void {
    this.#speakers.set(conversation, speakers);
    this.events.emit('speakers', conversation, speakers);
  }

  settle(): void {
    const { rosters, receivers } = this.#changed;
    for (const receiver of receivers.values()) {
      const conversation = this.placeOf(receiver);
      if (conversation !== null) this.events.emit('heard', conversation, receiver, this.slotsOf(receiver.id));
    }
    for (const conversation of rosters) this.events.emit('roster', conversation, this.membersOf(conversation));
    rosters.clear();
    receivers.clear();
  }
}
