import type { ConversationId } from '../../../src/base/ids.ts';
import { Delivery, MAX_PARALLEL } from '../../../src/webhooks/delivery.ts';
import type { SpooledEvent } from '../../../src/webhooks/types.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const event = (sequence: number, conversation: string): SpooledEvent => ({
  sequence,
  conversation: conversation as ConversationId,
  happenedAt: 0,
  body: `${conversation} ${sequence}`,
});

/** A receiver played by hand: `take` and `refuse` answer the oldest attempt that is under way. */
function setUp(options: { ttlMs?: number } = {}) {
  const clock = new ManualClock(0);
  const attempts: string[] = [];
  const done: string[] = [];
  const signals: AbortSignal[] = [];
  const under: ((isTaken: boolean) => void)[] = [];
  const delivery = new Delivery({
    send: ({ body }, signal) => {
      attempts.push(body);
      signals.push(signal);
      return new Promise((resolve) => under.push(resolve));
    },
    onDone: ({ body }, outcome) => done.push(`${body} ${outcome}`),
    clock,
    wallMs: () => clock.now(),
    random: () => 1,
    ttlMs: options.ttlMs ?? 1_000_000,
  });
  const answer = async (isTaken: boolean): Promise<void> => {
    under.shift()?.(isTaken);
    await settled();
  };
  return { clock, attempts, done, under, signals, delivery, take: () => answer(true), refuse: () => answer(false) };
}

/** Everything that promises have to do is done. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('sends the events of a conversation one after the other', async () => {
  const { delivery, attempts, done, take } = setUp();
  for (const n of [1, 2, 3]) delivery.add(event(n, 'a'));
  expect(attempts).toEqual(['a 1']);
  await take();
  expect(attempts).toEqual(['a 1', 'a 2']);
  await take();
  await take();
  expect(done).toEqual(['a 1 delivered', 'a 2 delivered', 'a 3 delivered']);
});

it('repeats the first until it is taken, later each time, and nothing overtakes it', async () => {
  const { delivery, attempts, clock, refuse, take, done } = setUp();
  for (const n of [1, 2]) delivery.add(event(n, 'a'));
  await refuse();
  clock.advance(999);
  expect(attempts).toEqual(['a 1']);
  clock.advance(1);
  await refuse();
  clock.advance(1999);
  expect(attempts).toEqual(['a 1', 'a 1']);
  clock.advance(1);
  await take();
  expect([attempts, done]).toEqual([['a 1', 'a 1', 'a 1', 'a 2'], ['a 1 delivered']]);
  // The count of failures begins anew.
  await refuse();
  clock.advance(1000);
  expect(attempts).toHaveLength(5);
});

it('does not let one conversation wait for another', async () => {
  const { delivery, attempts, refuse, take, done } = setUp();
  delivery.add(event(1, 'a'));
  delivery.add(event(2, 'b'));
  await refuse();
  await take();
  delivery.add(event(3, 'b'));
  expect([attempts, done]).toEqual([['a 1', 'b 2', 'b 3'], ['b 2 delivered']]);
});

it('has so many requests under way and no more, and everybody gets a turn', async () => {
  const { delivery, attempts, under, take } = setUp();
  const names = Array.from({ length: MAX_PARALLEL + 2 }, (_, i) => `c${i}`);
  for (const [i, name] of names.entries()) for (const n of [0, 1]) delivery.add(event(10 * i + n, name));
  expect(under).toHaveLength(MAX_PARALLEL);
  await take();
  await take();
  expect(under).toHaveLength(MAX_PARALLEL);
  expect(attempts.map((body) => body.split(' ')[0])).toEqual(names);
});

it('gives up what is too old, however much there is of it', async () => {
  const { delivery, clock, attempts, done, take } = setUp({ ttlMs: 5_000 });
  delivery.add(event(0, 'a'));
  for (let n = 1; n <= 20_000; n++) delivery.add(event(n, 'a'));
  clock.skip(5_001);
  await take();
  await settled();
  expect(attempts).toEqual(['a 0']);
  expect(done).toHaveLength(20_001);
  expect(done.at(-1)).toBe('a 20000 expired');
});

it('aborts what is under way, ends when that has ended, and begins nothing more', async () => {
  const { delivery, clock, attempts, done, signals, take, refuse } = setUp();
  for (const name of ['a', 'b', 'c']) delivery.add(event(1, name));
  await refuse();
  expect(signals.some(({ aborted }) => aborted)).toBe(false);
  let isClosed = false;
  const closed = delivery.close().then(() => (isClosed = true));
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
  clock.advance(100_000);
  await settled();
  expect([isClosed, attempts.length, clock.timers]).toEqual([false, 3, 0]);
  await take();
  await refuse();
  await closed;
  delivery.add(event(2, 'b'));
  clock.advance(100_000);
  expect([attempts.length, done, clock.timers]).toEqual([3, ['b 1 delivered'], 0]);
});
