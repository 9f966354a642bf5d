import fc from 'fast-check';
import type { PeerId } from '../../../../src/base/ids.ts';
import { assign, diffRoutes } from '../../../../src/conversation/assign/assign.ts';
import type { Assignment, VideoLimits } from '../../../../src/conversation/assign/types.ts';
import {
  applied,
  device,
  EMPTY,
  heard,
  history,
  pinnedIn,
  slotsOf,
  speaking,
  viewer,
  type Scene,
} from '../../../support/participants.ts';

const assigned = (scene: Scene, limits: VideoLimits): Assignment =>
  assign(scene.participants, scene.routes, scene.preference, scene.pins, limits);
const only = (name: string, videos: number): VideoLimits => new Map([[name as PeerId, videos]]);
const seats = ['ann', 'ben', 'cid', 'dan'].map((name, rank) => viewer(name, rank));
const [ann, ben] = seats as [(typeof seats)[number], (typeof seats)[number]];

describe('a receiver whose line has no room for all video', () => {
  const all = { ...EMPTY, participants: seats, preference: speaking('dan', 'cid', 'ben') };
  const before = { ...all, routes: applied(assigned(all, new Map())) };

  it('sees the first of the order, where they are already, and hears everybody as before', () => {
    const limited = assigned(before, only('ann', 1));
    const index = heard(ann, assigned(before, new Map()), 'video').indexOf('dan');
    expect(heard(ann, limited, 'video')).toEqual([0, 1, 2].map((each) => (each === index ? 'dan' : null)));
    expect(heard(ann, limited, 'audio')).toEqual(heard(ann, assigned(before, new Map()), 'audio'));
  });

  it('is the only one whose slots change', () => {
    const changes = diffRoutes(before.routes, assigned(before, only('ann', 0)));
    expect(changes.map(({ slot, track }) => [slot.peer, slot.kind, track])).toEqual(
      Array(3).fill([ann.id, 'video', null]),
    );
  });

  it('sees whom it has pinned first, and nobody where nothing is to be seen', () => {
    const pins = new Map([[slotsOf(ann, 'video')[2]!, device('ben')]]);
    expect(heard(ann, assigned({ ...before, pins }, only('ann', 1)), 'video')).toEqual([null, null, 'ben']);
    expect(heard(ann, assigned({ ...before, pins }, only('ann', 0)), 'video')).toEqual([null, null, null]);
    expect(heard(ben, assigned({ ...before, pins }, only('ann', 0)), 'video')).not.toContain(null);
  });
});

it('whatever happened: as many as the limit, the pinned first; nobody hears less, or sees less, for another', () =>
  fc.assert(
    fc.property(history(), fc.array(fc.option(fc.nat(4)), { minLength: 8, maxLength: 8 }), ({ scene }, numbers) => {
      const limits = new Map(
        scene.participants.flatMap(({ id }, i) => (numbers[i] == null ? [] : [[id, numbers[i]] as const])),
      );
      const [limited, whole] = [assigned(scene, limits), assigned(scene, new Map())];
      for (const receiver of scene.participants) {
        const count = (assignment: Assignment, kind: 'audio' | 'video'): number =>
          heard(receiver, assignment, kind).filter((each) => each !== null).length;
        const limit = limits.get(receiver.id) ?? Infinity;
        expect(count(limited, 'video')).toBe(Math.min(limit, count(whole, 'video')));
        expect(count(limited, 'audio')).toBe(count(whole, 'audio'));
        const pinned = [...pinnedIn(scene, receiver, 'video')].slice(0, limit);
        for (const [slot, track] of pinned) expect(limited.get(slot)).toBe(track);
      }
      // Carried out, a second look changes nothing.
      expect(diffRoutes(applied(limited), assigned({ ...scene, routes: applied(limited) }, limits))).toEqual([]);
    }),
    { numRuns: 300 },
  ));
