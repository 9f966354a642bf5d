import fc from 'fast-check';
import type { ClientId, Mid, PeerId, UserId } from '../../src/base/ids.ts';
import type { Assignment, Participant, Pins, Preference, Routes } from '../../src/conversation/assign/types.ts';
import type { PinTarget } from '../../src/conversation/types.ts';
import { assign } from '../../src/conversation/assign/assign.ts';
import type { Slot, Track } from '../../src/media/types.ts';
import type { MediaKind } from '../../src/sdp/types.ts';

/** People for tests of who is heard where. */
export interface Shape {
  readonly publishes: readonly MediaKind[];
  readonly audioSlots: number;
  readonly videoSlots: number;
}

export const KINDS = ['audio', 'video'] as const;
export const AV: MediaKind[] = ['audio', 'video'];

export const device = (name: string): PinTarget => ({ userid: name as UserId, clientid: 'x' as ClientId });

export function participant(name: string, rank: number, { publishes, audioSlots, videoSlots }: Shape): Participant {
  const id = name as PeerId;
  const slots = (kind: MediaKind, count: number): Slot[] =>
    Array.from({ length: count }, (_, index) => ({ peer: id, mid: `${kind}${index}` as Mid, kind, index }));
  return {
    ...device(name),
    id,
    rank,
    tracks: publishes.map((kind, i): Track => ({ peer: id, mid: `${kind}-track${i}` as Mid, kind })),
    slots: [...slots('audio', audioSlots), ...slots('video', videoSlots)],
  };
}

/** The documented page: one voice, one slot for another. */
export const page = (name: string, rank: number): Participant =>
  participant(name, rank, { publishes: ['audio'], audioSlots: 1, videoSlots: 0 });

/** By default camera, microphone, and three slots of each kind. */
export const viewer = (
  name: string,
  rank: number,
  publishes: readonly MediaKind[] = AV,
  audioSlots = 3,
  videoSlots = 3,
): Participant => participant(name, rank, { publishes, audioSlots, videoSlots });

/** A preference for these, in both kinds. */
export const speaking = (...names: string[]): Preference => ({ heard: names as PeerId[], seen: names as PeerId[] });

/** What the routes are once the assignment is carried out. */
export const applied = (assignment: Assignment): Routes =>
  new Map([...assignment].filter((entry): entry is [Slot, Track] => entry[1] !== null));

/** Whom a receiver hears: publisher or null, by index. */
export const heard = (
  receiver: Participant,
  assignment: ReadonlyMap<Slot, Track | null>,
  kind: MediaKind,
): (string | null)[] => slotsOf(receiver, kind).map((slot) => assignment.get(slot)?.peer ?? null);

export const slotsOf = ({ slots }: Participant, kind: MediaKind): Slot[] =>
  slots.filter((slot) => slot.kind === kind).sort((a, b) => a.index - b.index);

export const tracksOf = ({ tracks }: Participant, kind: MediaKind): Track[] =>
  tracks.filter((track) => track.kind === kind);

/** Everything an assignment is made of. */
export interface Scene {
  readonly participants: readonly Participant[];
  readonly routes: Routes;
  readonly preference: Preference;
  readonly pins: Pins;
}

export const SILENCE: Preference = { heard: [], seen: [] };
export const EMPTY: Scene = { participants: [], routes: new Map(), preference: SILENCE, pins: new Map() };

export const assigned = ({ participants, routes, preference, pins }: Scene): Assignment =>
  assign(participants, routes, preference, pins, new Map());

/** The scene with its assignment carried out. */
export const settle = (scene: Scene): Scene => ({ ...scene, routes: applied(assigned(scene)) });

/** Whoever leaves is out of every route before anything is worked out; his pins end with him. */
export function without(scene: Scene, id: PeerId): Scene {
  return {
    ...scene,
    participants: scene.participants.filter((each) => each.id !== id),
    routes: new Map([...scene.routes].filter(([slot, track]) => slot.peer !== id && track.peer !== id)),
    pins: new Map([...scene.pins].filter(([slot]) => slot.peer !== id)),
  };
}

