import type { Emitter } from '../base/emitter.ts';
import type { ConversationId, PeerId } from '../base/ids.ts';
import type { ForwardingGraph, Slot } from '../media/types.ts';
import { assign } from './assign/assign.ts';
import { leaders, samePreference } from './assign/order.ts';
import type { Preference, VideoLimits } from './assign/types.ts';
import { Listeners } from './listeners.ts';
import { Listening } from './listening.ts';
import { PinBoard } from './pin-board.ts';
import { RouteTable } from './routes.ts';
import { Seats } from './seats.ts';
import type { Ticker } from './ticker.ts';
import { Told } from './told.ts';
import type { ConversationEvents, Listener, Member, PinTarget } from './types.ts';

export interface ConversationOptions {
  readonly graph: ForwardingGraph;
  /** Ticks this conversation while there is anybody to listen to somebody. */
  readonly ticker: Pick<Ticker, 'add' | 'delete'>;
  readonly events: Emitter<ConversationEvents>;
  /** Those whose line has no room for all video; `limitsChanged` tells of a change. */
  readonly videoLimits: VideoLimits;
  /** Gets what the media plane throws. */
  readonly onFault: (error: unknown) => void;
}

/**
 * The members of one conversation and what each of them hears.
 *
 * It owns the forwarding graph, the record of what is routed in it, what is known about who speaks, and what is pinned.
 * Whoever leaves is out of every route when `leave` returns; what takes the free slots, and what a newcomer hears, is
 * worked out once per turn of the event loop, whatever happened in it, and then told.
 */
export class Conversation {
  readonly id: ConversationId;
  readonly #graph: ForwardingGraph;
  readonly #ticker: Pick<Ticker, 'add' | 'delete'>;
  readonly #seats = new Seats();
  readonly #routes: RouteTable;
  readonly #pins = new PinBoard();
  readonly #listening: Listening;
  readonly #listeners: Listeners;
  readonly #told: Told;
  readonly #videoLimits: VideoLimits;
  /** As far as anybody's slots depend on who speaks. */
  #leaders: Preference = { heard: [], seen: [] };
  /** What is routed may not be what ought to be. */
  #isStale = false;
  /** `settling`: the rest of this turn is queued. */
  #state: 'settled' | 'settling' | 'closed' = 'settled';

  constructor(id: ConversationId, { graph, ticker, events, videoLimits, onFault }: ConversationOptions) {
    this.id = id;
    this.#graph = graph;
    this.#ticker = ticker;
    this.#videoLimits = videoLimits;
    this.#routes = new RouteTable(graph, onFault);
    this.#listening = new Listening(graph, onFault);
    this.#listeners = new Listeners(graph, onFault);
    this.#told = new Told(id, events);
  }

  get size(): number {
    return this.#seats.size;
  }

  /** Longest in the conversation first. */
  get members(): readonly Member[] {
    return this.#seats.company.members;
  }

  /** Who speaks now: the dominant one first, then the loudest. */
  get speakers(): readonly Member[] {
    return this.#listening.speech.speaking.flatMap((id) => this.#seats.memberOf(id) ?? []);
  }

  has(id: PeerId): boolean {
    return this.#seats.has(id);
  }

  /** Every slot of a member, with whom it hears there. */
  slotsOf({ slots }: Member): ReadonlyMap<Slot, Member | null> {
    const { current } = this.#routes;
    const memberIn = (slot: Slot): Member | null => {
      const track = current.get(slot);
      return track === undefined ? null : this.#seats.memberOf(track.peer);
    };
    return new Map(slots.map((slot) => [slot, memberIn(slot)]));
  }

