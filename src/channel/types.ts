import type { CloseReason } from '../base/close-reason.ts';
import type { Emitter } from '../base/emitter.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { ClientId, ConversationId, Csrc, Mid, PeerId, UserId } from '../base/ids.ts';
import type { ConversationEvents, Member, PinTarget } from '../conversation/types.ts';
import type { Slot } from '../media/types.ts';
import type { MediaKind } from '../sdp/types.ts';

/**
 * The messages of the `events` data channel. docs/events.md has the same as JSON Schema, and says what they mean to a
 * page; a test compares the two.
 */
export type ServerMessage =
  | WelcomeMessage
  | RosterMessage
  | SlotsMessage
  | SpeakersMessage
  | RecordingMessage
  | CongestionMessage
  | PingMessage
  | ByeMessage
  | ErrorMessage;

export interface DeviceName {
  readonly userid: UserId;
  readonly clientid: ClientId;
  readonly csrc: Csrc;
}

export interface WelcomeMessage extends DeviceName {
  readonly type: 'welcome';
  readonly slots: readonly { readonly mid: Mid; readonly kind: MediaKind; readonly index: number }[];
}

/** One of `parts` messages that together are the roster; they follow each other, `part` counts from 1. */
export interface RosterMessage {
  readonly type: 'roster';
  readonly conversation: ConversationId | null;
  readonly part: number;
  readonly parts: number;
  readonly members: readonly RosterEntry[];
}

export interface RosterEntry extends DeviceName {
  readonly publishes: readonly MediaKind[];
  /** What the device has said to be off; missing where that is nothing. */
  readonly muted?: readonly MediaKind[];
}

/** Slots that are not named keep what they had: many slots with long names take more than one message. */
export interface SlotsMessage {
  readonly type: 'slots';
  readonly slots: Readonly<Record<string, DeviceName | null>>;
}

export interface SpeakersMessage {
  readonly type: 'speakers';
  readonly speakers: readonly DeviceName[];
}

/** A client that was told nothing is not recorded. */
export interface RecordingMessage {
  readonly type: 'recording';
  readonly on: boolean;
}

/** How much of the video that there is a slot for the client gets, as its line is. One that was told nothing gets all. */
export interface CongestionMessage {
  readonly type: 'congestion';
  readonly video: 'all' | 'fewer' | 'none';
}

export interface PingMessage {
  readonly type: 'ping';
}

export interface ByeMessage {
  readonly type: 'bye';
  readonly reason: ByeReason;
}

/** The reasons a client does not know by itself. */
export type ByeReason = Extract<CloseReason, 'replaced' | 'removed' | 'shutdown'>;

export interface ErrorMessage {
  readonly type: 'error';
  readonly code: Extract<ErrorCode, `select-${string}`>;
  /** For people. */
  readonly detail: string;
}

/** What this layer needs of the conversations; the registry is it. */
export interface Conversations {
  readonly events: Pick<Emitter<ConversationEvents>, 'on'>;
  /** Longest in the conversation first. */
  membersOf(conversation: ConversationId): readonly Member[];
  /** The dominant speaker first, then the loudest. */
  speakersOf(conversation: ConversationId): readonly Member[];
  /** Whom a member hears; a slot that is not named is empty. */
  slotsOf(peer: PeerId): ReadonlyMap<Slot, Member | null>;
  /** Keeps a device in a slot of a member's, or lets go of it again. False where the peer is in no conversation. */
  pin(peer: PeerId, slot: Slot, target: PinTarget | null): boolean;
}

/** What a channel was used for, told when it ends. */
export interface ChannelReport {
  /** Messages of the client that were no known message: not JSON, of an unknown type, too long. */
  readonly ignored: number;
  /** Messages of the client that were one too many. */
  readonly limited: number;
}
