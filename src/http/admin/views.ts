/** What operators see of a conversation. */
export interface ConversationView {
  readonly id: string;
  /** Who has joined it, connected or not. */
  readonly users: readonly string[];
  /** Connected devices, longest in the conversation first. */
  readonly members: readonly MemberView[];
}

export interface MemberView {
  readonly peer: string;
  readonly userid: string;
  readonly clientid: string;
  readonly csrc: number;
  readonly tracks: readonly { readonly mid: string; readonly kind: 'audio' | 'video' }[];
  readonly slots: readonly SlotView[];
  /** Null where it is known no more. */
  readonly traffic: TrafficView | null;
}

export interface SlotView {
  readonly mid: string;
  readonly kind: 'audio' | 'video';
  readonly index: number;
  /** The peer that is heard in it. */
  readonly hears: string | null;
}

/** Counted since it connected. */
export interface TrafficView {
  readonly received: { readonly packets: number; readonly bytes: number };
  readonly sent: { readonly packets: number; readonly bytes: number };
  readonly dropped: number;
  /** Seconds; null while it is not known. */
  readonly roundTripTime: number | null;
  /** The part that was lost lately, 0 to 1, of the stream that fares worst; null while it is not known. */
  readonly loss: { readonly received: number | null; readonly sent: number | null };
}
