import { ServiceError } from '../../../src/base/errors.ts';
import { Registry, type RegistryOptions } from '../../../src/conversation/registry.ts';
import type { Member } from '../../../src/conversation/types.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { member, room, settled, slotOf, user } from '../../support/members.ts';

const TTL = 600_000;
const [R, S] = [room('r'), room('s')];
const [ANN, BOB, CEM] = [user('ann'), user('bob'), user('cem')];

describe('Registry', () => {
  let plane: FakeMediaPlane;
  let clock: ManualClock;
  let faults: unknown[];
  let log: string[];
  let registry: Registry;

  const setUp = (options: Partial<RegistryOptions> = {}): void => {
    plane = new FakeMediaPlane();
    clock = new ManualClock();
    faults = [];
    log = [];
    registry = new Registry({
      openGraph: () => plane.openGraph(),
      clock,
      joinTtlMs: TTL,
      maxConversations: 10,
      maxMembers: 10,
      maxJoins: 10,
      onFault: (error) => faults.push(error),
      ...options,
    });
    const { events } = registry;
    events.on('opened', (id) => log.push(`${id} opened`));
    events.on('closed', (id) => log.push(`${id} closed`));
    events.on('user-joined', (id, userid) => log.push(`${userid} joined ${id}`));
    events.on('user-left', (id, userid, reason) => log.push(`${userid} left ${id}: ${reason}`));
    events.on('member-joined', (id, { id: peer }) => log.push(`${peer} in ${id}`));
    events.on('member-left', (id, { id: peer }) => log.push(`${peer} out of ${id}`));
    events.on('member-waiting', (id, { id: peer }) => log.push(`${peer} waits for ${id}`));
  };
  beforeEach(() => setUp());
  afterEach(() => expect(faults).toEqual([]));

  const connect = (name: string): Member => {
    const device = member(plane, name);
    registry.deviceConnected(device);
    return device;
  };
  const heardBy = (device: Member) => plane.heardBy(slotOf(device, 'audio', 0))?.peer ?? null;
  const codeOf = (call: () => unknown): string => {
    try {
      call();
    } catch (error) {
      if (error instanceof ServiceError) return `${error.code} ${String(error.detail)} ${String(error.retryAfter)}`;
      throw error;
    }
    return 'no error';
  };

  describe('a join belongs to the user', () => {
    it('before he connects', async () => {
      expect(registry.join(ANN, R)).toBe(true);
      expect(registry.join(BOB, R)).toBe(true);
      const [a, b] = [connect('ann'), connect('bob')];
      await settled();
      expect([heardBy(a), heardBy(b)]).toEqual([b.id, a.id]);
    });

    it('after he connected', async () => {
      const [a, b] = [connect('ann'), connect('bob')];
      await settled();
      expect([heardBy(a), heardBy(b)]).toEqual([null, null]);
      registry.join(ANN, R);
      registry.join(BOB, R);
      await settled();
      expect([heardBy(a), heardBy(b)]).toEqual([b.id, a.id]);
    });

    it('so all his devices are in it, those that come later too', () => {
      const phone = connect('ann/phone');
      registry.join(ANN, R);
      const laptop = connect('ann/laptop');
      expect(registry.membersOf(R)).toEqual([phone, laptop]);
      registry.join(ANN, S);
      expect([registry.membersOf(R), registry.membersOf(S)]).toEqual([[], [phone, laptop]]);
      registry.deviceGone(phone);
      expect(registry.membersOf(S)).toEqual([laptop]);
    });

    it('who is in one conversation: joining another leaves the one before', async () => {
      const [a, b, c] = [connect('ann'), connect('bob'), connect('cem')];
      for (const each of [ANN, BOB, CEM]) registry.join(each, R);
      await settled();
      expect(heardBy(b)).toBe(a.id);
      registry.join(ANN, S);
      expect([heardBy(a), heardBy(b)]).toEqual([null, null]);
      await settled();
      expect([heardBy(b), heardBy(c)]).toEqual([c.id, b.id]);
      expect([registry.conversationOf(ANN), registry.conversationOf(BOB)]).toEqual([S, R]);
    });

    it('and joining the same again changes nothing', async () => {
      const [a, b] = [connect('ann'), connect('bob')];
      registry.join(ANN, R);
      registry.join(BOB, R);
      await settled();
      const before = [...log];
      expect(registry.join(ANN, R)).toBe(false);
      await settled();
      expect(log).toEqual(before);
      expect(registry.membersOf(R)).toEqual([a, b]);
    });
  });

  describe('leaving', () => {
    it('takes all devices of the user out', () => {
      const [phone, laptop, b] = [connect('ann/phone'), connect('ann/laptop'), connect('bob')];
      registry.join(ANN, R);
      registry.join(BOB, R);
      expect(registry.leave(ANN, R)).toBe(true);
      expect(registry.membersOf(R)).toEqual([b]);
      expect(registry.conversationOf(ANN)).toBeNull();
      registry.join(ANN, S);
      expect(registry.membersOf(S)).toEqual([phone, laptop]);
    });

    // The original service removed whoever was first in the list where the one who left was not in it.
    it('a conversation one is not in removes nobody else', () => {
      const [a, b] = [connect('ann'), connect('bob')];
      registry.join(ANN, R);
      registry.join(BOB, R);
      registry.join(CEM, S);
      expect([registry.leave(CEM, R), registry.leave(user('nobody'), R), registry.leave(ANN, room('x'))]).toEqual([
        false,
        false,
        false,
      ]);
      expect(registry.membersOf(R)).toEqual([a, b]);
      expect(registry.conversationOf(CEM)).toBe(S);
    });

    it('a device that was never connected, or is gone already, removes nobody else', () => {
      const [a, b] = [connect('ann'), connect('bob')];
      registry.join(ANN, R);
      registry.join(BOB, R);
      registry.deviceGone(member(plane, 'ann'));
      registry.deviceGone(member(plane, 'stranger'));
      expect(registry.membersOf(R)).toEqual([a, b]);
      registry.deviceGone(a);
      registry.deviceGone(a);
      expect(registry.membersOf(R)).toEqual([b]);
    });

    // The original service cleaned nothing up when a client went.
    it('leaves nothing behind once everybody is gone', () => {
      const devices = ['ann/1', 'ann/2', 'bob'].map(connect);
      registry.join(ANN, R);
      registry.join(BOB, S);
      for (const each of devices) registry.deviceGone(each);
      clock.advance(TTL);
      expect(registry.counts).toEqual({ users: 0, devices: 0, joins: 0, conversations: 0, expiring: 0 });
      expect([plane.openGraphs, clock.timers]).toEqual([0, 0]);
      expect(log.at(-1)).toBe('bob left s: expired');
    });
  });

  it('opens a conversation for its first member and closes it behind the last', () => {
    registry.join(ANN, R);
    expect(plane.openGraphs).toBe(0);
    const a = connect('ann');
    expect(plane.openGraphs).toBe(1);
    registry.deviceGone(a);
    expect(plane.openGraphs).toBe(0);
    const again = connect('ann');
    registry.leave(ANN, R);
    expect(log).toEqual([
      'ann joined r',
      'r opened',
      `${a.id} in r`,
      `${a.id} out of r`,
      'r closed',
      'r opened',
      `${again.id} in r`,
      `${again.id} out of r`,
      'r closed',
      'ann left r: asked',
    ]);
  });

  describe('replacement of a device', () => {
    it('gives the new connection the place of the old one, whose end then changes nothing', async () => {
      const [a, b, c] = [connect('ann'), connect('bob'), connect('cem')];
      for (const each of [ANN, BOB, CEM]) registry.join(each, R);
      await settled();
      const next = member(plane, 'ann');
      registry.deviceReplaced(a, next);
      expect([heardBy(b), heardBy(c), heardBy(next), heardBy(a)]).toEqual([next.id, next.id, b.id, null]);
      registry.deviceGone(a);
      await settled();
      expect(registry.membersOf(R)).toEqual([next, b, c]);
      expect(registry.counts.devices).toBe(3);
      expect([heardBy(b), heardBy(c), heardBy(next)]).toEqual([next.id, next.id, b.id]);
      expect(log.slice(-2)).toEqual([`${a.id} out of r`, `${next.id} in r`]);
    });

    it('does not start the time of the join', () => {
      registry.join(ANN, R);
      const a = connect('ann');
      const next = member(plane, 'ann');
      registry.deviceReplaced(a, next);
      registry.deviceGone(a);
      clock.advance(2 * TTL);
      expect(registry.membersOf(R)).toEqual([next]);
    });

    it('is a plain connect where the old connection is gone', () => {
      registry.join(ANN, R);
      const a = connect('ann');
      registry.deviceGone(a);
      const next = member(plane, 'ann');
      registry.deviceReplaced(a, next);
      clock.advance(2 * TTL);
      expect(registry.membersOf(R)).toEqual([next]);
    });

    it('is two devices where it is two users', () => {
      registry.join(ANN, R);
      registry.join(BOB, S);
      const a = connect('ann');
      const b = member(plane, 'bob');
      registry.deviceReplaced(a, b);
      expect([registry.membersOf(R), registry.membersOf(S)]).toEqual([[a], [b]]);
    });

    it('works before any join', () => {
      const a = connect('ann');
      const next = member(plane, 'ann');
      registry.deviceReplaced(a, next);
      registry.join(ANN, R);
      expect(registry.membersOf(R)).toEqual([next]);
    });
  });

  describe('the time of a join without a device', () => {
    it('runs from the join', () => {
      registry.join(ANN, R);
      clock.advance(TTL - 1);
      expect(registry.conversationOf(ANN)).toBe(R);
      clock.advance(1);
      expect(registry.conversationOf(ANN)).toBeNull();
      expect(log).toEqual(['ann joined r', 'ann left r: expired']);
      expect(registry.leave(ANN, R)).toBe(false);
    });

    it('runs from the end of the last device, and not while one is connected', () => {
      registry.join(ANN, R);
      const [phone, laptop] = [connect('ann/phone'), connect('ann/laptop')];
      clock.advance(5 * TTL);
      registry.deviceGone(phone);
      clock.advance(5 * TTL);
      expect(registry.conversationOf(ANN)).toBe(R);
      registry.deviceGone(laptop);
      clock.advance(TTL - 1);
      const back = connect('ann/phone');
      expect(registry.membersOf(R)).toEqual([back]);
      clock.advance(5 * TTL);
      expect(registry.conversationOf(ANN)).toBe(R);
    });

    it('starts anew when he joins again, the same or another', () => {
      registry.join(ANN, R);
      clock.advance(TTL - 1);
      registry.join(ANN, R);
      clock.advance(TTL - 1);
      expect(registry.conversationOf(ANN)).toBe(R);
      registry.join(ANN, S);
      clock.advance(TTL - 1);
      expect(registry.conversationOf(ANN)).toBe(S);
      clock.advance(1);
      expect(registry.conversationOf(ANN)).toBeNull();
    });

    it('is not prolonged by the end of a device that ended before', () => {
      registry.join(ANN, R);
      const a = connect('ann');
      registry.deviceGone(a);
      clock.advance(TTL - 1);
      registry.deviceGone(a);
      clock.advance(1);
      expect(registry.conversationOf(ANN)).toBeNull();
    });

    it('does not run while he is in no conversation', () => {
      const a = connect('ann');
      registry.join(ANN, R);
      registry.leave(ANN, R);
      registry.deviceGone(a);
      expect(registry.counts).toEqual({ users: 0, devices: 0, joins: 0, conversations: 0, expiring: 0 });
    });

    it('has run out by the clock even where the timer is late', () => {
      registry.join(ANN, R);
      registry.join(BOB, R);
      clock.skip(TTL);
      connect('ann');
      expect(registry.membersOf(R)).toEqual([]);
      registry.join(BOB, S);
      clock.skip(TTL);
      expect(registry.leave(BOB, S)).toBe(false);
    });
  });

  describe('limits, thrown before anything changes', () => {
    it('MAX_JOINS: counts users who have joined; says when the next one is forgotten', () => {
      setUp({ maxJoins: 2 });
      registry.join(ANN, R);
      clock.advance(1500);
      registry.join(BOB, R);
      expect(codeOf(() => registry.join(CEM, R))).toBe('full MAX_JOINS 599');
      expect(registry.conversationOf(CEM)).toBeNull();
      // Who has joined already may move.
      expect(registry.join(BOB, S)).toBe(true);
      registry.leave(BOB, S);
      expect(registry.join(CEM, R)).toBe(true);
      connect('ann');
      connect('cem');
      expect(codeOf(() => registry.join(BOB, R))).toBe('full MAX_JOINS 30');
    });

    it('MAX_JOINS: a join that has run out counts no more', () => {
      setUp({ maxJoins: 1 });
      registry.join(ANN, R);
      clock.skip(TTL);
      expect(registry.join(BOB, R)).toBe(true);
    });

    it('MAX_CONVERSATIONS: counts those that somebody has joined', () => {
      setUp({ maxConversations: 1 });
      const b = connect('bob');
      registry.join(ANN, R);
      registry.join(BOB, R);
      expect(codeOf(() => registry.join(BOB, S))).toBe('full MAX_CONVERSATIONS 30');
      expect(registry.membersOf(R)).toEqual([b]);
      registry.leave(ANN, R);
      // The last one of a conversation may open another: the one before ends by it.
      expect(registry.join(BOB, S)).toBe(true);
      expect(registry.counts).toEqual({ users: 1, devices: 1, joins: 1, conversations: 1, expiring: 0 });
    });

    it('MAX_MEMBERS: counts connected devices, all of the user who joins', () => {
      setUp({ maxMembers: 2 });
      const [a, b1, b2] = [connect('ann'), connect('bob/1'), connect('bob/2')];
      registry.join(ANN, R);
      registry.join(BOB, S);
      expect(codeOf(() => registry.join(BOB, R))).toBe('conversation-full MAX_MEMBERS 30');
      expect([registry.membersOf(R), registry.membersOf(S)]).toEqual([[a], [b1, b2]]);
      connect('bob/3');
      expect(codeOf(() => registry.join(BOB, room('new')))).toBe('conversation-full MAX_MEMBERS 30');
    });

    it('MAX_MEMBERS: a user without a device is not let into a full conversation either', () => {
      setUp({ maxMembers: 1 });
      connect('ann');
      registry.join(ANN, R);
      expect(codeOf(() => registry.join(BOB, R))).toBe('conversation-full MAX_MEMBERS 30');
    });

    describe('a device that finds its conversation full', () => {
      beforeEach(() => {
        setUp({ maxMembers: 2 });
        for (const each of [ANN, BOB, CEM]) registry.join(each, R);
      });

      it('waits, and comes in when a member leaves, the longest waiting first', async () => {
        const [a1, b, c, a2] = [connect('ann/1'), connect('bob'), connect('cem'), connect('ann/2')];
        expect(registry.membersOf(R)).toEqual([a1, b]);
        expect(log.slice(-2)).toEqual([`${c.id} waits for r`, `${a2.id} waits for r`]);
        registry.deviceGone(b);
        await settled();
        expect(registry.membersOf(R)).toEqual([a1, c]);
        expect(heardBy(c)).toBe(a1.id);
        // Ann takes both of hers with her: the one that waits does not come in on the way out.
        registry.leave(ANN, R);
        expect(registry.membersOf(R)).toEqual([c]);
        expect(log).not.toContain(`${a2.id} in r`);
      });

      it('waits no more once it is gone', () => {
        const [, b, c] = [connect('ann'), connect('bob'), connect('cem')];
        registry.deviceGone(c);
        registry.deviceGone(b);
        expect(registry.membersOf(R)).toHaveLength(1);
        expect(log).not.toContain(`${c.id} in r`);
      });

      it('may be replaced while it waits, and keeps its turn', () => {
        const [, b, c, a2] = [connect('ann/1'), connect('bob'), connect('cem'), connect('ann/2')];
        const next = member(plane, 'cem');
        registry.deviceReplaced(c, next);
        registry.deviceGone(b);
        expect(registry.membersOf(R).map(({ id }) => id)).toContain(next.id);
        expect(log).not.toContain(`${a2.id} in r`);
      });
    });
  });

  it('keeps users apart whose names are words of JavaScript', () => {
    const names = ['__proto__', 'constructor', 'toString', ''];
    for (const name of names) registry.join(user(name), room(name));
    for (const name of names) expect(registry.conversationOf(user(name))).toBe(name);
    expect(registry.counts.conversations).toBe(names.length);
  });

  it('ends everything when it is closed, timers too, once', async () => {
    const [a, b] = [connect('ann'), connect('bob')];
    registry.join(ANN, R);
    registry.join(BOB, R);
    registry.join(CEM, S);
    await settled();
    registry.close();
    registry.close();
    expect([heardBy(a), heardBy(b), plane.openGraphs, clock.timers]).toEqual([null, null, 0, 0]);
    expect(registry.counts).toEqual({ users: 0, devices: 0, joins: 0, conversations: 0, expiring: 0 });
    registry.deviceGone(a);
    expect(log.filter((line) => line === 'r closed')).toHaveLength(1);
  });
});
