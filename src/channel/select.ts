import { ERRORS } from '../base/errors.ts';
import type { ClientId, UserId } from '../base/ids.ts';
import type { Member, PinTarget } from '../conversation/types.ts';
import type { Slot } from '../media/types.ts';
import type { MediaKind } from '../sdp/types.ts';
import type { ErrorMessage } from './types.ts';

/** Characters of a client's message: two ids of 256 characters, each written as `\uXXXX`, and some more. */
export const MAX_CLIENT_MESSAGE = 4_096;

export type Received =
  /** `target` null lets go of the slot. */
  | { readonly kind: 'select'; readonly slot: Slot; readonly target: PinTarget | null }
  /** Of what the device publishes, what is off now: each kind once. */
  | { readonly kind: 'mute'; readonly kinds: readonly MediaKind[] }
  | Refused
  /** Not a message that is known here. */
  | { readonly kind: 'ignored' };

/** The client is told what is wrong. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: ErrorMessage['code'];
  readonly detail: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** What a message of `member` asks for. Never throws. */
export function readMessage(text: string, member: Member): Received {
  const fields = text.length > MAX_CLIENT_MESSAGE ? null : objectIn(text);
  if (fields?.['type'] === 'select') return readSelect(fields, member);
  return fields?.['type'] === 'mute' ? readMute(fields) : { kind: 'ignored' };
}

const KINDS: readonly MediaKind[] = ['audio', 'video'];

/** A kind that is not known here is no message for us. */
function readMute({ kinds }: Fields): Received {
  if (!Array.isArray(kinds) || !kinds.every((each) => KINDS.includes(each as MediaKind))) return { kind: 'ignored' };
  return { kind: 'mute', kinds: KINDS.filter((kind) => kinds.includes(kind)) };
}

function readSelect({ mid, userid, clientid }: Fields, member: Member): Received {
  if (typeof mid !== 'string') return refused('select-malformed', 'mid');
  const slot = member.slots.find((each) => each.mid === mid);
  if (slot === undefined) return refused('select-mid');
  if (userid === null) return { kind: 'select', slot, target: null };
  if (typeof userid !== 'string' || userid === '') return refused('select-malformed', 'userid');
  // As in a claim, a missing one is the empty device name.
  const device = clientid ?? '';
  if (typeof device !== 'string') return refused('select-malformed', 'clientid');
  if (userid === member.userid && device === member.clientid) return refused('select-self');
  // Only compared with those of members, so it need not be a good one.
  return { kind: 'select', slot, target: { userid: userid as UserId, clientid: device as ClientId } };
}

/** @param member of the message, where it is that one */
export function refused(code: ErrorMessage['code'], member?: string): Refused {
  const { message } = ERRORS[code];
  return { kind: 'refused', code, detail: member === undefined ? message : `${message}: ${member}` };
}

function objectIn(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Fields) : null;
  } catch {
    return null;
  }
}
