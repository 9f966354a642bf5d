import type { Kind } from '../types.ts';
import type { Member, Slot } from './messages.ts';
import type { DeviceName } from './people.ts';

/** A pin as `select` says it. */
export interface Select {
  readonly mid: string;
  readonly device: DeviceName | null;
}

const isDevice = (one: DeviceName | null, other: DeviceName | null): boolean =>
  one?.userid === other?.userid && one?.clientid === other?.clientid;

/**
 * Which slots are to be pinned to whom. Each of those who are pinned has one slot of each kind: the one that he is pinned
 * to already, else where he is now, else the last that is free. Where there is none, he has none.
 *
 * @param pinned by mid, as it was before
 * @param occupants by mid, the CSRC that plays
 */
export function pinsOf(
  pins: readonly DeviceName[],
  slots: readonly Slot[],
  members: readonly Member[],
  occupants: ReadonlyMap<string, number | null>,
  pinned: ReadonlyMap<string, DeviceName>,
): ReadonlyMap<string, DeviceName> {
  const result = new Map<string, DeviceName>();
  for (const kind of ['audio', 'video'] satisfies Kind[]) {
    const row = slots.filter((slot) => slot.kind === kind);
    const waiting = pins.filter((pin) => {
      const kept = row.find(({ mid }) => isDevice(pinned.get(mid) ?? null, pin));
      if (kept !== undefined) result.set(kept.mid, pin);
      return kept === undefined;
    });
    for (const pin of waiting) {
      const csrc = members.find((member) => isDevice(member, pin))?.csrc;
      const free = row.filter(({ mid }) => !result.has(mid));
      const slot = free.find(({ mid }) => csrc !== undefined && occupants.get(mid) === csrc) ?? free.at(-1);
      if (slot !== undefined) result.set(slot.mid, pin);
    }
  }
  return result;
}

/** What to say so that `before` becomes `now`. */
export function selectsOf(
  before: ReadonlyMap<string, DeviceName>,
  now: ReadonlyMap<string, DeviceName>,
): readonly Select[] {
  const released = [...before.keys()].filter((mid) => !now.has(mid)).map((mid) => ({ mid, device: null }));
  const set = [...now].filter(([mid, device]) => !isDevice(before.get(mid) ?? null, device));
  return [...released, ...set.map(([mid, device]) => ({ mid, device }))];
}
