import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import { ServiceError } from '../base/errors.ts';
import type { ConversationId, PeerId, UserId } from '../base/ids.ts';
import type { ForwardingGraph, Slot } from '../media/types.ts';
import { Expiry } from './expiry.ts';
import { emptySlots, Room, type RoomOptions } from './room.ts';
import { Ticker } from './ticker.ts';
import type { ConversationEvents, LeaveReason, Listener, Member, PinTarget } from './types.ts';

export interface RegistryOptions {
  readonly openGraph: () => ForwardingGraph;
  readonly clock: Clock;
  readonly joinTtlMs: number;
  /** Conversations that somebody has joined. */
  readonly maxConversations: number;
  /** Connected devices in one conversation. */
  readonly maxMembers: number;
  /** Users who have joined, connected or not. */
  readonly maxJoins: number;
  /** Gets what listeners and the media plane throw. */
  readonly onFault: (error: unknown) => void;
}

interface User {
  readonly userid: UserId;
  /** The connected ones. */
  readonly devices: Map<PeerId, Member>;
  room: Room | null;
}

/** When the server is full of conversations, nobody knows when one will end. */
const RETRY_AFTER_SECONDS = 30;

/**
 * Which user is in which conversation, and so which devices hear each other.
 *
 * A join belongs to the user, who is in at most one conversation; all his connected devices are in it. A user is known
 * here while he has joined or has a device connected. A join of a user without a device is forgotten after `joinTtlMs`,
 * counted from the join or from the end of the last device; joining again in between starts that time anew.
 *
 * Listeners of `events` are told in the middle of things: they look and do not call back.
 */
