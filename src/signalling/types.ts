import type { Timer } from '../base/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { Device } from '../peer/types.ts';
import type { Peer } from '../peer/peer.ts';
import type { Candidate, OfferPlan } from '../sdp/types.ts';

/**
 * One socket's way:
 *
 *     waiting ─► answering ─► answered ─┐
 *        └───────────┴──────────────────┴─► closed
 */
export type SessionState =
  /** No offer yet: costs a socket and a timer, nothing else. */
  | { readonly state: 'waiting'; readonly timer: Timer }
  /** The offer is good and has its peer; the client has no answer, so it cannot do without this socket. */
  | { readonly state: 'answering'; readonly peer: Peer; readonly plan: OfferPlan }
  /** The answer is on its way: from here on the peer lives without the socket. */
  | { readonly state: 'answered'; readonly peer: Peer; readonly plan: OfferPlan }
  /** We sent our close frame, or the client's socket is gone. */
  | { readonly state: 'closed' };

/** What a session needs of the rest. */
export interface SessionPorts extends OfferPorts {
  /** Throws a `ServiceError` at a limit. */
  readonly open: (device: Device, plan: OfferPlan) => Peer;
}

/** How the client's messages are read. */
export interface OfferPorts {
  /** Throws a `ServiceError` for an offer that is not usable. */
  readonly plan: (offer: string) => OfferPlan;
  /** Null where the message is not a candidate, or one that cannot be used. */
  readonly trickle: (message: string, plan: OfferPlan) => Candidate | null;
}

/** What there is to tell about a socket when it is gone. */
export interface SessionReport {
  readonly device: Device;
  /** The close code that we sent, else the client's; 1006 where there was none. */
  readonly code: number;
  /** Why we closed; null where the connection was established or the client closed. */
  readonly error: ErrorCode | null;
  /** Messages after the offer that were no usable candidate. */
  readonly ignored: number;
}
