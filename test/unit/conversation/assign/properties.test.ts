import fc from 'fast-check';
import { diffRoutes } from '../../../../src/conversation/assign/assign.ts';
import type { Participant } from '../../../../src/conversation/assign/types.ts';
import type { Track } from '../../../../src/media/types.ts';
import type { MediaKind } from '../../../../src/sdp/types.ts';
import {
  applied,
  assigned,
  history,
  KINDS,
  pinnedIn,
  plainShape,
  settle,
  slotsOf,
  tracksOf,
  type Scene,
} from '../../../support/participants.ts';

/** One receiver's slots of one kind, in a settled scene. */
interface RowView {
  readonly receiver: Participant;
  readonly kind: MediaKind;
  readonly filled: readonly (Track | null)[];
  readonly pinned: readonly (Track | null)[];
  /** Tracks of those who are neither the receiver nor pinned, by publisher, in the order of precedence. */
  readonly candidates: readonly (readonly Track[])[];
}

const RUNS = { numRuns: 300 };

function rows(scene: Scene): RowView[] {
  return scene.participants.flatMap((receiver) => KINDS.map((kind) => rowOf(scene, receiver, kind)));
}

function rowOf(scene: Scene, receiver: Participant, kind: MediaKind): RowView {
  const slots = slotsOf(receiver, kind);
  const pins = pinnedIn(scene, receiver, kind);
  const pinned = slots.map((slot) => pins.get(slot) ?? null);
  const preferred = kind === 'audio' ? scene.preference.heard : scene.preference.seen;
  const place = ({ id, rank }: Participant): number => {
    const index = preferred.indexOf(id);
    return index >= 0 ? index : 1000 + rank;
  };
  const candidates = [...scene.participants]
    .filter(({ id }) => id !== receiver.id && !pinned.some((track) => track?.peer === id))
    .sort((a, b) => place(a) - place(b))
    .map((each) => tracksOf(each, kind))
    .filter(({ length }) => length > 0);
  return { receiver, kind, filled: slots.map((slot) => scene.routes.get(slot) ?? null), pinned, candidates };
}

const unpinned = ({ filled, pinned }: RowView): Track[] =>
  filled.flatMap((track, i) => (track === null || pinned[i] !== null ? [] : [track]));
const placesOf = ({ pinned }: RowView): number => pinned.filter((each) => each === null).length;

const always = (check: (scene: Scene) => void) =>
  fc.assert(
    fc.property(history(), ({ scene }) => check(settle(scene))),
    RUNS,
  );

describe('assign, whatever happened', () => {
  it('every slot has an entry, of its own kind', () =>
    always((scene) => {
      const assignment = assigned(scene);
      expect(new Set(assignment.keys())).toEqual(new Set(scene.participants.flatMap(({ slots }) => slots)));
      for (const [slot, track] of assignment) expect(track?.kind ?? slot.kind).toBe(slot.kind);
    }));

  it('nobody hears itself, or a track twice, or somebody who is not there', () =>
    always((scene) => {
      for (const { receiver, filled } of rows(scene)) {
        const tracks = filled.filter((track) => track !== null);
        expect(new Set(tracks).size).toBe(tracks.length);
        const others = scene.participants.filter(({ id }) => id !== receiver.id).flatMap((each) => each.tracks);
        for (const track of tracks) expect(others).toContain(track);
      }
    }));

  it('a pinned slot has whom it is pinned to, who is nowhere else in the row', () =>
    always((scene) => {
      for (const { filled, pinned } of rows(scene)) {
        for (const [index, track] of pinned.entries()) {
          if (track === null) continue;
          expect(filled[index]).toBe(track);
          expect(filled.filter((each) => each?.peer === track.peer)).toEqual([track]);
        }
      }
    }));

  it('every other slot is filled while there is a track for it', () =>
    always((scene) => {
      for (const row of rows(scene)) {
        expect(unpinned(row).length).toBe(Math.min(placesOf(row), row.candidates.flat().length));
      }
    }));

  it('where slots are short, the first of the order are heard, a second track right behind the first', () =>
    always((scene) => {
      for (const row of rows(scene)) {
        if (row.candidates.length <= placesOf(row)) continue;
        expect(new Set(unpinned(row))).toEqual(new Set(row.candidates.flat().slice(0, placesOf(row))));
      }
    }));

  it('where they are not, everybody is heard', () =>
    always((scene) => {
      for (const row of rows(scene)) {
        if (row.candidates.length > placesOf(row)) continue;
        expect(unpinned(row)).toEqual(expect.arrayContaining(row.candidates.map(([first]) => first)));
      }
    }));

  it('beside a video is its voice, where it is heard and neither of the two audio slots is pinned', () =>
    always((scene) => {
      for (const receiver of scene.participants) {
        const [audio, video] = KINDS.map((kind) => rowOf(scene, receiver, kind)) as [RowView, RowView];
        for (const [index, track] of video.filled.slice(0, audio.filled.length).entries()) {
          const publisher = scene.participants.find(({ id }) => id === track?.peer);
          if (publisher === undefined || tracksOf(publisher, 'video')[0] !== track) continue;
          const voice = tracksOf(publisher, 'audio')[0];
          if (voice === undefined || !audio.filled.includes(voice)) continue;
          if (audio.pinned[index] === null && !audio.pinned.includes(voice)) expect(audio.filled[index]).toBe(voice);
        }
      }
    }));

  it('a second look changes nothing', () =>
    always((scene) => expect(diffRoutes(scene.routes, assigned(scene))).toEqual([])));

  it('the order of the arrays does not matter', () =>
    fc.assert(
      fc.property(history(), fc.infiniteStream(fc.nat()), ({ scene }, random) => {
        const shuffled = <T>(items: Iterable<T>): T[] =>
          [...items]
            .map((item) => ({ item, key: random.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ item }) => item);
        const participants = shuffled(scene.participants).map((each) => ({ ...each, slots: shuffled(each.slots) }));
        const other = {
          ...scene,
          participants,
          routes: new Map(shuffled(scene.routes)),
          pins: new Map(shuffled(scene.pins)),
        };
        expect(new Map(assigned(other))).toEqual(new Map(assigned(scene)));
      }),
      RUNS,
    ));
});