/** The slots of a receiver and kind whose pin counts, with the track that is pinned there. */
export function pinnedIn({ participants, pins }: Scene, receiver: Participant, kind: MediaKind): Map<Slot, Track> {
  const pinned = new Map<Slot, Track>();
  for (const slot of slotsOf(receiver, kind)) {
    const target = pins.get(slot);
    const publisher = participants.find((each) => each.userid === target?.userid && each.clientid === target.clientid);
    if (publisher === undefined || publisher.id === receiver.id) continue;
    const track = tracksOf(publisher, kind)[0];
    if (track !== undefined && ![...pinned.values()].includes(track)) pinned.set(slot, track);
  }
  return pinned;
}

export type Step =
  | { readonly type: 'join'; readonly shape: Shape }
  | { readonly type: 'leave'; readonly pick: number }
  | { readonly type: 'speak'; readonly heard: readonly number[]; readonly seen: readonly number[] }
  | { readonly type: 'pin'; readonly slot: number; readonly target: number }
  | { readonly type: 'unpin'; readonly slot: number };

/** The scene before anything is worked out anew. Numbers name people by the order of coming in. */
export function step(scene: Scene, next: Step): Scene {
  const { participants, pins } = scene;
  switch (next.type) {
    case 'join': {
      const rank = Math.max(-1, ...participants.map((each) => each.rank)) + 1;
      return { ...scene, participants: [...participants, participant(`p${rank}`, rank, next.shape)] };
    }
    case 'leave': {
      const leaver = participants[next.pick % Math.max(1, participants.length)];
      return leaver === undefined ? scene : without(scene, leaver.id);
    }
    case 'speak': {
      const names = (ranks: readonly number[]): PeerId[] => ranks.map((rank) => `p${rank}` as PeerId);
      return { ...scene, preference: { heard: names(next.heard), seen: names(next.seen) } };
    }
    case 'pin': {
      const slots = participants.flatMap((each) => each.slots);
      const slot = slots[next.slot % Math.max(1, slots.length)];
      return slot === undefined ? scene : { ...scene, pins: new Map([...pins, [slot, device(`p${next.target}`)]]) };
    }
    case 'unpin': {
      const slot = [...pins.keys()][next.slot % Math.max(1, pins.size)];
      return { ...scene, pins: new Map([...pins].filter(([each]) => each !== slot)) };
    }
  }
}

const names = fc.uniqueArray(fc.nat(12), { maxLength: 9 });
const slots = fc.nat(4);

/** What people bring: up to two of a kind, in any order. */
export const anyShape: fc.Arbitrary<Shape> = fc.record({
  publishes: fc.shuffledSubarray<MediaKind>(['audio', 'video', 'video', 'audio']),
  audioSlots: slots,
  videoSlots: slots,
});

/** At most one track of a kind. */
export const plainShape: fc.Arbitrary<Shape> = fc.record({
  publishes: fc.subarray<MediaKind>(['audio', 'video']),
  audioSlots: slots,
  videoSlots: slots,
});

const stepOf = (shape: fc.Arbitrary<Shape>, withPins: boolean): fc.Arbitrary<Step> => {
  const join = fc.record({ type: fc.constant('join' as const), shape });
  const leave = fc.record({ type: fc.constant('leave' as const), pick: fc.nat(20) });
  const speak = fc.record({ type: fc.constant('speak' as const), heard: names, seen: names });
  const pin = fc.record({ type: fc.constant('pin' as const), slot: fc.nat(60), target: fc.nat(12) });
  const unpin = fc.record({ type: fc.constant('unpin' as const), slot: fc.nat(20) });
  return withPins ? fc.oneof(join, join, leave, speak, speak, pin, pin, unpin) : fc.oneof(join, leave, speak);
};

/** A scene in which people came, went, spoke and pinned, each time settled, and one more step that is not. */
export const history = ({ shape = anyShape, withPins = true } = {}): fc.Arbitrary<{
  readonly before: Scene;
  readonly next: Step;
  readonly scene: Scene;
}> =>
  fc
    .tuple(
      fc.array(fc.record({ type: fc.constant('join' as const), shape }), { minLength: 1, maxLength: 7 }),
      fc.array(stepOf(shape, withPins), { maxLength: 8 }),
      stepOf(shape, withPins),
    )
    .map(([joins, steps, next]) => {
      const before = [...joins, ...steps].reduce((scene, each) => settle(step(scene, each)), EMPTY);
      return { before, next, scene: step(before, next) };
    });
