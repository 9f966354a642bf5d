import fc from 'fast-check';
import type { Mid, PeerId } from '../../../src/base/ids.ts';
import {
  assign,
  diffRoutes,
  type Assignment,
  type Participant,
  type Routes,
} from '../../../src/conversation/assign.ts';
import type { Slot, Track } from '../../../src/media/types.ts';
import type { MediaKind } from '../../../src/sdp/types.ts';

interface Shape {
  readonly rank: number;
  readonly publishes: readonly MediaKind[];
  readonly audioSlots: number;
  readonly videoSlots: number;
}

const KINDS = ['audio', 'video'] as const;

function participant(name: string, { rank, publishes, audioSlots, videoSlots }: Shape): Participant {
  const id = name as PeerId;
  const slots = (kind: MediaKind, count: number): Slot[] =>
    Array.from({ length: count }, (_, index) => ({ peer: id, mid: `${kind}${index}` as Mid, kind, index }));
  return {
    id,
    rank,
    tracks: publishes.map((kind, i): Track => ({ peer: id, mid: `${kind}-track${i}` as Mid, kind })),
    slots: [...slots('audio', audioSlots), ...slots('video', videoSlots)],
  };
}

/** What the routes are once the assignment is carried out. */
const applied = (assignment: Assignment): Routes =>
  new Map([...assignment].filter((entry): entry is [Slot, Track] => entry[1] !== null));

/** Lets them come in one after the other, in the order of the array. */
const entered = (participants: readonly Participant[]): Routes =>
  participants.reduce<Routes>((routes, _, i) => applied(assign(participants.slice(0, i + 1), routes)), new Map());

/** What a receiver hears: publisher or null, by kind and index. */
const heard = (receiver: Participant, assignment: ReadonlyMap<Slot, Track | null>, kind: MediaKind) =>
  receiver.slots.filter((slot) => slot.kind === kind).map((slot) => assignment.get(slot)?.peer ?? null);

const AV: MediaKind[] = ['audio', 'video'];
const page = (name: string, rank: number) =>
  participant(name, { rank, publishes: ['audio'], audioSlots: 1, videoSlots: 0 });
const viewer = (name: string, rank: number, publishes: MediaKind[] = AV, audioSlots = 3, videoSlots = 3) =>
  participant(name, { rank, publishes, audioSlots, videoSlots });

