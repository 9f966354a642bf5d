import type { Kind, Participant, Quality } from '../types.ts';
import type { Device, Member, Slot } from './messages.ts';
import type { View } from './view.ts';

/** A participant without his stream. */
export type Person = Omit<Participant, 'stream'>;

/** What names a device in a pin, and tells it again after a restart. */
export type DeviceName = Pick<Device, 'userid' | 'clientid'>;

export interface Scene {
  readonly view: View;
  /** Who one was told to be last. */
  readonly me: Device | null;
  /** Whether the events channel tells who is here; else the packets do. */
  readonly named: boolean;
  /** The slots of this connection, and by mid the CSRC that plays. */
  readonly slots: readonly Slot[];
  readonly occupants: ReadonlyMap<string, number | null>;
  /** Who is heard, as CSRC; used where the events channel says nothing. */
  readonly loud: ReadonlySet<number>;
  readonly own: { readonly kinds: readonly Kind[]; readonly muted: boolean; readonly quality: Quality | null };
  readonly quality: ReadonlyMap<number, Quality>;
  readonly pins: readonly DeviceName[];
}

export const SELF = 'self';

/** Everybody, oneself first, then in the order of the roster. */
export function peopleIn(scene: Scene): readonly Person[] {
  const { members, me } = scene.view;
  const others: readonly Other[] = scene.named
    ? (members ?? []).filter(({ csrc }) => csrc !== me?.csrc)
    : nameless(scene);
  return [ownPerson(scene), ...others.map((other) => person(other, scene))];
}

/** A member, or what is known of one without the events channel. */
type Other = Pick<Member, 'csrc' | 'publishes' | 'muted'> & {
  readonly userid: string | null;
  readonly clientid: string | null;
};

/** Those who are heard or seen, in the order of the slots. */
function nameless({ slots, occupants }: Scene): readonly Other[] {
  const kinds = new Map<number, Kind[]>();
  for (const { mid, kind } of slots) {
    const csrc = occupants.get(mid) ?? null;
    if (csrc !== null) kinds.set(csrc, [...new Set([...(kinds.get(csrc) ?? []), kind])]);
  }
  return [...kinds].map(([csrc, publishes]) => ({ csrc, publishes, userid: null, clientid: null }));
}

function ownPerson({ view: { speakers }, me, own }: Scene): Person {
  const { kinds, muted, quality } = own;
  return {
    id: SELF,
    userid: me?.userid ?? null,
    clientid: me?.clientid ?? null,
    csrc: me?.csrc ?? null,
    self: true,
    speaking: me !== null && speakers.includes(me.csrc),
    muted: muted || !kinds.includes('audio'),
    kinds,
    playing: kinds,
    pinned: false,
    quality,
  };
}

function person(other: Other, { view, named, slots, occupants, loud, quality, pins }: Scene): Person {
  const { userid, clientid, csrc, publishes, muted } = other;
  return {
    id: userid === null ? `csrc-${csrc}` : `${encodeURIComponent(userid)}/${encodeURIComponent(clientid ?? '')}`,
    userid,
    clientid,
    csrc,
    self: false,
    speaking: named ? view.speakers.includes(csrc) : loud.has(csrc),
    muted: muted?.includes('audio') === true || (userid !== null && !publishes.includes('audio')),
    kinds: publishes,
    playing: [...new Set(slots.filter(({ mid }) => occupants.get(mid) === csrc).map(({ kind }) => kind))],
    pinned: pins.some((pin) => pin.userid === userid && pin.clientid === clientid),
    quality: quality.get(csrc) ?? null,
  };
}

/** Those of before who are not there now stay, behind the others, with nothing that plays. */
export function withMissing(before: readonly Person[], now: readonly Person[]): readonly Person[] {
  const there = new Set(now.map(({ id }) => id));
  const missing = before.filter(({ id }) => !there.has(id));
  return [...now, ...missing.map((each) => ({ ...each, playing: [], speaking: false, quality: null }))];
}

export interface Change {
  readonly joined: readonly string[];
  readonly left: readonly string[];
  readonly changed: readonly string[];
}

/** By id, what is new. */
export function changeOf(before: readonly Person[], now: readonly Person[]): Change {
  const old = new Map(before.map((each) => [each.id, each]));
  const ids = now.map(({ id }) => id);
  return {
    joined: ids.filter((id) => !old.has(id)),
    left: before.map(({ id }) => id).filter((id) => !ids.includes(id)),
    changed: now.filter((each) => old.has(each.id) && !isSame(each, old.get(each.id))).map(({ id }) => id),
  };
}

export const isSame = (one: Person, other: Person | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
