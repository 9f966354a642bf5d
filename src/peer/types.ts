import type { Timer } from '../base/clock.ts';
import type { CloseReason } from '../base/close-reason.ts';
import type { ServiceError } from '../base/errors.ts';
import type { ClientId, UserId } from '../base/ids.ts';
import type { MediaChannel, TransportStage } from '../media/types.ts';

/** The device a connection belongs to, as the claim names it. */
export interface Device {
  readonly userid: UserId;
  readonly clientid: ClientId;
}

/** Why a peer ended. */
export interface PeerEnd {
  readonly reason: CloseReason;
  /** What a client that still waits for the connection is told; null where the reason says it all. */
  readonly error: ServiceError | null;
  /** What the media plane said. For the log, not for the client. */
  readonly detail: string | null;
  /** How far the connection had come. */
  readonly stage: TransportStage;
}

/**
 * The life of a peer:
 *
 *     offered ─► answering ─► answered ─► connected ─┐
 *        └───────────┴────────────┴──────────────────┴─► closing ─► closed
 */
export type PeerState =
  /** The offer is planned; nothing was built yet. */
  | { readonly state: 'offered' }
  /** The media plane makes the answer. The timer ends a peer whose answer never comes. */
  | { readonly state: 'answering'; readonly timer: Timer }
  /** The client has the answer; ICE and DTLS are on their way. The timer ends a peer that never comes up. */
  | { readonly state: 'answered'; readonly timer: Timer }
  /** Media may flow. `since` is the time of the peer's clock. */
  | { readonly state: 'connected'; readonly since: number }
  /** Refuses everything. `done` resolves when all is freed. */
  | { readonly state: 'closing'; readonly end: PeerEnd; readonly done: Promise<void> }
  | { readonly state: 'closed'; readonly end: PeerEnd; readonly done: Promise<void> };

export type PeerEvents = {
  /** ICE and DTLS are up. At most once. */
  connected: [];
  /** The client's `events` data channel is open. At most once, before or after `connected`, and never after `ended`. */
  channel: [channel: MediaChannel];
  /** The peer ends: at once, before its resources are freed. Exactly once in a peer's life. */
  ended: [end: PeerEnd];
  /** Everything it held is freed. Exactly once, after `ended`. */
  closed: [];
};