describe('assign', () => {
  it('lets two hear each other, and one nobody', () => {
    const [a, b] = [page('a', 0), page('b', 1)];
    expect(heard(a, assign([a], new Map()), 'audio')).toEqual([null]);
    const both = assign([a, b], new Map());
    expect([heard(a, both, 'audio'), heard(b, both, 'audio')]).toEqual([['b'], ['a']]);
  });

  it('serves the one who was there first where slots are short, and keeps to it', () => {
    const [a, b, c, d] = [page('a', 0), page('b', 1), page('c', 2), page('d', 3)];
    const four = assign([d, c, b, a], new Map());
    expect([a, b, c, d].map((each) => heard(each, four, 'audio')[0])).toEqual(['b', 'a', 'a', 'a']);
    const without = assign([b, c, d], applied(four));
    expect([b, c, d].map((each) => heard(each, without, 'audio')[0])).toEqual(['c', 'b', 'b']);
    // The lowest rank comes back: whoever is heard stays heard.
    const back = assign([b, c, d, a], applied(without));
    expect([b, c, d].map((each) => heard(each, back, 'audio')[0])).toEqual(['c', 'b', 'b']);
  });

  it('puts audio and video of a publisher at one index, past slots that are taken', () => {
    const receiver = viewer('r', 0, []);
    const [voice, both] = [viewer('voice', 1, ['audio']), viewer('both', 2)];
    const assignment = assign([receiver, voice, both], entered([receiver, voice]));
    expect(heard(receiver, assignment, 'audio')).toEqual(['voice', 'both', null]);
    expect(heard(receiver, assignment, 'video')).toEqual([null, 'both', null]);
  });

  it('puts a lone voice where no pair is possible any more', () => {
    const receiver = viewer('r', 0, [], 3, 2);
    const assignment = assign([receiver, viewer('voice', 1, ['audio']), viewer('both', 2)], new Map());
    // Slot 2 has no video beside it.
    expect(heard(receiver, assignment, 'audio')).toEqual(['both', null, 'voice']);
    expect(heard(receiver, assignment, 'video')).toEqual(['both', null]);
  });

  it('puts a freed video slot to the publisher whose voice is beside it', () => {
    const receiver = viewer('r', 0, [], 2, 1);
    const [a, b] = [viewer('a', 1), viewer('b', 2)];
    const before = assign([receiver, a, b], new Map());
    expect([heard(receiver, before, 'audio'), heard(receiver, before, 'video')]).toEqual([['a', 'b'], ['a']]);
    const after = assign([receiver, b], applied(before));
    expect([heard(receiver, after, 'audio'), heard(receiver, after, 'video')]).toEqual([[null, 'b'], ['b']]);
  });

  it.each([
    ['audio', 'video'],
    ['video', 'audio'],
  ] as const)('puts a late track of kind %s beside its %s where it has the choice', (kind, other) => {
    const receiver = viewer('r', 0, [], 2, 2);
    const [x, y] = [viewer('x', 1, [kind]), viewer('y', 2, [kind])];
    const [w, z] = [viewer('w', 3, [other]), viewer('z', 4)];
    const before = entered([receiver, x, y, w, z]);
    expect([heard(receiver, before, kind), heard(receiver, before, other)]).toEqual([
      ['x', 'y'],
      ['w', 'z'],
    ]);
    expect(heard(receiver, assign([receiver, w, z], before), kind)).toEqual([null, 'z']);
  });

  it('fills by precedence, even where no pair comes of it', () => {
    const receiver = viewer('r', 0, [], 1, 1);
    const [voice, both] = [viewer('voice', 1, ['audio']), viewer('both', 2)];
    const assignment = assign([receiver, voice, both], new Map());
    expect([heard(receiver, assignment, 'audio'), heard(receiver, assignment, 'video')]).toEqual([['voice'], ['both']]);
  });

  it('takes the first track of a kind where a publisher has several', () => {
    const [a, b] = [viewer('a', 0, ['audio', 'audio', 'video']), page('b', 1)];
    expect(assign([a, b], new Map()).get(b.slots[0]!)).toBe(a.tracks[0]);
  });

  it('throws out what may not be: oneself, a track that is gone, a publisher twice', () => {
    const [a, b] = [viewer('a', 0), viewer('b', 1)];
    const gone: Track = { peer: 'gone' as PeerId, mid: 'x' as Mid, kind: 'audio' };
    const [slot0, slot1, slot2] = a.slots as [Slot, Slot, Slot];
    const routes = new Map([
      [slot0, a.tracks[0]!],
      [slot1, b.tracks[0]!],
      [slot2, gone],
    ]);
    expect(heard(a, assign([a, b], routes), 'audio')).toEqual([null, 'b', null]);
    expect(heard(a, assign([a, b], new Map([...routes, [slot2, b.tracks[0]!]])), 'audio')).toEqual([null, 'b', null]);
  });
});

describe('diffRoutes', () => {
  const [a, b, c] = [page('a', 0), page('b', 1), page('c', 2)];
  const [slotA, slotB, slotC] = [a, b, c].map((each) => each.slots[0]!) as [Slot, Slot, Slot];
  const [trackA, trackB, trackC] = [a, b, c].map((each) => each.tracks[0]!) as [Track, Track, Track];

  it('has only what changes, what empties first', () => {
    const routes = new Map([
      [slotA, trackB],
      [slotB, trackA],
      [slotC, trackA],
    ]);
    const wanted = new Map([
      [slotA, trackC],
      [slotB, trackA],
      [slotC, null],
    ]);
    expect(diffRoutes(routes, wanted)).toEqual([
      { slot: slotC, track: null },
      { slot: slotA, track: trackC },
    ]);
  });

  it('empties a slot that nobody knows any more, and leaves an empty one alone', () => {
    expect(diffRoutes(new Map([[slotA, trackB]]), new Map([[slotB, null]]))).toEqual([{ slot: slotA, track: null }]);
  });
});

