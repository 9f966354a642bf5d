import type { ClientId, ConversationId, Csrc, PeerId, UserId } from '../base/ids.ts';
import type { Slot, TapSlot, Track } from '../media/types.ts';

/**
 * Somebody in a conversation: a connected device. The conversation knows this and nothing more: it cannot tell a
 * browser from a recorder.
 */
export interface Member {
  readonly id: PeerId;
  readonly userid: UserId;
  readonly clientid: ClientId;
  readonly csrc: Csrc;
  readonly tracks: readonly Track[];
  readonly slots: readonly Slot[];
}

/**
 * Hears every track of a conversation, each in a slot of its own, and is no member of it: it stands in nobody's slot,
 * takes no place, and what anybody hears does not depend on it. Its methods do not call back.
 */
export interface Listener {
  /** A track of somebody who is there, or has come. Returns the slot it is to be heard in; null for none. */
  hear(member: Member, track: Track): TapSlot | null;
  /** A track that was heard is routed no more: its member left, or the listening ended. */
  gone(member: Member, track: Track): void;
}

/** A device as a client names it in `select`. */
export interface PinTarget {
  readonly userid: UserId;
  readonly clientid: ClientId;
}

/** Why a user is in a conversation no more. */
export type LeaveReason =
  /** He asked to leave. */
  | 'asked'
  /** He joined another one. */
  | 'moved'
  /** No device of his was connected for `JOIN_TTL`. */
  | 'expired'
  /** He may no more: the permission service said so, or has not answered for too long, or it was revoked. */
  | 'denied'
  /** An operator ended the conversation. */
  | 'ended';

export type ConversationEvents = {
  /** A user joined; his devices follow, or come later. */
  'user-joined': [conversation: ConversationId, userid: UserId];
  'user-left': [conversation: ConversationId, userid: UserId, reason: LeaveReason];
  'member-joined': [conversation: ConversationId, member: Member];
  'member-left': [conversation: ConversationId, member: Member];
  /** A device of a user who has joined found the conversation full; it comes in when a place is free. */
  'member-waiting': [conversation: ConversationId, member: Member];
  /** Members came, went or were replaced; told once per turn of the event loop, longest in the conversation first. */
  roster: [conversation: ConversationId, members: readonly Member[]];
  /** What a member hears has changed: every slot of his, with the member in it. Once per turn of the event loop. */
  heard: [conversation: ConversationId, receiver: Member, slots: ReadonlyMap<Slot, Member | null>];
  /** Who is speaking has changed: the dominant speaker first, then the loudest. */
  speakers: [conversation: ConversationId, speakers: readonly Member[]];
  /** The first member came. */
  opened: [conversation: ConversationId];
  /** The last member left. */
  closed: [conversation: ConversationId];
};

/** Whether a user may be in a conversation; `unknown` where nobody could tell. */
export type Verdict = 'yes' | 'no' | 'unknown';

/** Asks. A rejection is `unknown`. */
export type Permission = (userid: UserId, conversation: ConversationId) => Promise<Verdict>;
