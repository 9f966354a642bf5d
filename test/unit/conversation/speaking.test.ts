import type { Member } from '../../../src/conversation/types.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import type { TrackLevel } from '../../../src/media/types.ts';
import type { MediaKind } from '../../../src/sdp/types.ts';
import { member, settled, silence, slotOf, TestRoom, trackOf, voice } from '../../support/members.ts';

const AV = ['audio both', 'video both'] as const;

describe('a conversation in which people speak', () => {
  let plane: FakeMediaPlane;
  let room: TestRoom;
  beforeEach(() => {
    plane = new FakeMediaPlane();
    room = new TestRoom(plane);
  });
  afterEach(() => expect(room.faults).toEqual([]));

  const pages = (...names: string[]) => names.map((name) => member(plane, name)) as [Member, Member, Member, Member];
  const heardBy = (of: Member, kind: MediaKind = 'audio', index = 0): string | null => {
    const peer = plane.heardBy(slotOf(of, kind, index))?.peer;
    return room.conversation.members.find(({ id }) => id === peer)?.userid ?? null;
  };

  it('lets everybody hear the speaker, and the speaker whom he heard before', async () => {
    const [a, b, c, d] = pages('a', 'b', 'c', 'd');
    await room.enter(a, b, c, d);
    await room.hear(10, [d], [a, b, c]);
    expect([a, b, c, d].map((each) => heardBy(each))).toEqual(['d', 'd', 'd', 'a']);
    await room.hear(30, [], [a, b, c, d]);
    await room.hear(10, [b], [a, c, d]);
    expect([a, b, c, d].map((each) => heardBy(each))).toEqual(['b', 'd', 'b', 'b']);
  });

  it('goes by a microphone that sends nothing while it is muted, and by one that sends nothing in pauses', async () => {
    const [a, b, c, d] = pages('a', 'b', 'c', 'd');
    await room.enter(a, b, c, d);
    // Muted in one way: no packet at all. Then the others' packets are all there is.
    await room.hear(10, [c]);
    expect([a, b, d].map((each) => heardBy(each))).toEqual(['c', 'c', 'c']);
    // Discontinuous transmission: a packet now and then in a pause.
    await room.hear(30, []);
    room.graph.publish({ ...silence(trackOf(c, 'audio')), packets: 1, levels: [-90], bytes: 3 });
    await room.hear(10, [a]);
    expect([b, c, d].map((each) => heardBy(each))).toEqual(['a', 'a', 'a']);
  });

  it('prefers who has spoken to who came first; who never sent a packet is heard where there is a slot', async () => {
    const [mute, quiet, speaker, late] = pages('mute', 'quiet', 'speaker', 'late');
    await room.enter(mute, quiet, speaker);
    expect(heardBy(quiet)).toBe('mute');
    await room.hear(10, [speaker], [quiet]);
    await room.hear(40, [], [quiet, speaker]);
    await room.enter(late);
    expect([mute, quiet, speaker, late].map((each) => heardBy(each))).toEqual([
      'speaker',
      'speaker',
      'mute',
      'speaker',
    ]);
  });

  it('lets a late joiner hear the speaker at once', async () => {
    const [a, b, c, d] = pages('a', 'b', 'c', 'd');
    await room.enter(a, b, c);
    await room.hear(10, [c], [a, b]);
    await room.enter(d);
    expect(heardBy(d)).toBe('c');
  });

  it('drops what was sent before anybody listened: what one sends alone, and a newcomer before he comes', async () => {
    const [a, b, c, d] = pages('a', 'b', 'c', 'd');
    const [voiceOfA, voiceOfB, voiceOfC] = [a, b, c].map((each) => voice(trackOf(each, 'audio'), 0)) as [
      TrackLevel,
      TrackLevel,
      TrackLevel,
    ];
    await room.enter(a);
    room.graph.publish(voiceOfA);
    room.graph.publish(voiceOfB);
    await room.enter(b);
    expect(room.graph.takeLevels([voiceOfA.track, voiceOfB.track])).toEqual([]);
    // From now on somebody listens to these two: what they send belongs to the next tick.
    room.graph.publish(voiceOfA);
    room.graph.publish(voiceOfC);
    await room.enter(c);
    expect(room.graph.takeLevels([voiceOfC.track])).toEqual([]);
    const next = member(plane, 'b');
    room.graph.publish(voice(trackOf(next, 'audio'), 0));
    room.conversation.replace(b.id, next);
    expect(room.graph.takeLevels([trackOf(next, 'audio')])).toEqual([]);
    await room.enter(d);
    expect(room.graph.takeLevels([voiceOfA.track])).toEqual([voiceOfA]);
  });

  it('shows who speaks for longer, beside his voice, and moves no other video', async () => {
    const sections = [...AV, 'audio slot', 'video slot'] as const;
    const members = ['a', 'b', 'c', 'd'].map((name) => member(plane, name, ...sections)) as [
      Member,
      Member,
      Member,
      Member,
    ];
    const [a, b, c, d] = members;
    await room.enter(...members);
    expect([heardBy(a, 'video', 0), heardBy(a, 'video', 1)]).toEqual(['b', 'c']);
    await room.hear(40, [d], [a, b, c]);
    const seen = [0, 1].map((index) => heardBy(a, 'video', index));
    const heard = [0, 1].map((index) => heardBy(a, 'audio', index));
    expect(seen).toContain('d');
    expect(seen.indexOf('d')).toBe(heard.indexOf('d'));
    expect(seen.filter((each, i) => each === ['b', 'c'][i])).toHaveLength(1);
    expect([...seen, ...heard]).not.toContain('a');
  });

  it('moves nothing while there is a slot for everybody', async () => {
    const sections = [...AV, 'audio slot', 'video slot'] as const;
    const members = ['a', 'b', 'c'].map((name) => member(plane, name, ...sections)) as [Member, Member, Member];
    await room.enter(...members);
    room.graph.calls.length = 0;
    for (const speaker of members)
      await room.hear(
        30,
        [speaker],
        members.filter((each) => each !== speaker),
      );
    expect(room.graph.calls).toEqual([]);
    expect(room.takeTold().filter((line) => line.startsWith('speakers')).length).toBeGreaterThan(2);
  });

  it('is settled in the turn of the tick, and not at all where nobody can hear the difference', async () => {
    const people = ['a', 'b', 'c', 'd', 'e'].map((name) => member(plane, name));
    await room.enter(...people);
    const [a, b, ...rest] = people as [Member, Member, Member, Member, Member];
    await room.hear(20, [a], [b, ...rest]);
    await room.hear(20, [b], [a, ...rest]);
    await room.hear(20, [a], [b, ...rest]);
    const calls = room.graph.calls.length;
    // Two speakers in turn: each slot has one of them already, and only theirs change.
    await room.hear(20, [b], [a, ...rest]);
    expect(room.graph.calls.length - calls).toBeLessThanOrEqual(people.length);
  });

  describe('two conversations', () => {
    it('know nothing of each other', async () => {
      const other = new TestRoom(plane);
      const [a, b, c, d] = pages('a', 'b', 'c', 'd');
      await room.enter(a, b);
      await other.enter(c, d);
      await room.hear(10, [a], [b]);
      await other.hear(10, [], [c, d]);
      expect(room.conversation.speakers).toEqual([a]);
      expect(other.conversation.speakers).toEqual([]);
      expect([plane.heardBy(slotOf(c, 'audio', 0))?.peer, plane.heardBy(slotOf(d, 'audio', 0))?.peer]).toEqual([
        d.id,
        c.id,
      ]);
    });
  });

  describe('replacement', () => {
    it('hands over how somebody spoke', async () => {
      const [a, b, c, d] = pages('a', 'b', 'c', 'd');
      await room.enter(a, b, c, d);
      await room.hear(10, [d], [a, b, c]);
      const next = member(plane, 'd');
      room.conversation.replace(d.id, next);
      await settled();
      expect(room.conversation.speakers).toEqual([next]);
      expect(plane.heardBy(slotOf(a, 'audio', 0))).toBe(trackOf(next, 'audio'));
      await room.hear(5, [], [a, b, c, next]);
      expect(plane.heardBy(slotOf(a, 'audio', 0))).toBe(trackOf(next, 'audio'));
    });
  });

  describe('gates', () => {
    it('end with the conversation, with the member, and where one is alone', async () => {
      const [a, b, c] = pages('a', 'b', 'c');
      await room.enter(a, b, c);
      await room.hear(40, [a], [b, c]);
      expect(room.graph.gates.size).toBe(2);
      room.conversation.leave(b.id);
      expect([...room.graph.gates.keys()]).toEqual([trackOf(c, 'audio')]);
      room.conversation.leave(a.id);
      expect(room.graph.gates.size).toBe(0);
      await settled();
      expect(room.takeTold().at(-1)).toBe('speakers ');
    });

    it('are taken away before the graph is closed', async () => {
      const [a, b] = pages('a', 'b');
      await room.enter(a, b);
      await room.hear(40, [a], [b]);
      expect(room.graph.gates.size).toBe(1);
      room.conversation.close();
      expect(room.graph.gates.size).toBe(0);
    });
  });

  it('ticks while there are two or more', async () => {
    const [a, b] = pages('a', 'b');
    await room.enter(a);
    expect(room.clock.timers).toBe(0);
    await room.enter(b);
    expect(room.clock.timers).toBe(1);
    room.conversation.leave(a.id);
    expect(room.clock.timers).toBe(0);
    // As it may happen that somebody leaves in the middle of a tick of all.
    room.graph.publish(voice(trackOf(b, 'audio'), 0));
    room.conversation.tick(room.clock.now());
    expect(room.graph.takeLevels([trackOf(b, 'audio')])).toHaveLength(1);
    await room.enter(a);
    expect(room.clock.timers).toBe(1);
    room.conversation.close();
    expect(room.clock.timers).toBe(0);
  });
});
