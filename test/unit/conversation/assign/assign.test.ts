import type { Mid, PeerId } from '../../../../src/base/ids.ts';
import { assign, diffRoutes } from '../../../../src/conversation/assign/assign.ts';
import type { Participant, Routes } from '../../../../src/conversation/assign/types.ts';
import type { Slot, Track } from '../../../../src/media/types.ts';
import { applied, AV, heard, page, SILENCE, speaking, viewer } from '../../../support/participants.ts';

const NO_PINS = new Map<never, never>();
const EMPTY: Routes = new Map();
const plain = (participants: readonly Participant[], routes: Routes, preference = SILENCE) =>
  assign(participants, routes, preference, NO_PINS, new Map());

/** Lets them come in one after the other, in the order of the array. */
const entered = (participants: readonly Participant[]): Routes =>
  participants.reduce<Routes>((routes, _, i) => applied(plain(participants.slice(0, i + 1), routes)), EMPTY);

describe('assign', () => {
  it('lets two hear each other, and one nobody', () => {
    const [a, b] = [page('a', 0), page('b', 1)];
    expect(heard(a, plain([a], EMPTY), 'audio')).toEqual([null]);
    const both = plain([a, b], EMPTY);
    expect([heard(a, both, 'audio'), heard(b, both, 'audio')]).toEqual([['b'], ['a']]);
  });

  it('serves the one who was there first while nobody has spoken', () => {
    const [a, b, c, d] = [page('a', 0), page('b', 1), page('c', 2), page('d', 3)];
    const four = plain([d, c, b, a], EMPTY);
    expect([a, b, c, d].map((each) => heard(each, four, 'audio')[0])).toEqual(['b', 'a', 'a', 'a']);
    const without = plain([b, c, d], applied(four));
    expect([b, c, d].map((each) => heard(each, without, 'audio')[0])).toEqual(['c', 'b', 'b']);
  });

  it('lets everybody hear the speaker, and the speaker the one who spoke before', () => {
    const [a, b, c, d] = [page('a', 0), page('b', 1), page('c', 2), page('d', 3)];
    const routes = entered([a, b, c, d]);
    const later = plain([a, b, c, d], routes, speaking('d', 'c'));
    expect([a, b, c, d].map((each) => heard(each, later, 'audio')[0])).toEqual(['d', 'd', 'd', 'c']);
  });

  it('goes by who is heard for audio, and by who is seen for video', () => {
    const receiver = viewer('r', 0, [], 1, 1);
    const [a, b] = [viewer('a', 1), viewer('b', 2)];
    const preference = { heard: ['b'] as PeerId[], seen: ['a'] as PeerId[] };
    const assignment = plain([receiver, a, b], EMPTY, preference);
    expect([heard(receiver, assignment, 'audio'), heard(receiver, assignment, 'video')]).toEqual([['b'], ['a']]);
  });

  it('gives a newcomer the slot of the one who falls out; everybody else keeps his', () => {
    const receiver = viewer('r', 0, [], 3, 0);
    const people = ['a', 'b', 'c', 'd'].map((name, i) => viewer(name, i + 1));
    const routes = entered([receiver, ...people]);
    expect(heard(receiver, routes, 'audio')).toEqual(['a', 'b', 'c']);
    const later = plain([receiver, ...people], routes, speaking('d', 'c', 'a'));
    expect(heard(receiver, later, 'audio')).toEqual(['a', 'd', 'c']);
  });

  it('ignores strangers in the preference, and names that are there twice', () => {
    const receiver = viewer('r', 0, [], 2, 0);
    const people = ['a', 'b', 'c'].map((name, i) => viewer(name, i + 1));
    const assignment = plain([receiver, ...people], EMPTY, speaking('gone', 'c', 'r', 'c', 'gone'));
    expect(new Set(heard(receiver, assignment, 'audio'))).toEqual(new Set(['c', 'a']));
  });

  describe('equal index', () => {
    it('puts audio and video of a publisher at one index, past slots that are taken', () => {
      const receiver = viewer('r', 0, []);
      const [voice, both] = [viewer('voice', 1, ['audio']), viewer('both', 2)];
      const assignment = plain([receiver, voice, both], entered([receiver, voice]));
      expect(heard(receiver, assignment, 'audio')).toEqual(['voice', 'both', null]);
      expect(heard(receiver, assignment, 'video')).toEqual([null, 'both', null]);
    });

    it('puts a lone voice where no pair is possible any more', () => {
      const receiver = viewer('r', 0, [], 3, 2);
      const assignment = plain([receiver, viewer('voice', 1, ['audio']), viewer('both', 2)], EMPTY);
      // Slot 2 has no video beside it.
      expect(heard(receiver, assignment, 'audio')).toEqual(['both', null, 'voice']);
      expect(heard(receiver, assignment, 'video')).toEqual(['both', null]);
    });

    it('puts a lone camera beside a lone voice, so that a pair finds room', () => {
      const receiver = viewer('r', 0, [], 2, 2);
      const [voice, camera, both] = [viewer('voice', 1, ['audio']), viewer('camera', 2, ['video']), viewer('both', 3)];
      const routes: Routes = new Map([[receiver.slots[1]!, voice.tracks[0]!]]);
      const later = applied(plain([receiver, voice, camera], routes));
      const all = plain([receiver, voice, camera, both], later);
      expect([heard(receiver, all, 'audio'), heard(receiver, all, 'video')]).toEqual([
        ['both', 'voice'],
        ['both', 'camera'],
      ]);
    });

    it('lets a voice stay where another can have the one place for a pair', () => {
      const receiver = viewer('r', 0, [], 2, 3);
      const [x, p, y, n] = [viewer('x', 1, ['video']), viewer('p', 2), viewer('y', 3), viewer('n', 4)];
      const seen = (...names: string[]) => names as PeerId[];
      const routes: Routes = new Map([
        [receiver.slots[0]!, p.tracks[0]!],
        [receiver.slots[1]!, y.tracks[0]!],
        [receiver.slots[2]!, x.tracks[0]!],
      ]);
      const preference = { heard: seen('p', 'n'), seen: seen('x', 'p', 'n') };
      const later = plain([receiver, x, p, y, n], routes, preference);
      expect([heard(receiver, later, 'audio'), heard(receiver, later, 'video')]).toEqual([
        ['p', 'n'],
        ['x', 'n', 'p'],
      ]);
    });

    it('moves the voice, not the video: it swaps with who is in its place', () => {
      const receiver = viewer('r', 0, [], 3, 1);
      const [a, b, c] = [viewer('a', 1), viewer('b', 2), viewer('c', 3)];
      const before = entered([receiver, a, b, c]);
      expect([heard(receiver, before, 'audio'), heard(receiver, before, 'video')]).toEqual([['a', 'b', 'c'], ['a']]);
      const after = plain([receiver, a, b, c], before, speaking('b'));
      expect([heard(receiver, after, 'audio'), heard(receiver, after, 'video')]).toEqual([['b', 'a', 'c'], ['b']]);
    });

    it('lets a voice that was not heard displace another from beside its video', () => {
      const receiver = viewer('r', 0, [], 2, 2);
      const [a, b, c] = [viewer('a', 1), viewer('b', 2), viewer('c', 3, ['audio'])];
      const quiet = { heard: ['c', 'a'] as PeerId[], seen: [] };
      const before = applied(plain([receiver, a, b, c], EMPTY, quiet));
      expect([heard(receiver, before, 'audio'), heard(receiver, before, 'video')]).toEqual([
        ['a', 'c'],
        ['a', 'b'],
      ]);
      const after = plain([receiver, a, b, c], before, { heard: ['b', 'c'] as PeerId[], seen: [] });
      expect([heard(receiver, after, 'audio'), heard(receiver, after, 'video')]).toEqual([
        ['c', 'b'],
        ['a', 'b'],
      ]);
    });

    it('fills by precedence, even where no pair comes of it', () => {
      const receiver = viewer('r', 0, [], 1, 1);
      const [voice, both] = [viewer('voice', 1, ['audio']), viewer('both', 2)];
      const assignment = plain([receiver, voice, both], EMPTY);
      expect([heard(receiver, assignment, 'audio'), heard(receiver, assignment, 'video')]).toEqual([
        ['voice'],
        ['both'],
      ]);
    });
  });

  describe('a publisher with camera and screen', () => {
    const [r, a, b] = [viewer('r', 0, [], 2, 2), viewer('a', 1, [...AV, 'video']), viewer('b', 2)];
    const seen = (assignment: ReadonlyMap<Slot, Track | null>, receiver: Participant) =>
      receiver.slots
        .filter(({ kind }) => kind === 'video')
        .map((slot) => assignment.get(slot))
        .map((track) => (track == null ? null : `${track.peer} ${track.mid}`));

    it('is seen in both where there is a slot to spare', () => {
      expect(seen(plain([r, a], EMPTY), r)).toEqual(['a video-track1', 'a video-track2']);
      expect(heard(r, plain([r, a], EMPTY), 'audio')).toEqual(['a', null]);
    });

    it('gives the second slot to somebody else while there is one for each', () => {
      const routes = applied(plain([r, a], EMPTY));
      expect(seen(plain([r, a, b], routes), r)).toEqual(['a video-track1', 'b video-track1']);
    });

    it('stands in the order with both where there is not one for each', () => {
      const c = viewer('c', 3);
      const routes = applied(plain([r, a, b, c], EMPTY, speaking('b')));
      expect(seen(routes, r)).toEqual(['b video-track1', 'a video-track1']);
      const later = plain([r, a, b, c], routes, speaking('a', 'b'));
      expect(seen(later, r)).toEqual(['a video-track2', 'a video-track1']);
    });

    it('keeps a spare slot, whoever speaks', () => {
      const other = viewer('b', 2, [...AV, 'video']);
      const wide = viewer('r', 0, [], 3, 3);
      const routes = applied(plain([wide, a, other], EMPTY));
      expect(seen(routes, wide)).toContain('a video-track2');
      expect(seen(plain([wide, a, other], routes, speaking('b')), wide)).toEqual(seen(routes, wide));
    });
  });

  it('throws out what may not be: oneself, a track that is gone, one twice', () => {
    const [a, b] = [viewer('a', 0), viewer('b', 1)];
    const gone: Track = { peer: 'gone' as PeerId, mid: 'x' as Mid, kind: 'audio' };
    const [slot0, slot1, slot2] = a.slots as [Slot, Slot, Slot];
    const routes = new Map([
      [slot0, a.tracks[0]!],
      [slot1, b.tracks[0]!],
      [slot2, gone],
    ]);
    expect(heard(a, plain([a, b], routes), 'audio')).toEqual([null, 'b', null]);
    expect(heard(a, plain([a, b], new Map([...routes, [slot2, b.tracks[0]!]])), 'audio')).toEqual([null, 'b', null]);
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
