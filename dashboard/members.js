// What the page says of one conversation, from two answers of `GET /conversations/:id`. Pure.
import { perSecond, seconds } from './metrics.js';
import { bits, duration, part, perSecondText } from './text.js';

/**
 * @typedef {{ packets: number, bytes: number }} Flow
 * @typedef {{ received: Flow, sent: Flow, dropped: number, roundTripTime: number | null,
 *   loss: { received: number | null, sent: number | null } }} Traffic
 * @typedef {{ kind: string, index: number, hears: string | null }} Slot
 * @typedef {{ peer: string, userid: string, clientid: string, slots: readonly Slot[], traffic: Traffic | null }} Member
 * @typedef {{ id: string, users: readonly string[], members: readonly Member[] }} Conversation
 * @typedef {{ at: number, conversation: Conversation }} Look `at` in seconds
 * @typedef {{ peer: string, name: string, cells: readonly string[] }} Row the cells in the order of the table's columns
 */

/** Names in one cell. */
const MAX_NAMES = 6;

/**
 * @param {Look | null} before of the same conversation
 * @param {Look} now
 * @returns {readonly Row[]}
 */
export function rows(before, now) {
  const names = new Map(now.conversation.members.map((member) => [member.peer, nameOf(member)]));
  const old = new Map((before?.conversation.members ?? []).map(({ peer, traffic }) => [peer, traffic]));
  return now.conversation.members.map((member) => ({
    peer: member.peer,
    name: nameOf(member),
    cells: [heard(member, names), ...trafficCells(old.get(member.peer) ?? null, member.traffic, seconds(before, now))],
  }));
}

/**
 * What a picture of the conversation depends on: as long as this is the same, so is the picture.
 * @param {Conversation} conversation
 */
export const routesText = ({ id, users, members }) =>
  JSON.stringify([id, users.length, members.map(({ peer, slots }) => [peer, slots.map(({ hears }) => hears)])]);

/** @param {Member} member */
const nameOf = ({ userid, clientid }) => (clientid === '' ? userid : `${userid} / ${clientid}`);

/**
 * @param {Member} member
 * @param {ReadonlyMap<string, string>} names
 */
function heard({ slots }, names) {
  /** @type {Map<string, string[]>} */
  const kinds = new Map();
  for (const { kind, hears } of slots) {
    if (hears === null) continue;
    const name = names.get(hears) ?? hears;
    kinds.set(name, [...(kinds.get(name) ?? []), kind]);
  }
  const texts = [...kinds].map(([name, list]) => `${name} (${list.join(', ')})`);
  if (texts.length === 0) return 'nobody';
  const rest = texts.length - MAX_NAMES;
  return texts.slice(0, MAX_NAMES).join('; ') + (rest > 0 ? `; ${rest} more` : '');
}

/**
 * @param {Traffic | null} before
 * @param {Traffic | null} now
 * @param {number} time
 */
function trafficCells(before, now, time) {
  if (now === null) return ['–', '–', '–', '–', '–', '–'];
  /** @param {'received' | 'sent'} way */
  const flow = (way) => {
    const packets = perSecond(before?.[way].packets ?? null, now[way].packets, time);
    const bytes = perSecond(before?.[way].bytes ?? null, now[way].bytes, time);
    return packets === null ? '–' : `${perSecondText(packets, 'packets')}, ${bits(bytes)}`;
  };
  return [
    flow('received'),
    part(now.loss.received),
    flow('sent'),
    part(now.loss.sent),
    duration(now.roundTripTime),
    perSecondText(perSecond(before?.dropped ?? null, now.dropped, time), 'packets'),
  ];
}
