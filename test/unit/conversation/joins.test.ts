import { ServiceError } from '../../../src/base/errors.ts';
import type { ConversationId, UserId } from '../../../src/base/ids.ts';
import { Joins, MAX_CHECKS } from '../../../src/conversation/joins.ts';
import { Registry } from '../../../src/conversation/registry.ts';
import type { Verdict } from '../../../src/conversation/types.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { room, user } from '../../support/members.ts';

const [R, S, T] = [room('r'), room('s'), room('t')];
const [ANN, BOB] = [user('ann'), user('bob')];

describe('Joins', () => {
  let registry: Registry;
  beforeEach(() => {
    registry = new Registry({
      openGraph: () => new FakeMediaPlane().openGraph(),
      clock: new ManualClock(),
      joinTtlMs: 1000,
      maxConversations: 2,
      maxMembers: 10,
      maxJoins: 10,
      onFault: (error) => {
        throw error;
      },
    });
  });

  /** A permission service that answers when the test says so; checks are numbered in the order they were asked. */
  const service = () => {
    const asked: {
      userid: UserId;
      conversation: ConversationId;
      answer: (allowed: unknown) => void;
      fail: () => void;
    }[] = [];
    const permission = (userid: UserId, conversation: ConversationId): Promise<Verdict> =>
      new Promise((resolve, reject) => {
        const answer = resolve as (allowed: unknown) => void;
        asked.push({ userid, conversation, answer, fail: () => reject(new Error('no answer')) });
      });
    return { asked, joins: new Joins(registry, permission) };
  };
  const outcome = (promise: Promise<void>): Promise<string> =>
    promise.then(
      () => 'joined',
      (error: unknown) => (error instanceof ServiceError ? error.code : String(error)),
    );

  it('joins and leaves at once where nobody is asked', async () => {
    const joins = new Joins(registry, null);
    await joins.join(ANN, R);
    expect(registry.conversationOf(ANN)).toBe(R);
    expect([joins.leave(ANN, S), joins.leave(ANN, R), joins.leave(ANN, R)]).toEqual([false, true, false]);
  });

  it('joins after a yes, asking for this user and this conversation', async () => {
    const { asked, joins } = service();
    const join = outcome(joins.join(ANN, R));
    expect(asked).toMatchObject([{ userid: ANN, conversation: R }]);
    expect(registry.conversationOf(ANN)).toBeNull();
    asked[0]!.answer('yes');
    expect(await join).toBe('joined');
    expect(registry.conversationOf(ANN)).toBe(R);
  });

  // The original service took any answer for a yes.
  it.each([['no'], ['unknown'], [true], [1], [{}], [undefined], [null]])('takes %j for a no', async (answer) => {
    const { asked, joins } = service();
    const join = outcome(joins.join(ANN, R));
    asked[0]!.answer(answer);
    expect(await join).toBe('permission-denied');
    expect(registry.conversationOf(ANN)).toBeNull();
  });

  it('takes a failure for a no, which leaves him where he was', async () => {
    const { asked, joins } = service();
    registry.join(ANN, S);
    const join = outcome(joins.join(ANN, R));
    asked[0]!.fail();
    expect(await join).toBe('permission-denied');
    expect(registry.conversationOf(ANN)).toBe(S);
  });

  describe('the last request of a user wins, whenever its check ends', () => {
    it.each([
      // Joins of R then S; who is answered first, with what; where the user is in the end.
      [[1, 0], ['yes', 'yes'], S, ['joined', 'joined']],
      [[0, 1], ['yes', 'yes'], S, ['joined', 'joined']],
      [[1, 0], ['yes', 'no'], R, ['joined', 'permission-denied']],
      [[0, 1], ['yes', 'no'], R, ['joined', 'permission-denied']],
      [[1, 0], ['no', 'yes'], S, ['permission-denied', 'joined']],
      [[0, 1], ['no', 'yes'], S, ['permission-denied', 'joined']],
      [[1, 0], ['no', 'no'], null, ['permission-denied', 'permission-denied']],
    ] as const)('answers in order %j, %j: in %s', async (order, answers, expected, outcomes) => {
      const { asked, joins } = service();
      const both = [outcome(joins.join(ANN, R)), outcome(joins.join(ANN, S))];
      for (const i of order) {
        asked[i]!.answer(answers[i]);
        await both[i];
      }
      expect(await Promise.all(both)).toEqual(outcomes);
      expect(registry.conversationOf(ANN)).toBe(expected);
    });

    it('and of users each has his own', async () => {
      const { asked, joins } = service();
      const both = [outcome(joins.join(ANN, R)), outcome(joins.join(BOB, S))];
      asked[1]!.answer('yes');
      await both[1];
      asked[0]!.answer('yes');
      await both[0];
      expect([registry.conversationOf(ANN), registry.conversationOf(BOB)]).toEqual([R, S]);
    });

    it('starts afresh once no check runs', async () => {
      const { asked, joins } = service();
      for (const [i, conversation] of [R, S, R].entries()) {
        const join = joins.join(ANN, conversation);
        asked[i]!.answer('yes');
        expect(joins.pendingUsers).toBe(1);
        await join;
        expect(registry.conversationOf(ANN)).toBe(conversation);
        expect(joins.pendingUsers).toBe(0);
      }
    });

    it('a leave ends the join that is being checked', async () => {
      const { asked, joins } = service();
      const join = outcome(joins.join(ANN, R));
      expect([joins.leave(ANN, S), joins.leave(ANN, R)]).toEqual([false, true]);
      asked[0]!.answer('yes');
      expect(await join).toBe('joined');
      expect(registry.conversationOf(ANN)).toBeNull();
    });

    it('a leave ends those before it, and none after it', async () => {
      const { asked, joins } = service();
      registry.join(ANN, T);
      const all = [joins.join(ANN, R), joins.join(ANN, S)];
      expect(joins.leave(ANN, R)).toBe(true);
      all.push(joins.join(ANN, T));
      for (const { answer } of [...asked].reverse()) answer('yes');
      await Promise.all(all);
      expect(registry.conversationOf(ANN)).toBe(T);
      const [again, last] = [joins.join(ANN, R), joins.join(ANN, S)];
      expect(joins.leave(ANN, S)).toBe(true);
      for (const { answer } of asked.slice(3)) answer('yes');
      await Promise.all([again, last]);
      expect(registry.conversationOf(ANN)).toBe(T);
    });
  });

  it('a revoked permission refuses the joins that are being checked, and none of another conversation or later', async () => {
    const { asked, joins } = service();
    const all = [outcome(joins.join(ANN, R)), outcome(joins.join(ANN, S)), outcome(joins.join(BOB, R))];
    joins.revoke(ANN, R);
    all.push(outcome(joins.join(ANN, R)));
    for (const { answer } of asked) answer('yes');
    expect(await Promise.all(all)).toEqual(['permission-denied', 'joined', 'joined', 'joined']);
    expect(registry.conversationOf(ANN)).toBe(R);
    joins.revoke(ANN, S);
    expect(registry.conversationOf(ANN)).toBe(R);
    joins.revoke(ANN, R);
    expect([registry.conversationOf(ANN), registry.conversationOf(BOB)]).toEqual([null, R]);
  });

  it('the end of a conversation takes everybody out, and whoever is being checked for it does not come in', async () => {
    const { asked, joins } = service();
    registry.join(user('x'), R);
    const all = [joins.join(ANN, R), joins.join(BOB, S)];
    expect([joins.end(R), joins.end(R), joins.end(T)]).toEqual([true, true, false]);
    all.push(joins.join(user('y'), R));
    for (const { answer } of asked) answer('yes');
    await Promise.all(all);
    expect([ANN, BOB, user('x'), user('y')].map((id) => registry.conversationOf(id))).toEqual([null, S, null, R]);
  });

  it('tells limits of the registry, and an older join then still counts', async () => {
    const { asked, joins } = service();
    registry.join(user('x'), T);
    registry.join(user('y'), R);
    const both = [outcome(joins.join(ANN, R)), outcome(joins.join(ANN, S))];
    asked[1]!.answer('yes');
    expect(await both[1]).toBe('full');
    asked[0]!.answer('yes');
    expect(await both[0]).toBe('joined');
    expect(registry.conversationOf(ANN)).toBe(R);
  });

  it('runs no more than MAX_CHECKS checks at a time', async () => {
    const { asked, joins } = service();
    const all = Array.from({ length: MAX_CHECKS }, () => outcome(joins.join(ANN, R)));
    expect(await outcome(joins.join(BOB, R))).toBe('full');
    expect(asked).toHaveLength(MAX_CHECKS);
    for (const { answer } of asked) answer('yes');
    expect(new Set(await Promise.all(all))).toEqual(new Set(['joined']));
    const join = outcome(joins.join(BOB, R));
    asked.at(-1)!.answer('yes');
    expect(await join).toBe('joined');
  });
});
