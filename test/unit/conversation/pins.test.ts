import { Registry } from '../../../src/conversation/registry.ts';
import { TICK_MS } from '../../../src/conversation/ticker.ts';
import type { Member, PinTarget } from '../../../src/conversation/types.ts';
import type { FakeGraph } from '../../../src/media/fake/graph.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import type { Slot } from '../../../src/media/types.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { member, room, settled, silence, slotOf, trackOf, user, voice } from '../../support/members.ts';

const [R, S] = [room('r'), room('s')];
const TWO = ['audio both', 'audio slot'] as const;

describe('pins, speakers and slots as the registry has them', () => {
  let plane: FakeMediaPlane;
  let clock: ManualClock;
  let graphs: FakeGraph[];
  let faults: unknown[];
  let registry: Registry;
  beforeEach(() => {
    plane = new FakeMediaPlane();
    clock = new ManualClock();
    graphs = [];
    faults = [];
    registry = new Registry({
      openGraph: () => {
        const graph = plane.openGraph();
        graphs.push(graph);
        return graph;
      },
      clock,
      joinTtlMs: 600_000,
      maxConversations: 10,
      maxMembers: 5,
      maxJoins: 10,
      onFault: (error) => faults.push(error),
    });
  });
  afterEach(() => expect(faults).toEqual([]));

  const connect = async (...names: string[]): Promise<Member[]> => {
    const members = names.map((name) => member(plane, name, ...TWO));
    for (const each of members) registry.deviceConnected(each);
    await settled();
    return members;
  };
  /** In conversation R, five of one user each. */
  const five = async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const members = await connect(...names);
    for (const name of names) registry.join(user(name), R);
    await settled();
    return members as [Member, Member, Member, Member, Member];
  };
  const targetOf = ({ userid, clientid }: Member): PinTarget => ({ userid, clientid });
  const heardIn = (of: Member): (string | null)[] =>
    [...registry.slotsOf(of.id).values()].map((each) => each?.userid ?? null);
  const first = (of: Member): Slot => slotOf(of, 'audio', 0);

  it('hold whom they name, and let him go', async () => {
    const [a, , , , e] = await five();
    expect(heardIn(a)).toEqual(['b', 'c']);
    expect(registry.pin(a.id, first(a), targetOf(e))).toBe(true);
    await settled();
    expect(heardIn(a)).toEqual(['e', 'b']);
    registry.pin(a.id, first(a), null);
    await settled();
    expect(heardIn(a)).toEqual(['c', 'b']);
  });

  it('survive the absence of whom they name, and find another connection of his', async () => {
    const [a, , , d, e] = await five();
    registry.pin(a.id, first(a), targetOf(e));
    await settled();
    registry.deviceGone(e);
    await settled();
    expect(heardIn(a)).toEqual(['c', 'b']);
    await connect('e/other');
    expect(heardIn(a)).toEqual(['c', 'b']);
    registry.deviceGone(d);
    await connect('e');
    expect(heardIn(a)).toEqual(['e', 'b']);
  });

  it('are worked out once for many in one turn, and not at all where nothing changes', async () => {
    const [a, b, , d, e] = await five();
    registry.pin(a.id, slotOf(a, 'audio', 1), targetOf(b));
    await settled();
    const { calls } = graphs[0]!;
    calls.length = 0;
    for (const target of [d, e, d, null, e]) registry.pin(a.id, first(a), target === null ? null : targetOf(target));
    await settled();
    expect(calls).toEqual([{ slot: first(a), track: trackOf(e, 'audio') }]);
    calls.length = 0;
    registry.pin(a.id, first(a), targetOf(e));
    registry.pin(b.id, first(b), null);
    await settled();
    expect(calls).toEqual([]);
  });

  it('go from a replaced connection to the new one, by kind and index', async () => {
    const [a, , , d, e] = await five();
    registry.pin(a.id, first(a), targetOf(e));
    registry.pin(a.id, slotOf(a, 'audio', 1), targetOf(d));
    await settled();
    const next = member(plane, 'a');
    registry.deviceReplaced(a, next);
    await settled();
    expect(heardIn(next)).toEqual(['e']);
    expect(registry.slotsOf(a.id).size).toBe(0);
    registry.pin(next.id, first(next), null);
    await settled();
    expect(heardIn(next)).toEqual(['b']);
  });

  it('end with the stay in the conversation', async () => {
    const [a, , , , e] = await five();
    registry.pin(a.id, first(a), targetOf(e));
    registry.join(user('a'), S);
    registry.join(user('a'), R);
    await settled();
    expect(heardIn(a).sort()).toEqual(['b', 'c']);
  });

  it('are nothing where there is no conversation to pin in', async () => {
    const [stranger] = (await connect('stranger')) as [Member];
    const target = targetOf(stranger);
    expect(registry.pin(stranger.id, first(stranger), target)).toBe(false);
    expect(registry.pin(member(plane, 'unknown').id, first(stranger), target)).toBe(false);
    await five();
    registry.join(user('stranger'), S);
    expect(registry.pin(stranger.id, first(stranger), target)).toBe(true);
    const [waiting] = (await connect('a/waiting')) as [Member];
    expect(registry.membersOf(R)).not.toContain(waiting);
    expect(registry.pin(waiting.id, first(waiting), target)).toBe(false);
    expect(heardIn(waiting)).toEqual([null, null]);
  });

  it('of a slot of somebody else is a mistake, and changes nothing', async () => {
    const [a, b, , , e] = await five();
    expect(() => registry.pin(a.id, first(b), targetOf(e))).toThrow(RangeError);
    await settled();
    expect(heardIn(b)).toEqual(['a', 'c']);
  });

  describe('slotsOf', () => {
    it('has empty slots for a device in no conversation, and nothing for one that is not connected', async () => {
      const [a] = (await connect('a')) as [Member];
      expect([...registry.slotsOf(a.id)]).toEqual(a.slots.map((slot) => [slot, null]));
      registry.deviceGone(a);
      expect(registry.slotsOf(a.id).size).toBe(0);
    });
  });

  describe('speakersOf', () => {
    it('has who speaks in a conversation, by one timer for all of them', async () => {
      expect(clock.timers).toBe(0);
      const [a, b] = await five();
      const [x] = (await connect('x', 'y')) as [Member, Member];
      registry.join(user('x'), S);
      registry.join(user('y'), S);
      expect(clock.timers).toBe(1);
      for (let i = 0; i < 10; i++) {
        graphs[0]!.publish(voice(trackOf(b, 'audio'), i));
        graphs[0]!.publish(silence(trackOf(a, 'audio')));
        graphs[1]!.publish(voice(trackOf(x, 'audio'), i));
        clock.advance(TICK_MS);
      }
      expect([registry.speakersOf(R), registry.speakersOf(S), registry.speakersOf(room('none'))]).toEqual([
        [b],
        [x],
        [],
      ]);
      registry.close();
      expect(clock.timers).toBe(0);
    });

    it('needs no timer where everybody is alone', async () => {
      await connect('a', 'b');
      registry.join(user('a'), R);
      registry.join(user('b'), S);
      expect(clock.timers).toBe(0);
    });
  });
});