describe('assign, from one moment to the next', () => {
  it('no video moves that stays, but for a pin', () =>
    fc.assert(
      fc.property(history(), ({ scene }) => {
        const after = settle(scene);
        for (const [slot, track] of scene.routes) {
          const receiver = after.participants.find(({ id }) => id === slot.peer);
          if (slot.kind !== 'video' || receiver === undefined) continue;
          const row = rowOf(after, receiver, 'video');
          const now = row.filled[slot.index];
          const isPinned = row.pinned.includes(track) || row.pinned[slot.index] !== null;
          if (now !== track && !isPinned) expect(row.filled).not.toContain(track);
        }
      }),
      RUNS,
    ));

  it('nothing depends on who speaks while there is a slot for every publisher', () =>
    fc.assert(
      fc.property(history(), fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7]), ({ scene }, ranks) => {
        const now = settle(scene);
        const ids = ranks.map((rank) => `p${rank}` as Participant['id']);
        const later = settle({ ...now, preference: { heard: ids, seen: ids } });
        for (const receiver of now.participants) {
          const both = KINDS.map((kind) => rowOf(now, receiver, kind));
          if (both.some((row) => row.candidates.length > placesOf(row))) continue;
          for (const { kind, filled } of both) expect(rowOf(later, receiver, kind).filled).toEqual(filled);
        }
      }),
      RUNS,
    ));

  const plain = history({ shape: plainShape, withPins: false });

  it('a newcomer who has not spoken changes nobody else, but for a voice that is in the way of a pair', () =>
    fc.assert(
      fc.property(plain, plainShape, ({ before }, shape) => {
        const after = applied(assigned(newcomer(before, shape)));
        for (const [slot, track] of before.routes) {
          const [audio, video] = KINDS.map((kind) => rowOf(before, receiverOf(before, slot.peer), kind).filled) as [
            (Track | null)[],
            (Track | null)[],
          ];
          const anyVideoPlace = video.includes(null) && audio.includes(null);
          const pairIsFree = audio.some((each, i) => each === null && video[i] === null);
          if (!anyVideoPlace || pairIsFree || shape.publishes.length < 2) expect(after.get(slot)).toBe(track);
        }
        for (const receiver of before.participants) {
          const still = (routes: Scene['routes']) =>
            new Set(receiver.slots.flatMap((slot) => routes.get(slot) ?? []).filter(({ peer }) => peer !== 'new'));
          expect(still(after)).toEqual(still(before.routes));
        }
      }),
      RUNS,
    ));

  it('a leave takes nobody else away, and changes no video slot but those of whoever left', () =>
    fc.assert(
      fc.property(plain, fc.nat(), ({ before }, pick) => {
        const leaver = before.participants[pick % Math.max(1, before.participants.length)];
        if (leaver === undefined) return;
        const participants = before.participants.filter((each) => each !== leaver);
        const after = applied(assigned({ ...before, participants }));
        for (const [slot, track] of before.routes) {
          if (slot.peer === leaver.id || track.peer === leaver.id) continue;
          const receiver = receiverOf(before, slot.peer);
          expect(receiver.slots.map((each) => after.get(each))).toContain(track);
          const isAlone = slot.kind === 'video' || !receiver.slots.some(({ kind }) => kind === 'video');
          if (isAlone) expect(after.get(slot)).toBe(track);
        }
        for (const track of after.values()) expect(track.peer).not.toBe(leaver.id);
      }),
      RUNS,
    ));
});

const receiverOf = ({ participants }: Scene, id: Participant['id']): Participant => {
  const found = participants.find((each) => each.id === id);
  if (found === undefined) throw new RangeError(id);
  return found;
};

const newcomer = (scene: Scene, { publishes }: { readonly publishes: readonly MediaKind[] }): Scene => {
  const id = 'new' as Participant['id'];
  const tracks = publishes.map((kind) => ({ peer: id, mid: `new-${kind}` as Track['mid'], kind }));
  const userid = 'new' as Participant['userid'];
  const clientid = '' as Participant['clientid'];
  return { ...scene, participants: [...scene.participants, { id, userid, clientid, rank: 1000, tracks, slots: [] }] };
};
