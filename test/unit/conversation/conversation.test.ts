import type { Conversation } from '../../../src/conversation/conversation.ts';
import type { Member } from '../../../src/conversation/types.ts';
import type { Slot } from '../../../src/media/types.ts';
import type { FakeGraph } from '../../../src/media/fake/graph.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import type { MediaKind } from '../../../src/sdp/types.ts';
import { member, settled, slotOf, TestRoom, trackOf } from '../../support/members.ts';

const AV = ['audio both', 'video both'] as const;

describe('Conversation', () => {
  let plane: FakeMediaPlane;
  let room: TestRoom;
  let graph: FakeGraph;
  let conversation: Conversation;
  beforeEach(() => {
    plane = new FakeMediaPlane();
    room = new TestRoom(plane);
    ({ graph, conversation } = room);
  });
  afterEach(() => expect(room.faults).toEqual([]));

  const enter = (...members: Member[]): Promise<void> => room.enter(...members);
  const heardBy = (of: Member, kind: MediaKind = 'audio', index = 0) =>
    plane.heardBy(slotOf(of, kind, index))?.peer ?? null;

  it('lets members hear each other, a second device of the same user too, and nobody itself', async () => {
    const [phone, laptop] = [member(plane, 'ann/phone'), member(plane, 'ann/laptop')];
    await enter(phone);
    expect(heardBy(phone)).toBeNull();
    await enter(laptop);
    expect([heardBy(phone), heardBy(laptop)]).toEqual([laptop.id, phone.id]);
  });

  it('works out once what many comings in one turn lead to', async () => {
    const members = Array.from({ length: 10 }, (_, i) => member(plane, `user${i}`));
    const done = enter(...members);
    expect(graph.calls).toEqual([]);
    await done;
    // One route per slot: nothing was routed on the way to where it is now.
    expect(graph.calls).toHaveLength(10);
    expect(members.map((each) => heardBy(each))).toEqual([members[1]!.id, ...Array(9).fill(members[0]!.id)]);
  });

  it('calls the media plane for changes only', async () => {
    const [a, b, c] = [member(plane, 'a'), member(plane, 'b'), member(plane, 'c')];
    await enter(a, b);
    graph.calls.length = 0;
    await enter(c);
    expect(graph.calls).toEqual([{ slot: slotOf(c, 'audio', 0), track: trackOf(a, 'audio') }]);
  });

  it('takes whoever leaves out of every route at once, and fills the slots after that', async () => {
    const [a, b, c] = [member(plane, 'a'), member(plane, 'b'), member(plane, 'c')];
    await enter(a, b, c);
    expect([heardBy(b), heardBy(c)]).toEqual([a.id, a.id]);
    expect(conversation.leave(a.id)).toBe(true);
    expect([heardBy(a), heardBy(b), heardBy(c)]).toEqual([null, null, null]);
    await settled();
    expect([heardBy(a), heardBy(b), heardBy(c)]).toEqual([null, c.id, b.id]);
  });

  it('removes whoever leaves and nobody else, also when it is not there', async () => {
    const [a, b, stranger] = [member(plane, 'a'), member(plane, 'b'), member(plane, 'stranger')];
    await enter(a, b);
    graph.calls.length = 0;
    expect(conversation.leave(stranger.id)).toBe(false);
    await settled();
    expect(graph.calls).toEqual([]);
    expect(conversation.members).toEqual([a, b]);
  });

  it('takes a member once', async () => {
    const [a, b] = [member(plane, 'a'), member(plane, 'b')];
    await enter(a, b, a);
    expect(conversation.members).toEqual([a, b]);
    expect([conversation.size, conversation.has(a.id), conversation.has(b.id)]).toEqual([2, true, true]);
  });

  describe('replacement', () => {
    it('gives the new device the place, the listeners and the slots of the old one, and moves nobody else', async () => {
      const names = ['a', 'b', 'c', 'd'];
      const [a, b, c, d] = names.map((name) => member(plane, name, ...AV, 'audio slot')) as [
        Member,
        Member,
        Member,
        Member,
      ];
      await enter(a, b, c, d);
      const before = new Map(graph.calls.map(({ slot, track }) => [slot as Slot, track]));
      const b2 = member(plane, 'b', ...AV, 'audio slot');
      graph.calls.length = 0;
      expect(conversation.replace(b.id, b2)).toBe(true);
      await settled();
      expect(conversation.members).toEqual([a, b2, c, d]);
      // Every call concerns the old or the new one.
      for (const { slot, track } of graph.calls) {
        expect([b.id, b2.id].includes((slot as Slot).peer) || track?.peer === b2.id).toBe(true);
      }
      // Where the old one was heard, the new one is; what the old one heard, the new one hears, slot by slot.
      for (const [slot, track] of before) {
        if (slot.peer === b.id) {
          expect(plane.heardBy(slot)).toBeNull();
          expect(plane.heardBy(slotOf(b2, slot.kind, slot.index))).toBe(track);
        } else if (track?.peer === b.id) {
          expect(plane.heardBy(slot)).toBe(trackOf(b2, track.kind));
        } else {
          expect(plane.heardBy(slot)).toBe(track);
        }
      }
    });

    it('may bring other sections: what has no heir is free for others', async () => {
      const [a, b, c] = [member(plane, 'a', ...AV), member(plane, 'b', ...AV), member(plane, 'c', ...AV)];
      await enter(a, b, c);
      expect([heardBy(b, 'video'), heardBy(c, 'video')]).toEqual([a.id, a.id]);
      const listener = member(plane, 'a', 'audio slot', 'audio slot');
      conversation.replace(a.id, listener);
      await settled();
      expect([heardBy(b, 'video'), heardBy(c, 'video'), heardBy(b), heardBy(c)]).toEqual([c.id, b.id, c.id, b.id]);
      expect([heardBy(listener, 'audio', 0), heardBy(listener, 'audio', 1)]).toEqual([b.id, c.id]);
    });

    it('is nothing where the old one is not there, or the new one is', async () => {
      const [a, b, stranger] = [member(plane, 'a'), member(plane, 'b'), member(plane, 'stranger')];
      await enter(a, b);
      expect(conversation.replace(stranger.id, member(plane, 'stranger'))).toBe(false);
      expect(conversation.replace(a.id, b)).toBe(false);
      expect(conversation.members).toEqual([a, b]);
    });
  });

  it('ends every route and its graph, once, and ignores what comes later', async () => {
    const [a, b] = [member(plane, 'a'), member(plane, 'b')];
    await enter(a, b);
    conversation.enter(member(plane, 'c'));
    conversation.close();
    conversation.close();
    expect([heardBy(a), heardBy(b), plane.openGraphs, conversation.size]).toEqual([null, null, 0, 0]);
    graph.calls.length = 0;
    await enter(member(plane, 'd'));
    await enter(member(plane, 'e'));
    expect(graph.calls).toEqual([]);
    expect(conversation.size).toBe(0);
  });

  describe('a media plane that throws', () => {
    it('is told of; the other routes are carried out', async () => {
      const [a, b, c] = [member(plane, 'a'), member(plane, 'b'), member(plane, 'c')];
      graph.failing = slotOf(b, 'audio', 0);
      await enter(a, b, c);
      expect(room.faults.splice(0)).toEqual([graph.failure]);
      expect([heardBy(a), heardBy(b), heardBy(c)]).toEqual([b.id, null, a.id]);
    });

    it('leaves the record true: the next change tries again', async () => {
      const [a, b] = [member(plane, 'a'), member(plane, 'b')];
      graph.failing = slotOf(b, 'audio', 0);
      await enter(a, b);
      expect(conversation.slotsOf(b).get(slotOf(b, 'audio', 0))).toBeNull();
      expect(room.told).toContain('heard b: -');
      expect(room.faults.splice(0)).toHaveLength(1);
      graph.failing = null;
      await enter(member(plane, 'c'));
      expect(heardBy(b)).toBe(a.id);
      expect(room.takeTold()).toContain('heard b: a');
    });

    it('does not keep a slot of somebody who left as if it were filled', async () => {
      const [a, b, c] = [member(plane, 'a'), member(plane, 'b'), member(plane, 'c')];
      await enter(a, b, c);
      graph.failing = slotOf(c, 'audio', 0);
      conversation.leave(a.id);
      expect(room.faults.splice(0)).toEqual([graph.failure]);
      graph.failing = null;
      await settled();
      expect(heardBy(c)).toBe(b.id);
    });
  });
});
