import fc from 'fast-check';
import { WaitingRoom } from '../../../src/signalling/waiting.ts';

describe('WaitingRoom', () => {
  test('the fifth of a user sends off the first of that user', () => {
    const room = new WaitingRoom<string, string>({ perUser: 4, total: 1000 });
    expect(['x', 'a', 'b', 'c', 'd'].flatMap((item) => room.enter(item === 'x' ? 'other' : 'me', item))).toEqual([]);
    expect(room.enter('me', 'e')).toEqual(['a']);
    expect(room.enter('me', 'f')).toEqual(['b']);
    expect(room.size).toBe(5);
  });

  test('one too many in all sends off the oldest of all', () => {
    const room = new WaitingRoom<number, number>({ perUser: 4, total: 1000 });
    for (let user = 0; user < 1000; user++) expect(room.enter(user, user)).toEqual([]);
    expect(room.enter(5000, 5000)).toEqual([0]);
    expect(room.size).toBe(1000);
  });

  test('who left makes room', () => {
    const room = new WaitingRoom<string, string>({ perUser: 2, total: 2 });
    room.enter('me', 'a');
    room.enter('me', 'b');
    room.leave('a');
    room.leave('a');
    room.leave('never was there');
    expect(room.enter('me', 'c')).toEqual([]);
    expect(room.enter('you', 'd')).toEqual(['b']);
  });

  test('never more than the limits, and always the oldest goes', () => {
    const step = fc.record({ user: fc.integer({ min: 0, max: 4 }), leaves: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const room = new WaitingRoom<number, number>({ perUser: 3, total: 8 });
        let model: { user: number; item: number }[] = [];
        steps.forEach(({ user, leaves }, item) => {
          if (leaves && model[0]) {
            room.leave(model[0].item);
            model = model.slice(1);
            return;
          }
          const displaced = room.enter(user, item);
          model.push({ user, item });
          const own = model.filter((entry) => entry.user === user);
          const victim = own.length > 3 ? own[0] : model.length > 8 ? model[0] : undefined;
          expect(displaced).toEqual(victim ? [victim.item] : []);
          model = model.filter((entry) => entry !== victim);
          expect(room.size).toBe(model.length);
        });
      }),
    );
  });
});
