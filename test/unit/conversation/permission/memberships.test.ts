import { HELD_RETRY_MS, MAX_RECHECKS, Memberships } from '../../../../src/conversation/permission/memberships.ts';
import { Registry } from '../../../../src/conversation/registry.ts';
import type { Member, Verdict } from '../../../../src/conversation/types.ts';
import { FakeMediaPlane } from '../../../../src/media/fake/plane.ts';
import { deferred, settled } from '../../../support/deferred.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { member, room, user } from '../../../support/members.ts';

const [R, S] = [room('r'), room('s')];
const [ANN, BOB] = [user('ann'), user('bob')];
const RECHECK_MS = 30_000;
const GRACE_MS = 100_000;

describe('Memberships', () => {
  let clock: ManualClock;
  let plane: FakeMediaPlane;
  let registry: Registry;
  let memberships: Memberships;
  /** `ann r`, oldest first. */
  let asked: string[];
  let answer: () => Promise<Verdict>;
  let left: string[];
  beforeEach(() => {
    clock = new ManualClock();
    plane = new FakeMediaPlane();
    asked = [];
    left = [];
    answer = () => Promise.resolve('yes');
    registry = new Registry({
      openGraph: () => plane.openGraph(),
      clock,
      joinTtlMs: 10 * GRACE_MS,
      maxConversations: 1000,
      maxMembers: 100,
      maxJoins: 1000,
      onFault: (error) => {
        throw error;
      },
    });
    registry.events.on('user-left', (_, userid, reason) => left.push(`${userid} ${reason}`));
    memberships = new Memberships({
      registry,
      permission: (userid, conversation) => {
        asked.push(`${userid} ${conversation}`);
        return answer();
      },
      recheckMs: RECHECK_MS,
      graceMs: GRACE_MS,
      clock,
    });
  });

  const says = (verdict: Verdict): void => void (answer = () => Promise.resolve(verdict));
  /** The next question waits for its answer. */
  const holds = (): ((verdict: Verdict) => Promise<void>) => {
    const { promise, resolve } = deferred<Verdict>();
    answer = () => promise;
    return async (verdict) => {
      resolve(verdict);
      await settled();
    };
  };
  const passes = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settled();
  };
  const inside = (conversation = R): string[] => registry.membersOf(conversation).map(({ id }) => id);
  const connect = (name: string): Member => {
    const device = member(plane, name);
    memberships.deviceConnected(device);
    return device;
  };
  /** Ann is in R with a device, and Bob with another. */
  const inCall = (): [Member, Member] => {
    const devices: [Member, Member] = [connect('ann'), connect('bob')];
    memberships.join(ANN, R);
    memberships.join(BOB, R);
    return devices;
  };

  describe('re-checks', () => {
    it('everybody who is connected, again and again', async () => {
      inCall();
      memberships.join(user('absent'), R);
      expect(asked).toEqual([]);
      await passes(RECHECK_MS);
      expect(asked).toEqual(['ann r', 'bob r']);
      await passes(RECHECK_MS);
      expect(asked).toHaveLength(4);
      expect(inside()).toHaveLength(2);
    });

    it('a no ends the membership at once', async () => {
      const [, bob] = inCall();
      answer = () => Promise.resolve(asked.at(-1) === 'ann r' ? 'no' : 'yes');
      await passes(RECHECK_MS);
      expect(inside()).toEqual([bob.id]);
      expect(left).toEqual(['ann denied']);
      expect(registry.conversationOf(ANN)).toBeNull();
    });

    it('no answer keeps it for the time of grace after the last yes, and no longer', async () => {
      inCall();
      await passes(RECHECK_MS);
      says('unknown');
      for (let ms = RECHECK_MS; ms <= GRACE_MS; ms += RECHECK_MS) await passes(RECHECK_MS);
      expect(inside()).toHaveLength(2);
      await passes(RECHECK_MS);
      expect(inside()).toEqual([]);
      expect(left).toEqual(['ann denied', 'bob denied']);
    });

    it('a yes begins the time of grace anew', async () => {
      inCall();
      for (let i = 0; i < 10; i++) {
        says(i % 2 === 0 ? 'unknown' : 'yes');
        await passes(RECHECK_MS);
      }
      expect(inside()).toHaveLength(2);
    });

    it('a rejection is no answer', async () => {
      inCall();
      answer = () => Promise.reject(new Error('down'));
      await passes(RECHECK_MS);
      expect(inside()).toHaveLength(2);
    });

    it('nobody twice at a time, and not all at once', async () => {
      for (let i = 0; i < 2 * MAX_RECHECKS; i++) {
        connect(`u${i}`);
        memberships.join(user(`u${i}`), R);
      }
      answer = () => new Promise(() => undefined);
      await passes(10 * RECHECK_MS);
      expect(asked).toHaveLength(MAX_RECHECKS);
    });

    it('of what has changed meanwhile counts nothing', async () => {
      inCall();
      for (const change of [
        () => memberships.join(ANN, S),
        () => {
          memberships.leave(ANN, R, 'asked');
          memberships.join(ANN, R);
        },
        () => memberships.join(ANN, R),
      ]) {
        memberships.join(ANN, R);
        left.length = 0;
        const tell = holds();
        await passes(RECHECK_MS);
        change();
        says('yes');
        await tell('no');
        expect(registry.conversationOf(ANN)).not.toBeNull();
        expect(left).not.toContain('ann denied');
      }
    });
  });

  describe('a device that connects', () => {
    it('to a user who is in no conversation waits for nothing', () => {
      const ann = connect('ann');
      expect(asked).toEqual([]);
      memberships.join(ANN, R);
      expect(inside()).toEqual([ann.id]);
    });

    it('to a stored join waits for a yes', async () => {
      memberships.join(ANN, R);
      const tell = holds();
      const ann = connect('ann');
      expect(asked).toEqual(['ann r']);
      await settled();
      expect(inside()).toEqual([]);
      await tell('yes');
      expect(inside()).toEqual([ann.id]);
    });

    it('gets nothing where the answer is no, and is in none until a join is allowed', async () => {
      memberships.join(ANN, R);
      says('no');
      const ann = connect('ann');
      await settled();
      expect([registry.conversationOf(ANN), left]).toEqual([null, ['ann denied']]);
      expect(inside()).toEqual([]);
      memberships.join(ANN, S);
      expect(inside(S)).toEqual([ann.id]);
    });

    it('is asked for again and again where there is no answer, and others stay', async () => {
      const [ann] = inCall();
      says('unknown');
      const second = connect('ann/second');
      await settled();
      expect(inside()).toContain(ann.id);
      expect(inside()).not.toContain(second.id);
      await passes(HELD_RETRY_MS);
      expect(asked).toHaveLength(2);
      says('yes');
      await passes(HELD_RETRY_MS);
      expect(inside()).toContain(second.id);
      await passes(HELD_RETRY_MS);
      expect(asked).toHaveLength(3);
    });

    it('comes in with a join that is allowed meanwhile, of the same conversation or another', async () => {
      for (const conversation of [R, S]) {
        memberships.join(ANN, R);
        const tell = holds();
        const ann = connect('ann');
        memberships.join(ANN, conversation);
        await settled();
        expect(inside(conversation)).toContain(ann.id);
        await tell('no');
        expect(inside(conversation)).toContain(ann.id);
        memberships.deviceGone(ann);
        memberships.leave(ANN, conversation, 'asked');
      }
    });

    it('that is gone before the answer is known to nobody', async () => {
      memberships.join(ANN, R);
      const tell = holds();
      memberships.deviceGone(connect('ann'));
      await tell('yes');
      expect([registry.counts.devices, inside()]).toEqual([0, []]);
    });

    it('in the place of a member is a member at once; in the place of one that waits it waits', async () => {
      const [ann] = inCall();
      const next = member(plane, 'ann');
      memberships.deviceReplaced(ann, next);
      expect(inside()).toContain(next.id);
      expect(asked).toEqual([]);
      const tell = holds();
      const [second, third] = [connect('ann/second'), member(plane, 'ann/second')];
      memberships.deviceReplaced(second, third);
      expect(inside()).not.toContain(third.id);
      await tell('yes');
      expect(inside()).toContain(third.id);
      expect(inside()).not.toContain(second.id);
      memberships.deviceGone(third);
      memberships.deviceGone(next);
      expect(registry.counts.devices).toBe(1);
    });
  });

  it('asks nothing and leaves no timer once it is closed', async () => {
    inCall();
    const tell = holds();
    await passes(RECHECK_MS);
    memberships.close();
    registry.close();
    await tell('no');
    expect([clock.timers, left]).toEqual([0, []]);
  });
});
