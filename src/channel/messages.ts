import type { CloseReason } from '../base/close-reason.ts';
import type { ConversationId, Csrc } from '../base/ids.ts';
import type { Member } from '../conversation/types.ts';
import type { Slot } from '../media/types.ts';
import type { MediaKind } from '../sdp/types.ts';
import type { ByeReason, DeviceName, ErrorMessage, RosterEntry, ServerMessage } from './types.ts';

/**
 * Bytes of the longest message. Larger ones are cut up by some SCTP implementations in ways that others cannot put
 * together (RFC 8831 §6.6).
 */
export const MAX_MESSAGE_BYTES = 16 * 1024;

/** Room for what surrounds the entries: the longest conversation id takes 1.5 KiB as JSON. */
const MAX_ENTRIES_BYTES = MAX_MESSAGE_BYTES - 2 * 1024;

/** Something the client is told: as messages that follow each other, with the devices that they mention. */
export interface Saying {
  readonly texts: readonly string[];
  readonly mentions: ReadonlySet<Csrc>;
}

export const PING = write({ type: 'ping' });

/** A client has at most 128 slots with a mid of 16 characters each: it fits. */
export function welcome(member: Member): string {
  const slots = member.slots.map(({ mid, kind, index }) => ({ mid, kind, index }));
  return write({ type: 'welcome', ...nameOf(member), slots });
}

/** What a member has said to be off. */
export type MutedOf = (member: Member) => readonly MediaKind[];

/** The same for all members of the conversation. */
export function roster(conversation: ConversationId | null, members: readonly Member[], mutedOf: MutedOf): Saying {
  const groups = pack(members.map((member) => entryOf(member, mutedOf(member))));
  // A roster of nobody is said, too.
  const parts = groups.length === 0 ? [[]] : groups;
  const texts = parts.map((entries, index) =>
    write({ type: 'roster', conversation, part: index + 1, parts: parts.length, members: entries }),
  );
  return { texts, mentions: mentionsOf(members) };
}

/** Every slot of a client. */
export function slots(own: readonly Slot[], heard: ReadonlyMap<Slot, Member | null>): Saying {
  const entries = own.map((slot) => {
    const member = heard.get(slot) ?? null;
    return { mid: slot.mid, name: member === null ? null : nameOf(member) };
  });
  const texts = pack(entries).map((group) =>
    // Not an assignment per mid: `__proto__` is a mid as good as any.
    write({ type: 'slots', slots: Object.fromEntries(group.map(({ mid, name }) => [mid, name])) }),
  );
  return { texts, mentions: mentionsOf([...heard.values()].filter((member) => member !== null)) };
}

/** The same for all members of the conversation; of very many speakers with very long names, the loudest. */
export function speakers(members: readonly Member[]): Saying {
  const [loudest = []] = pack(members.map(nameOf));
  const text = write({ type: 'speakers', speakers: loudest });
  return { texts: [text], mentions: mentionsOf(members.slice(0, loudest.length)) };
}

export const recording = (on: boolean): Saying => ({ texts: [write({ type: 'recording', on })], mentions: new Set() });

/** @param videos how many video slots may be filled; null for all */
export function congestion(videos: number | null): Saying {
  const video = videos === null ? 'all' : videos === 0 ? 'none' : 'fewer';
  return { texts: [write({ type: 'congestion', video })], mentions: new Set() };
}

/** Null where the client need not be told: it is its own doing, or nothing reaches it any more. */
export function bye(reason: CloseReason): string | null {
  return isNews(reason) ? write({ type: 'bye', reason }) : null;
}

export const refusal = (code: ErrorMessage['code'], detail: string): string => write({ type: 'error', code, detail });

function isNews(reason: CloseReason): reason is ByeReason {
  switch (reason) {
    case 'replaced':
    case 'removed':
    case 'shutdown':
      return true;
    case 'gone':
    case 'silent':
    case 'failed':
    case 'abandoned':
      return false;
    default:
      return reason satisfies never;
  }
}

const nameOf = ({ userid, clientid, csrc }: Member): DeviceName => ({ userid, clientid, csrc });

const entryOf = (member: Member, muted: readonly MediaKind[]): RosterEntry => ({
  ...nameOf(member),
  publishes: [...new Set(member.tracks.map(({ kind }) => kind))],
  ...(muted.length === 0 ? {} : { muted }),
});

const mentionsOf = (members: readonly Member[]): ReadonlySet<Csrc> => new Set(members.map(({ csrc }) => csrc));

function write(message: ServerMessage): string {
  return JSON.stringify(message);
}

/** In as few groups as fit into a message each, in their order. No single entry is too long: an id is at most 1.5 KiB. */
function pack<Entry>(entries: readonly Entry[]): Entry[][] {
  const groups: Entry[][] = [];
  let left = 0;
  for (const entry of entries) {
    const bytes = Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (bytes > left) {
      groups.push([]);
      left = MAX_ENTRIES_BYTES;
    }
    groups.at(-1)?.push(entry);
    left -= bytes;
  }
  return groups;
}
