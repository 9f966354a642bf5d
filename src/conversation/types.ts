import type { ClientId, ConversationId, Csrc, PeerId, UserId } from '../base/ids.ts';
import type { Slot, Track } from '../media/types.ts';

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

export type ConversationEvents = {
  'member-joined': [conversation: ConversationId, member: Member];
  'member-left': [conversation: ConversationId, member: Member];
  opened: [conversation: ConversationId];
  closed: [conversation: ConversationId];
};