export class Registry {
  readonly events: Emitter<ConversationEvents>;
  readonly #options: RegistryOptions;
  readonly #roomOptions: RoomOptions;
  readonly #users = new Map<UserId, User>();
  /** Whose a connected device is. */
  readonly #owners = new Map<PeerId, User>();
  readonly #videoLimits = new Map<PeerId, number>();
  readonly #rooms = new Map<ConversationId, Room>();
  readonly #expiry: Expiry<UserId>;
  #joins = 0;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.events = new Emitter(options.onFault);
    const ticker = new Ticker(options.clock, options.onFault);
    this.#roomOptions = { ...options, ticker, events: this.events, videoLimits: this.#videoLimits };
    this.#expiry = new Expiry(options.clock, options.joinTtlMs, (userid) => {
      const user = this.#users.get(userid);
      if (user !== undefined) this.#takeOut([user], user.room, 'expired');
    });
  }

  /**
   * Users who are known, their connected devices, the users who have joined, the conversations they are in, and the
   * joins that wait for a device.
   */
  get counts(): Readonly<Record<'users' | 'devices' | 'joins' | 'conversations' | 'expiring', number>> {
    return {
      users: this.#users.size,
      devices: this.#owners.size,
      joins: this.#joins,
      conversations: this.#rooms.size,
      expiring: this.#expiry.size,
    };
  }

  conversationOf(userid: UserId): ConversationId | null {
    this.#expiry.sweep();
    return this.#users.get(userid)?.room?.id ?? null;
  }

  /** Those that somebody has joined. */
  get conversations(): readonly ConversationId[] {
    return [...this.#rooms.keys()];
  }

  /** Users who have joined it, connected or not; null where nobody has. */
  usersOf(conversation: ConversationId): readonly UserId[] | null {
    const room = this.#rooms.get(conversation);
    return room === undefined ? null : [...room.users];
  }

  /** Members of a conversation, longest in it first. */
  membersOf(conversation: ConversationId): readonly Member[] {
    return this.#rooms.get(conversation)?.members ?? [];
  }

  /** Who speaks in a conversation now: the dominant one first, then the loudest. */
  speakersOf(conversation: ConversationId): readonly Member[] {
    return this.#rooms.get(conversation)?.speakers ?? [];
  }

  /** Every slot of a connected device, with whom it hears there. */
  slotsOf(peer: PeerId): ReadonlyMap<Slot, Member | null> {
    const user = this.#owners.get(peer);
    const member = user?.devices.get(peer);
    if (member === undefined) return new Map();
    return user?.room?.slotsOf(member) ?? emptySlots(member);
  }

  /**
   * Keeps a device in a slot of a member's, whoever speaks; null lets go of it. It lasts as long as the member is in his
   * conversation, whether that device is there or not. False, and nothing is done, where the peer is in no conversation.
   * Throws a RangeError for a slot that is none of his.
   */
  pin(peer: PeerId, slot: Slot, target: PinTarget | null): boolean {
    return this.#owners.get(peer)?.room?.pin(peer, slot, target) ?? false;
  }

  /**
   * Fills no more than so many video slots of a connected device, whatever conversation it is in, until it is gone or
   * replaced; null takes that back.
   */
  limitVideo(peer: PeerId, videos: number | null): void {
    const user = this.#owners.get(peer);
    if (user === undefined || (this.#videoLimits.get(peer) ?? null) === videos) return;
    if (videos === null) this.#videoLimits.delete(peer);
    else this.#videoLimits.set(peer, videos);
    user.room?.limitsChanged();
  }

  /**
   * Lets somebody hear every track of a conversation, until the returned function is called or its last member has left
   * (`closed`). Null where it has no member.
   */
  listen(conversation: ConversationId, listener: Listener): (() => void) | null {
    return this.#rooms.get(conversation)?.listen(listener) ?? null;
  }

  /**
   * Puts the user and all his devices into the conversation, out of the one before. Throws a ServiceError `full` or
   * `conversation-full`, and then nothing has changed. False where he was in it already.
   */
  join(userid: UserId, conversation: ConversationId): boolean {
    this.#expiry.sweep();
    const user = this.#users.get(userid) ?? { userid, devices: new Map<PeerId, Member>(), room: null };
    if (user.room?.id === conversation) {
      if (user.devices.size === 0) this.#expiry.start(userid);
      return false;
    }
    this.#checkLimits(user, conversation);
    this.#takeOut([user], user.room, 'moved');
    this.#users.set(userid, user);
    this.#putIn(user, conversation);
    return true;
  }

  /** False, and nothing is done, where the user is not in this conversation. */
  leave(userid: UserId, conversation: ConversationId, reason: LeaveReason = 'asked'): boolean {
    this.#expiry.sweep();
    const user = this.#users.get(userid);
    if (user?.room?.id !== conversation) return false;
    this.#takeOut([user], user.room, reason);
    return true;
  }

  /** Everybody is out of a conversation, and may join it again. False where nobody has joined it. */
  end(conversation: ConversationId): boolean {
    this.#expiry.sweep();
    const room = this.#rooms.get(conversation) ?? null;
    const users = [...(room?.users ?? [])].flatMap((userid) => this.#users.get(userid) ?? []);
    this.#takeOut(users, room, 'ended');
    return room !== null;
  }

  /** A device is connected: it is in the conversation of its user, now or when he joins one. */
  deviceConnected(member: Member): void {
    this.#expiry.sweep();
    const user = this.#users.get(member.userid) ?? { userid: member.userid, devices: new Map(), room: null };
    if (user.devices.has(member.id)) return;
    this.#users.set(member.userid, user);
    user.devices.set(member.id, member);
    this.#owners.set(member.id, user);
    this.#expiry.stop(member.userid);
    user.room?.enter(member);
  }

  /** The same device connected again: `next` takes the place of `old`, whose end may then be told or not. */
  deviceReplaced(old: Member, next: Member): void {
    const user = this.#users.get(old.userid);
    if (user === undefined || next.userid !== old.userid || !user.devices.delete(old.id)) {
      this.deviceConnected(next);
      return;
    }
    user.devices.set(next.id, next);
    this.#owners.delete(old.id);
    this.#videoLimits.delete(old.id);
    this.#owners.set(next.id, user);
    user.room?.replace(old, next);
  }

  /** The connection of a device ended. Does nothing where it is not known, or was replaced. */
  deviceGone(member: Member): void {
    const user = this.#users.get(member.userid);
    if (user?.devices.delete(member.id) !== true) return;
    this.#owners.delete(member.id);
    this.#videoLimits.delete(member.id);
    user.room?.remove([member]);
    if (user.devices.size > 0) return;
    if (user.room === null) this.#users.delete(member.userid);
    else this.#expiry.start(member.userid);
  }

  /** Forgets everybody and ends every conversation. Idempotent. */
  close(): void {
    this.#expiry.close();
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
    this.#users.clear();
    this.#owners.clear();
    this.#videoLimits.clear();
    this.#joins = 0;
  }

  #checkLimits(user: User, conversation: ConversationId): void {
    const { maxJoins, maxConversations, maxMembers } = this.#options;
    if (user.room === null && this.#joins >= maxJoins) {
      const wait = this.#expiry.nextInMs();
      const retryAfter = wait === null ? RETRY_AFTER_SECONDS : Math.max(1, Math.ceil(wait / 1000));
      throw new ServiceError('full', { detail: 'MAX_JOINS', retryAfter });
    }
    const room = this.#rooms.get(conversation);
    const ending = user.room?.users.size === 1 ? 1 : 0;
    if (room === undefined && this.#rooms.size - ending >= maxConversations) {
      throw new ServiceError('full', { detail: 'MAX_CONVERSATIONS', retryAfter: RETRY_AFTER_SECONDS });
    }
    const fits = room?.hasPlaceFor(user.devices.size) ?? user.devices.size <= maxMembers;
    if (!fits) throw new ServiceError('conversation-full', { detail: 'MAX_MEMBERS', retryAfter: RETRY_AFTER_SECONDS });
  }

  #putIn(user: User, conversation: ConversationId): void {
    const room = this.#rooms.get(conversation) ?? new Room(conversation, this.#roomOptions);
    this.#rooms.set(conversation, room);
    room.users.add(user.userid);
    user.room = room;
    this.#joins += 1;
    this.events.emit('user-joined', conversation, user.userid);
    if (user.devices.size === 0) this.#expiry.start(user.userid);
    for (const member of [...user.devices.values()]) room.enter(member);
  }

  /** Users of one room, together: whoever waits for a place comes in after them. One without a device is forgotten. */
  #takeOut(users: readonly User[], room: Room | null, reason: LeaveReason): void {
    if (room === null) return;
    for (const user of users) {
      user.room = null;
      this.#joins -= 1;
      this.#expiry.stop(user.userid);
      if (user.devices.size === 0) this.#users.delete(user.userid);
      room.users.delete(user.userid);
    }
    room.remove(users.flatMap(({ devices }) => [...devices.values()]));
    if (room.users.size === 0) this.#rooms.delete(room.id);
    for (const { userid } of users) this.events.emit('user-left', room.id, userid, reason);
  }
}
