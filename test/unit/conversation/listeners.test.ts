import type { PeerId, Ssrc } from '../../../src/base/ids.ts';
import type { Conversation } from '../../../src/conversation/conversation.ts';
import { Registry } from '../../../src/conversation/registry.ts';
import type { Listener, Member } from '../../../src/conversation/types.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import type { FakeTap } from '../../../src/media/fake/tap.ts';
import type { TapSlot, Track } from '../../../src/media/types.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { member, room, settled, TestRoom, user } from '../../support/members.ts';

const AV = ['audio both', 'video both'] as const;

/** Hears everything that its tap has slots for. */
class Recorder implements Listener {
  readonly tap: FakeTap;
  /** `hears peer mid`, `lost peer mid: routed to …`, oldest first. */
  readonly log: string[] = [];
  readonly slots = new Map<Track, TapSlot>();
  deafTo: PeerId | null = null;
  #ssrc = 0;
  readonly #plane: FakeMediaPlane;

  constructor(plane: FakeMediaPlane) {
    this.#plane = plane;
    this.tap = plane.openTap({ maxBytes: 65_536 });
  }

  hear({ id }: Member, track: Track): TapSlot | null {
    this.log.push(`hears ${id} ${track.mid}`);
    if (id === this.deafTo) return null;
    this.#ssrc += 1;
    const slot = this.tap.slot(track, this.#ssrc as Ssrc);
    this.slots.set(track, slot);
    return slot;
  }

  gone({ id }: Member, track: Track): void {
    this.log.push(`lost ${id} ${track.mid}: ${this.heard.has(track) ? 'routed still' : 'routed no more'}`);
  }

  /** What it hears now. */
  get heard(): ReadonlySet<Track> {
    const slots = [...this.slots.values()];
    return new Set(slots.flatMap((slot) => this.#plane.heardBy(slot) ?? []));
  }
}

const tracksOf = (...members: Member[]): ReadonlySet<Track> => new Set(members.flatMap(({ tracks }) => tracks));

describe('listeners of a conversation', () => {
  let plane: FakeMediaPlane;
  let test: TestRoom;
  let conversation: Conversation;
  let recorder: Recorder;
  beforeEach(() => {
    plane = new FakeMediaPlane();
    test = new TestRoom(plane);
    conversation = test.conversation;
    recorder = new Recorder(plane);
  });
  afterEach(() => expect(test.faults).toEqual([]));

  it('hear every track of those who are there and of those who come', async () => {
    const [a, b, c] = [member(plane, 'a', ...AV), member(plane, 'b'), member(plane, 'c', ...AV, 'audio publish')];
    await test.enter(a, b);
    conversation.listen(recorder);
    expect(recorder.heard).toEqual(tracksOf(a, b));
    conversation.enter(c);
    expect(recorder.heard).toEqual(tracksOf(a, b, c));
    for (const [track, slot] of recorder.slots) expect(plane.heardBy(slot)).toBe(track);
  });

  it('hear whoever leaves no more, and are told when it is so', async () => {
    const [a, b] = [member(plane, 'a', ...AV), member(plane, 'b')];
    await test.enter(a, b);
    conversation.listen(recorder);
    recorder.log.length = 0;
    conversation.leave(a.id);
    expect(recorder.heard).toEqual(tracksOf(b));
    expect(recorder.log).toEqual([`lost ${a.id} m0: routed no more`, `lost ${a.id} m1: routed no more`]);
    conversation.enter(a);
    expect(recorder.heard).toEqual(tracksOf(a, b));
  });

  it('hear the new connection of a device instead of the old one', async () => {
    const [a, b, next] = [member(plane, 'a'), member(plane, 'b'), member(plane, 'a', ...AV)];
    await test.enter(a, b);
    conversation.listen(recorder);
    recorder.log.length = 0;
    conversation.replace(a.id, next);
    expect(recorder.heard).toEqual(tracksOf(b, next));
    expect(recorder.log).toEqual([`lost ${a.id} m0: routed no more`, `hears ${next.id} m0`, `hears ${next.id} m1`]);
  });

  it('are nobody to the members: what those hear and are told is the same with them and without', async () => {
    const histories = await Promise.all(
      [false, true].map(async (isRecorded) => {
        const own = new FakeMediaPlane();
        const each = new TestRoom(own);
        const [a, b, c] = [member(own, 'a'), member(own, 'b'), member(own, 'c')];
        await each.enter(a);
        if (isRecorded) each.conversation.listen(new Recorder(own));
        await each.enter(b, c);
        await each.hear(20, [b], [a, c]);
        each.conversation.leave(c.id);
        await settled();
        expect(each.conversation.size).toBe(2);
        return each.takeTold();
      }),
    );
    expect(histories[1]).toEqual(histories[0]);
  });

  it('stop hearing when they want to; others go on', async () => {
    const [a, other] = [member(plane, 'a', ...AV), new Recorder(plane)];
    await test.enter(a);
    const end = conversation.listen(recorder);
    conversation.listen(other);
    end();
    end();
    expect(recorder.heard.size).toBe(0);
    expect(recorder.log.slice(2)).toEqual([`lost ${a.id} m0: routed no more`, `lost ${a.id} m1: routed no more`]);
    expect(other.heard).toEqual(tracksOf(a));
    conversation.enter(member(plane, 'b'));
    expect(recorder.heard.size).toBe(0);
    expect(other.heard.size).toBe(3);
  });

  it('may decline a track, and are not told of its end', async () => {
    const [a, b] = [member(plane, 'a'), member(plane, 'b')];
    recorder.deafTo = a.id;
    conversation.listen(recorder);
    await test.enter(a, b);
    expect(recorder.heard).toEqual(tracksOf(b));
    conversation.leave(a.id);
    expect(recorder.log).toEqual([`hears ${a.id} m0`, `hears ${b.id} m0`]);
  });

  it('that throw harm nobody', async () => {
    const broken: Listener = {
      hear: () => {
        throw new Error('no ears');
      },
      gone: () => undefined,
    };
    conversation.listen(broken);
    conversation.listen(recorder);
    const [a, b] = [member(plane, 'a'), member(plane, 'b')];
    await test.enter(a, b);
    expect(test.faults.splice(0)).toEqual([new Error('no ears'), new Error('no ears')]);
    expect(recorder.heard).toEqual(tracksOf(a, b));
    expect(plane.heardBy(a.slots[0]!)).toBe(b.tracks[0]);
  });

  it('hear nobody after the end of the conversation', async () => {
    const a = member(plane, 'a');
    await test.enter(a);
    conversation.listen(recorder);
    conversation.close();
    expect(recorder.heard.size).toBe(0);
    expect(recorder.log.at(-1)).toBe(`lost ${a.id} m0: routed no more`);
    expect(() => conversation.listen(recorder)).toThrow('is closed');
  });

  it('come by way of the registry, to a conversation that has a member', () => {
    const faults: unknown[] = [];
    const registry = new Registry({
      openGraph: () => plane.openGraph(),
      clock: new ManualClock(),
      joinTtlMs: 1000,
      maxConversations: 10,
      maxMembers: 10,
      maxJoins: 10,
      onFault: (error) => faults.push(error),
    });
    const [r, s] = [room('r'), room('s')];
    const [ann, bob] = [member(plane, 'ann'), member(plane, 'bob')];
    registry.join(user('ann'), r);
    expect([registry.listen(r, recorder), registry.listen(s, recorder)]).toEqual([null, null]);
    registry.deviceConnected(ann);
    const end = registry.listen(r, recorder);
    expect(recorder.heard).toEqual(tracksOf(ann));
    registry.join(user('bob'), r);
    registry.deviceConnected(bob);
    expect(recorder.heard).toEqual(tracksOf(ann, bob));
    registry.join(user('bob'), s);
    expect(recorder.heard).toEqual(tracksOf(ann));
    registry.close();
    expect(recorder.heard.size).toBe(0);
    end?.();
    expect(faults).toEqual([]);
  });
});
