import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import type { Member } from '../../../src/conversation/types.ts';
import { member, settled, slotOf, TestRoom } from '../../support/members.ts';

describe('what a conversation tells', () => {
  let plane: FakeMediaPlane;
  let room: TestRoom;
  beforeEach(() => {
    plane = new FakeMediaPlane();
    room = new TestRoom(plane);
  });
  afterEach(() => expect(room.faults).toEqual([]));

  const pages = (...names: string[]) => names.map((name) => member(plane, name)) as [Member, Member, Member, Member];

  it('the roster once per turn, and to each newcomer whom he hears, be it nobody', async () => {
    const [a, b, c] = pages('a', 'b', 'c');
    await room.enter(a);
    expect(room.takeTold()).toEqual(['roster a', 'heard a: -']);
    await room.enter(b, c);
    expect(room.takeTold()).toEqual(['roster a b c', 'heard b: a', 'heard c: a', 'heard a: b']);
  });

  it('every slot of a member, in the order of his sections, with the members themselves', async () => {
    const wide = member(plane, 'wide', 'audio slot', 'video slot', 'audio slot');
    const b = member(plane, 'b', 'audio both', 'video both');
    const heard: [Member, ReadonlyMap<unknown, Member | null>][] = [];
    room.events.on('heard', (_, receiver, slots) => heard.push([receiver, slots]));
    await room.enter(wide, b);
    const [receiver, slots] = heard[0]!;
    expect(receiver).toBe(wide);
    expect([...slots.keys()]).toEqual(wide.slots);
    expect([...slots.values()].map((each) => each?.userid ?? null)).toEqual(['b', 'b', null]);
    expect(slots.get(slotOf(wide, 'audio', 0))).toBe(b);
    expect(room.conversation.slotsOf(wide)).toEqual(slots);
  });

  it('a member without a slot that he hears nobody, and then nothing more', async () => {
    const silent = member(plane, 'silent', 'audio publish');
    const [a] = pages('a');
    await room.enter(silent);
    expect(room.takeTold()).toEqual(['roster silent', 'heard silent: ']);
    await room.enter(a);
    expect(room.takeTold()).toEqual(['roster silent a', 'heard a: silent']);
  });

  it('nothing to those whose slots are as before', async () => {
    const [a, b, c] = pages('a', 'b', 'c');
    await room.enter(a, b);
    room.takeTold();
    await room.enter(c);
    expect(room.takeTold()).toEqual(['roster a b c', 'heard c: a']);
    room.conversation.leave(c.id);
    await settled();
    expect(room.takeTold()).toEqual(['roster a b']);
  });

  it('nothing to a member whose slot was emptied and filled with the same one in one turn', async () => {
    const [a, b] = pages('a', 'b');
    await room.enter(a, b);
    room.takeTold();
    room.conversation.leave(a.id);
    await room.enter(a);
    expect(room.takeTold()).toEqual(['roster b a', 'heard a: b']);
  });

  it('nothing of somebody who came and went in one turn, or of nothing', async () => {
    const [a, b] = pages('a', 'b');
    await room.enter(a);
    room.takeTold();
    room.conversation.enter(b);
    room.conversation.leave(b.id);
    await settled();
    room.conversation.leave(b.id);
    await room.enter(a);
    expect(room.takeTold()).toEqual([]);
  });

  it('nothing after its end, and nothing to whoever left', async () => {
    const [a, b] = pages('a', 'b');
    await room.enter(a, b);
    room.takeTold();
    room.conversation.leave(a.id);
    await settled();
    expect(room.takeTold()).toEqual(['roster b', 'heard b: -']);
    room.conversation.enter(a);
    room.conversation.close();
    await settled();
    expect(room.takeTold()).toEqual([]);
  });

  it('a replacement: to the new device what it hears, to the others that it is another one', async () => {
    const [a, b, c] = pages('a', 'b', 'c');
    await room.enter(a, b, c);
    room.takeTold();
    const next = member(plane, 'a');
    const rosters: (readonly Member[])[] = [];
    room.events.on('roster', (_, members) => rosters.push(members));
    room.conversation.replace(a.id, next);
    await settled();
    expect(rosters).toEqual([[next, b, c]]);
    expect(room.takeTold().sort()).toEqual(['heard a: b', 'heard b: a', 'heard c: a', 'roster a b c']);
    expect(room.conversation.slotsOf(b).get(slotOf(b, 'audio', 0))).toBe(next);
  });

  it('a replacement that hears nobody, just as any newcomer; the old connection is unknown from then on', async () => {
    const [a] = pages('a');
    await room.enter(a);
    room.takeTold();
    const next = member(plane, 'a');
    room.conversation.replace(a.id, next);
    await settled();
    expect(room.takeTold()).toEqual(['roster a', 'heard a: -']);
    room.conversation.replace(next.id, a);
    await settled();
    expect(room.takeTold()).toEqual(['roster a', 'heard a: -']);
  });

  it('who speaks, once for each change, and nobody in the end', async () => {
    const [a, b, c] = pages('a', 'b', 'c');
    await room.enter(a, b, c);
    room.takeTold();
    await room.hear(20, [a], [b, c]);
    await room.hear(40, [], [a, b, c]);
    const speakers = room.takeTold().filter((line) => line.startsWith('speakers'));
    expect(speakers).toEqual(['speakers a', 'speakers ']);
    expect(room.conversation.speakers).toEqual([]);
  });

  it('that a speaker who left speaks no more, before the next tick', async () => {
    const [a, b, c] = pages('a', 'b', 'c');
    await room.enter(a, b, c);
    await room.hear(20, [a], [b, c]);
    room.takeTold();
    room.conversation.leave(a.id);
    expect(room.conversation.speakers).toEqual([]);
    await settled();
    expect(room.takeTold()).toContain('speakers ');
  });

  it('goes on where a listener throws', async () => {
    const [a, b] = pages('a', 'b');
    const bug = new Error('by the test');
    room.events.on('roster', () => {
      throw bug;
    });
    await room.enter(a, b);
    expect(room.faults.splice(0)).toEqual([bug]);
    expect(room.takeTold()).toEqual(['roster a b', 'heard a: b', 'heard b: a']);
  });
});