  /** Behind everybody who is there. Does nothing for somebody who is. */
  enter(member: Member): void {
    if (this.#state === 'closed' || this.#seats.has(member.id)) return;
    this.#seats.add(member);
    this.#routes.touch(member.id);
    if (this.size === 2) this.#ticker.add(this);
    this.#listening.begin(this.size === 2 ? this.members : [member]);
    this.#listeners.enter(member);
    this.#workOut();
  }

  /** False where it was not there. */
  leave(id: PeerId): boolean {
    const member = this.#seats.remove(id);
    if (member === null) return false;
    this.#routes.remove(id);
    this.#listeners.leave(member);
    this.#pins.remove(member);
    this.#told.forget(id);
    if (this.size < 2) this.#stopListening();
    else this.#listening.remove(member);
    this.#workOut();
    return true;
  }

  /**
   * `next` takes over the place of `old`: its rank, the slots that carried it, what it heard in slots of the same kind
   * and index, what it pinned there, and how it spoke. Nobody else's slot moves. False, and nothing is done, where `old`
   * is not there or `next` is.
   */
  replace(id: PeerId, next: Member): boolean {
    const old = this.#seats.replace(id, next);
    if (old === null) return false;
    this.#routes.touch(next.id);
    this.#routes.handOver(old, next);
    this.#listeners.leave(old);
    this.#listeners.enter(next);
    this.#pins.handOver(old, next);
    this.#listening.handOver(old, next);
    this.#listening.begin([next]);
    this.#told.forget(id);
    this.#workOut();
    return true;
  }

  /**
   * Keeps a device in a slot whoever speaks, while it is there; null lets go of it. It lasts as long as the member is in
   * the conversation. False where the slot's peer is not. Throws a RangeError for a slot that the member does not have.
   */
  pin(id: PeerId, slot: Slot, target: PinTarget | null): boolean {
    const member = this.#seats.memberOf(id);
    if (member === null) return false;
    if (!member.slots.includes(slot)) throw new RangeError(`${slot.kind} slot ${slot.index} is none of ${id}`);
    if (this.#pins.set(slot, target)) this.#workOut();
    return true;
  }

  /** How many video slots a member may have filled has changed. */
  limitsChanged(): void {
    this.#workOut();
  }

  /**
   * Lets somebody hear every track there is and will be, until the returned function is called, or the conversation is
   * closed. Throws a RangeError where it is.
   */
  listen(listener: Listener): () => void {
    if (this.#state === 'closed') throw new RangeError(`the conversation ${this.id} is closed`);
    this.#listeners.add(listener, this.members);
    return () => this.#listeners.remove(listener);
  }

  /** Looks at who speaks. To be called every 100 ms or so. */
  tick(now: number): void {
    if (this.size < 2) return;
    const { heard, seen } = this.#listening.speech;
    if (!this.#listening.tick(this.#seats.company, now)) return;
    const { speech } = this.#listening;
    const isOrderSame = speech.heard === heard && speech.seen === seen;
    if (!isOrderSame && !samePreference(this.#leaders, this.#newLeaders())) this.#isStale = true;
    this.#settleSoon();
  }

  /** Ends every route and the graph. Idempotent; everything that comes later is ignored. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#stopListening();
    this.#listeners.clear();
    this.#seats.clear();
    this.#pins.clear();
    this.#routes.clear();
    this.#graph.close();
  }

  #stopListening(): void {
    this.#ticker.delete(this);
    this.#listening.reset();
  }

  #workOut(): void {
    this.#isStale = true;
    this.#settleSoon();
  }

  #settleSoon(): void {
    if (this.#state !== 'settled') return;
    this.#state = 'settling';
    queueMicrotask(() => {
      if (this.#state !== 'settling') return;
      this.#state = 'settled';
      if (this.#isStale) this.#assign();
      this.#tell();
    });
  }

  #assign(): void {
    this.#isStale = false;
    this.#leaders = this.#newLeaders();
    const { seats } = this.#seats.company;
    this.#routes.carryOut(assign(seats, this.#routes.current, this.#leaders, this.#pins.current, this.#videoLimits));
  }

  #newLeaders(): Preference {
    const { seats, mostSlots } = this.#seats.company;
    return leaders(seats, this.#listening.speech, mostSlots);
  }

  #tell(): void {
    this.#told.roster(this.members);
    for (const id of this.#routes.takeTouched()) {
      const receiver = this.#seats.memberOf(id);
      if (receiver !== null) this.#told.heard(receiver, this.slotsOf(receiver));
    }
    this.#told.speakers(this.speakers);
  }
}
