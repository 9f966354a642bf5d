import type { ConversationId } from '../base/ids.ts';

/** What an operator's server is told about. Names are stable: programs go by them. */
export const WEBHOOK_TYPES = [
  'conversation.started',
  'conversation.ended',
  'participant.joined',
  'participant.left',
  'recording.started',
  'segment.closed',
  'recording.finished',
  'recording.failed',
] as const;

export type WebhookType = (typeof WEBHOOK_TYPES)[number];

/** What happened, before it has an id. */
export interface Happening {
  readonly type: WebhookType;
  readonly conversation: ConversationId;
  /** Ids and numbers, as they stand in the body. */
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

/** One event that waits for delivery. */
export interface SpooledEvent {
  /** Counts up by one over the life of a spool; names the file and orders the events. */
  readonly sequence: number;
  readonly conversation: ConversationId;
  /** When it happened, ms since 1970. */
  readonly happenedAt: number;
  /** The JSON text that is sent, the same on every attempt. */
  readonly body: string;
}