describe('assign, whoever comes and goes', () => {
  const shape = fc.record({
    publishes: fc.subarray<MediaKind>(['audio', 'video']),
    audioSlots: fc.nat(4),
    videoSlots: fc.nat(4),
  });
  /** A conversation in which people came in by rank, with what is routed then. */
  const scene = fc.array(shape, { minLength: 1, maxLength: 9 }).map((shapes) => {
    const participants = shapes.map((each, rank) => participant(`p${rank}`, { ...each, rank }));
    return { participants, routes: entered(participants) };
  });
  /** The same after some of them left, one by one. */
  const afterLeaves = fc
    .tuple(scene, fc.array(fc.nat(), { maxLength: 6 }))
    .map(([{ participants, routes }, leaving]) => leaving.reduce(leave, { participants, routes }));

  interface Scene {
    readonly participants: readonly Participant[];
    readonly routes: Routes;
  }
  function leave({ participants, routes }: Scene, pick: number): Scene {
    if (participants.length < 2) return { participants, routes };
    const rest = participants.filter((_, i) => i !== pick % participants.length);
    return { participants: rest, routes: applied(assign(rest, routes)) };
  }

  const rows = ({ participants, routes }: Scene) =>
    participants.flatMap((receiver) => KINDS.map((kind) => ({ receiver, kind, row: heard(receiver, routes, kind) })));
  const publishers = ({ participants }: Scene, receiver: Participant, kind: MediaKind) =>
    participants.filter(({ id, tracks }) => id !== receiver.id && tracks.some((track) => track.kind === kind));

  const always = (check: (scene: Scene) => void) => fc.assert(fc.property(afterLeaves, check), { numRuns: 500 });

  it('nobody hears itself, or somebody twice, or somebody who is not there', () =>
    always((now) => {
      for (const { receiver, kind, row } of rows(now)) {
        const filled = row.filter((id) => id !== null);
        expect(new Set(filled).size).toBe(filled.length);
        const possible = publishers(now, receiver, kind).map(({ id }) => id);
        for (const id of filled) expect(possible).toContain(id);
      }
    }));

  it('every slot is filled while a publisher waits', () =>
    always((now) => {
      for (const { receiver, kind, row } of rows(now)) {
        const filled = row.filter((id) => id !== null).length;
        expect(filled).toBe(Math.min(row.length, publishers(now, receiver, kind).length));
      }
    }));

  it('every slot carries its own kind, and every slot has an entry', () =>
    always(({ participants, routes }) => {
      const assignment = assign(participants, routes);
      expect(new Set(assignment.keys())).toEqual(new Set(participants.flatMap(({ slots }) => slots)));
      for (const [slot, track] of assignment) expect(track?.kind ?? slot.kind).toBe(slot.kind);
    }));

  it('a second look changes nothing', () =>
    always(({ participants, routes }) => expect(diffRoutes(routes, assign(participants, routes))).toEqual([])));

  it('the order of the arrays does not matter', () =>
    fc.assert(
      fc.property(scene, fc.infiniteStream(fc.nat()), ({ participants, routes }, random) => {
        const shuffled = <T>(items: readonly T[]): T[] =>
          items
            .map((item) => ({ item, key: random.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ item }) => item);
        const other = shuffled(participants).map((each) => ({ ...each, slots: shuffled(each.slots) }));
        for (const from of [routes, new Map<Slot, Track>()]) {
          expect(new Map(assign(other, new Map(shuffled([...from]))))).toEqual(new Map(assign(participants, from)));
        }
      }),
    ));

  it('a newcomer moves nobody', () =>
    fc.assert(
      fc.property(afterLeaves, shape, ({ participants, routes }, each) => {
        const newcomer = participant('new', { ...each, rank: 100 });
        const after = assign([...participants, newcomer], routes);
        for (const [slot, track] of routes) expect(after.get(slot)).toBe(track);
      }),
    ));

  it('a leave moves nobody else: only slots that carried the one who left change', () =>
    fc.assert(
      fc.property(afterLeaves, fc.nat(), ({ participants, routes }, pick) => {
        const leaver = participants[pick % participants.length]!;
        const after = assign(
          participants.filter((each) => each !== leaver),
          routes,
        );
        for (const [slot, track] of routes) {
          if (slot.peer !== leaver.id && track.peer !== leaver.id) expect(after.get(slot)).toBe(track);
        }
        for (const track of after.values()) expect(track?.peer).not.toBe(leaver.id);
      }),
    ));

  it('whoever fits in at once with two free slots side by side gets them', () =>
    fc.assert(
      fc.property(afterLeaves, ({ participants, routes }) => {
        const newcomer = participant('new', { rank: 100, publishes: AV, audioSlots: 0, videoSlots: 0 });
        const after = assign([...participants, newcomer], routes);
        for (const receiver of participants) {
          const [audio, video] = [heard(receiver, routes, 'audio'), heard(receiver, routes, 'video')];
          const [audioAfter, videoAfter] = [heard(receiver, after, 'audio'), heard(receiver, after, 'video')];
          const pairIsFree = audio.some((id, i) => id === null && video[i] === null);
          if (pairIsFree) expect(audioAfter.indexOf(newcomer.id)).toBe(videoAfter.indexOf(newcomer.id));
        }
      }),
    ));

  it('slots are short: the lowest ranks are heard of all who came at once', () =>
    fc.assert(
      fc.property(scene, ({ participants }) => {
        const now = { participants, routes: applied(assign(participants, new Map())) };
        for (const { receiver, kind, row } of rows(now)) {
          const expected = publishers(now, receiver, kind).slice(0, row.length);
          expect(new Set(row.filter((id) => id !== null))).toEqual(new Set(expected.map(({ id }) => id)));
        }
      }),
    ));
});
