import type { Member, Slot } from '../../../../client/src/core/messages.ts';
import { changeOf, peopleIn, withMissing, type Person, type Scene } from '../../../../client/src/core/people.ts';
import { NOTHING } from '../../../../client/src/core/view.ts';

const ME = { userid: 'me', clientid: 'tab', csrc: 9 };
const member = (userid: string, csrc: number, rest: Partial<Member> = {}): Member => ({
  userid,
  clientid: 'web',
  csrc,
  publishes: ['audio', 'video'],
  ...rest,
});
const SLOTS: readonly Slot[] = [
  { mid: '0', kind: 'audio', index: 0 },
  { mid: '1', kind: 'audio', index: 1 },
  { mid: '2', kind: 'video', index: 0 },
];

const scene = (changes: Partial<Scene> = {}): Scene => ({
  view: {
    ...NOTHING,
    me: ME,
    members: [member('ann', 1), { ...ME, publishes: ['audio'] }, member('ben', 2)],
    speakers: [2],
  },
  me: ME,
  named: true,
  slots: SLOTS,
  occupants: new Map([
    ['0', 2],
    ['1', 1],
    ['2', 2],
  ]),
  loud: new Set(),
  own: { kinds: ['audio'], muted: false, quality: 'good' },
  quality: new Map([[2, 'fair']]),
  pins: [{ userid: 'ann', clientid: 'web' }],
  ...changes,
});

describe('people', () => {
  it('are oneself and then the roster, with what is known of each', () => {
    const [self, ann, ben, ...more] = peopleIn(scene());
    expect(more).toEqual([]);
    expect(self).toMatchObject({
      id: 'self',
      ...ME,
      self: true,
      speaking: false,
      muted: false,
      kinds: ['audio'],
      playing: ['audio'],
      quality: 'good',
    });
    expect(ann).toMatchObject({
      id: 'ann/web',
      csrc: 1,
      self: false,
      speaking: false,
      playing: ['audio'],
      pinned: true,
      quality: null,
    });
    expect(ben).toMatchObject({
      id: 'ben/web',
      csrc: 2,
      speaking: true,
      playing: ['audio', 'video'],
      pinned: false,
      quality: 'fair',
    });
  });

  it('are muted when they say so, or publish no sound', () => {
    const members = [
      member('ann', 1, { muted: ['audio'] }),
      member('ben', 2, { publishes: ['video'] }),
      member('cid', 3, { muted: ['video'] }),
    ];
    const view = { ...NOTHING, me: ME, members };
    expect(peopleIn(scene({ view })).map(({ muted }) => muted)).toEqual([false, true, true, false]);
    const own = { kinds: ['video'], muted: false, quality: null } as const;
    expect(peopleIn(scene({ own }))[0]).toMatchObject({ muted: true, kinds: ['video'] });
    expect(peopleIn(scene({ own: { ...own, kinds: ['audio'], muted: true } }))[0]?.muted).toBe(true);
  });

  it('have ids without spaces, different for different devices', () => {
    const members = [
      member('a b', 1),
      member('a', 2, { clientid: 'b' }),
      member('a/b', 3, { clientid: '' }),
      member('a', 4, { clientid: '' }),
    ];
    const ids = peopleIn(scene({ view: { ...NOTHING, me: ME, members } })).map(({ id }) => id);
    expect(new Set(ids).size).toBe(5);
    expect(ids.filter((id) => /\s/.test(id))).toEqual([]);
  });

  it('without the events channel are those who play, and have no names', () => {
    const nameless = peopleIn(scene({ named: false, me: null, view: NOTHING, loud: new Set([1]) }));
    expect(nameless.map(({ id, userid, kinds, speaking, muted }) => ({ id, userid, kinds, speaking, muted }))).toEqual([
      { id: 'self', userid: null, kinds: ['audio'], speaking: false, muted: false },
      { id: 'csrc-2', userid: null, kinds: ['audio', 'video'], speaking: false, muted: false },
      { id: 'csrc-1', userid: null, kinds: ['audio'], speaking: true, muted: false },
    ]);
  });

  it('are nobody while the channel has told nothing, whatever the packets say', () => {
    expect(peopleIn(scene({ view: NOTHING })).map(({ id }) => id)).toEqual(['self']);
    // Oneself has kept the name.
    expect(peopleIn(scene({ view: NOTHING }))[0]?.userid).toBe('me');
  });
});

describe('a change', () => {
  const people = peopleIn(scene());
  const [self, ann, ben] = people as [Person, Person, Person];

  it('names those who are new, gone and different', () => {
    expect(changeOf([self, ann], [self, { ...ann, speaking: true }, ben])).toEqual({
      joined: ['ben/web'],
      left: [],
      changed: ['ann/web'],
    });
    expect(changeOf(people, [self])).toEqual({ joined: [], left: ['ann/web', 'ben/web'], changed: [] });
    expect(changeOf(people, peopleIn(scene()))).toEqual({ joined: [], left: [], changed: [] });
  });

  it('keeps those who were here, silent, until they are back', () => {
    const kept = withMissing(people, [self, { ...ann, csrc: 77 }]);
    expect(kept.map(({ id }) => id)).toEqual(['self', 'ann/web', 'ben/web']);
    expect(kept[1]?.csrc).toBe(77);
    expect(kept[2]).toMatchObject({ playing: [], speaking: false, quality: null });
  });
});
