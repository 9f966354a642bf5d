import type { PinTarget } from '../../../../src/conversation/types.ts';
import type { Slot } from '../../../../src/media/types.ts';
import type { MediaKind } from '../../../../src/sdp/types.ts';
import {
  device,
  heard,
  settle,
  SILENCE,
  slotsOf,
  speaking,
  viewer,
  without,
  type Scene,
} from '../../../support/participants.ts';

const receiver = viewer('r', 0, ['audio', 'video'], 2, 2);
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name, i) => viewer(name, i + 1)) as [
  typeof receiver,
  typeof receiver,
  typeof receiver,
  typeof receiver,
];

const slot = (kind: MediaKind, index: number): Slot => slotsOf(receiver, kind)[index]!;
const scene = (...pins: [kind: MediaKind, index: number, name: string][]): Scene => ({
  participants: [receiver, a, b, c, d],
  routes: new Map(),
  preference: SILENCE,
  pins: new Map(pins.map(([kind, index, name]): [Slot, PinTarget] => [slot(kind, index), device(name)])),
});
const audioOf = (of: Scene) => heard(receiver, of.routes, 'audio');
const videoOf = (of: Scene) => heard(receiver, of.routes, 'video');

describe('a pin', () => {
  it('goes before who speaks, and is where it is until it is released', () => {
    const pinned = settle(scene(['audio', 1, 'd']));
    expect(audioOf(pinned)).toEqual(['a', 'd']);
    const later = settle({ ...pinned, preference: speaking('c', 'b') });
    expect(audioOf(later)).toEqual(['c', 'd']);
    expect(audioOf(settle({ ...later, pins: new Map() })).sort()).toEqual(['b', 'c']);
  });

  it('takes whom it names out of another slot, into which the one who was here goes', () => {
    const before = settle(scene());
    expect(videoOf(before)).toEqual(['a', 'b']);
    expect(videoOf(settle({ ...before, pins: scene(['video', 1, 'a']).pins }))).toEqual(['b', 'a']);
  });

  it('is a normal slot while nobody of that name is there, or he does not publish the kind', () => {
    const pinned = settle(scene(['video', 0, 'd']));
    const away = settle(without(pinned, d.id));
    expect(videoOf(away)).toEqual(['b', 'a']);
    const voiceOnly = viewer('d', 9, ['audio']);
    expect(videoOf(settle({ ...away, participants: [...away.participants, voiceOnly] }))).toEqual(['b', 'a']);
    expect(videoOf(settle({ ...away, participants: [...away.participants, viewer('d', 9)] }))).toEqual(['d', 'a']);
  });

  it('counts once in a row: the lower index has it, the other is filled as ever', () => {
    expect(audioOf(settle(scene(['audio', 1, 'd'], ['audio', 0, 'd'])))).toEqual(['d', 'a']);
  });

  it('on oneself is none', () => {
    expect(audioOf(settle(scene(['audio', 0, 'r'])))).toEqual(audioOf(settle(scene())));
  });

  it('of an audio slot changes no video; its voice is heard where it is pinned', () => {
    const pinned = settle(scene(['audio', 0, 'b']));
    expect([audioOf(pinned), videoOf(pinned)]).toEqual([
      ['b', 'a'],
      ['b', 'a'],
    ]);
    const before = settle(scene());
    const later = settle({ ...before, pins: pinned.pins });
    // b stays seen in slot 1, and a in slot 0, where his voice can be no more.
    expect([audioOf(later), videoOf(later)]).toEqual([
      ['b', 'a'],
      ['a', 'b'],
    ]);
  });

  it('of a video slot takes the voice along, where it is heard', () => {
    const before = settle({ ...scene(), preference: speaking('a', 'd') });
    expect([audioOf(before), videoOf(before)]).toEqual([
      ['a', 'd'],
      ['a', 'd'],
    ]);
    const later = settle({ ...before, pins: scene(['video', 0, 'd']).pins });
    expect([audioOf(later), videoOf(later)]).toEqual([
      ['d', 'a'],
      ['d', 'a'],
    ]);
  });

  it('concerns nobody but its receiver', () => {
    const other = viewer('o', 6, [], 2, 2);
    const people = [...scene().participants, other];
    const pinned = settle({ ...scene(['audio', 0, 'd'], ['video', 0, 'd']), participants: people });
    expect([heard(other, pinned.routes, 'audio'), heard(other, pinned.routes, 'video')]).toEqual([
      ['r', 'a'],
      ['r', 'a'],
    ]);
  });
});
