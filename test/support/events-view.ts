import type { ServerMessage } from '../../src/channel/types.ts';

// What the `events` data channel tells, as a client keeps it: docs/events.md in code, apart from the client library, so that
// a mistake of the one is no mistake of the other.

/** Ids are plain text here, as they are to a client. */
export type Device = Record<'userid' | 'clientid', string> & { readonly csrc: number };
export type Slot = Record<'mid', string> & { readonly kind: 'audio' | 'video'; readonly index: number };
export type Member = Device & { readonly publishes: readonly string[] };

export interface View {
  readonly me: Device | null;
  readonly ownSlots: readonly Slot[];
  readonly conversation: string | null;
  readonly members: readonly Member[];
  /** The parts of a roster that is not complete yet. */
  readonly coming: readonly Member[];
  readonly slots: ReadonlyMap<string, Device | null>;
  readonly speakers: readonly Device[];
  readonly recording: boolean;
  readonly error: string | null;
  readonly bye: string | null;
}

export const NOTHING: View = {
  me: null,
  ownSlots: [],
  conversation: null,
  members: [],
  coming: [],
  slots: new Map(),
  speakers: [],
  recording: false,
  error: null,
  bye: null,
};

/** The view after a message; the view itself where the type of the message is not known. */
export function apply(view: View, message: ServerMessage): View {
  switch (message.type) {
    case 'welcome': {
      const { userid, clientid, csrc, slots } = message;
      return { ...view, me: { userid, clientid, csrc }, ownSlots: slots };
    }
    case 'roster': {
      const { conversation, part, parts, members } = message;
      const coming = part === 1 ? members : [...view.coming, ...members];
      return part === parts ? { ...view, conversation, members: coming, coming: [] } : { ...view, coming };
    }
    case 'slots':
      return { ...view, slots: new Map([...view.slots, ...Object.entries(message.slots)]) };
    case 'speakers':
      return { ...view, speakers: message.speakers };
    case 'recording':
      return { ...view, recording: message.on };
    case 'error':
      return { ...view, error: message.detail };
    case 'bye':
      return { ...view, bye: message.reason };
    default:
      return view;
  }
}
