import type { Device, Member, Message, Slot } from './messages.ts';
import type { Told } from './occupants.ts';

/** What the events channel of one connection has told so far. */
export interface View {
  /** null until the channel speaks. */
  readonly me: Device | null;
  readonly slots: readonly Slot[];
  readonly conversation: string | null;
  /** null until the first roster is complete. */
  readonly members: readonly Member[] | null;
  /** The parts of a roster that is not complete yet. */
  readonly coming: readonly Member[];
  /** By mid. */
  readonly told: ReadonlyMap<string, Told>;
  /** CSRCs, the loudest first. */
  readonly speakers: readonly number[];
  readonly recording: boolean;
}

export const NOTHING: View = {
  me: null,
  slots: [],
  conversation: null,
  members: null,
  coming: [],
  told: new Map(),
  speakers: [],
  recording: false,
};

/** The view after a message; the view itself where the message changes nothing in it. */
export function apply(view: View, message: Message, now: number): View {
  switch (message.type) {
    case 'welcome': {
      const { userid, clientid, csrc, slots } = message;
      return { ...NOTHING, me: { userid, clientid, csrc }, slots };
    }
    case 'roster': {
      const { conversation, part, parts, members } = message;
      const coming = part === 1 ? members : [...view.coming, ...members];
      return part === parts ? { ...view, conversation, members: coming, coming: [] } : { ...view, coming };
    }
    case 'slots': {
      const news = Object.entries(message.slots).map(
        ([mid, device]) => [mid, { csrc: device?.csrc ?? null, at: now }] as const,
      );
      return {
        ...view,
        told: new Map([...view.told, ...news.filter(([mid, { csrc }]) => view.told.get(mid)?.csrc !== csrc)]),
      };
    }
    case 'speakers':
      return { ...view, speakers: message.speakers.map(({ csrc }) => csrc) };
    case 'recording':
      return { ...view, recording: message.on };
    case 'ping':
    case 'error':
    case 'bye':
      return view;
    default:
      return message satisfies never;
  }
}
