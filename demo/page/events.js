// What the `events` data channel tells, as a page keeps it: docs/events.md in code.

/**
 * @typedef {{ userid: string, clientid: string, csrc: number }} Device
 * @typedef {{ mid: string, kind: 'audio' | 'video', index: number }} Slot
 * @typedef {Device & { publishes: readonly string[] }} Member
 * @typedef {{
 *   me: Device | null, ownSlots: readonly Slot[],
 *   conversation: string | null, members: readonly Member[], coming: readonly Member[],
 *   slots: ReadonlyMap<string, Device | null>, speakers: readonly Device[],
 *   recording: boolean, error: string | null, bye: string | null
 * }} View `coming`: the parts of a roster that is not complete yet
 */

/** @type {View} */
export const NOTHING = {
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

/**
 * The view after a message; the view itself where the type of the message is not known.
 * @param {View} view
 * @param {any} message
 * @returns {View}
 */
export function apply(view, message) {
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

/**
 * @param {Device | null | undefined} one
 * @param {Device | null | undefined} other
 */
export const isSame = (one, other) => one != null && one.csrc === other?.csrc;
