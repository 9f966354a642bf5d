import {
  blocked,
  dropped,
  intervalOf,
  nextTopic,
  openOutbox,
  owe,
  PING_MS,
  said,
  type Outbox,
  type Topic,
} from '../../../src/channel/outbox.ts';

const NOW = 5_000;
const always = (): boolean => true;

/** Everything that is said at `now`, in order. */
function sayAll(outbox: Outbox, now: number, canSay: (topic: Topic) => boolean = always, members = 1) {
  const topics: Topic[] = [];
  for (;;) {
    const topic = nextTopic(outbox, now, canSay);
    if (topic === null) return { topics, outbox };
    topics.push(topic);
    outbox = said(outbox, topic, now, intervalOf(topic, members));
  }
}

const quiet = (members = 1): Outbox => sayAll(openOutbox(NOW), NOW, always, members).outbox;

test('an open channel is owed everything, welcome first; the ping comes later', () => {
  expect(sayAll(openOutbox(NOW), NOW).topics).toEqual([
    ...['welcome', 'recording', 'congestion', 'roster', 'slots', 'speakers'],
  ]);
});

test('without a change there is a ping each second and nothing else', () => {
  let outbox = quiet();
  const pings: number[] = [];
  for (let now = NOW; now <= NOW + 10_000; now += 50) {
    const { topics, outbox: next } = sayAll(outbox, now);
    outbox = next;
    for (const topic of topics) pings.push(topic === 'ping' ? now : NaN);
  }
  expect(pings).toEqual(Array.from({ length: 10 }, (_, n) => NOW + (n + 1) * PING_MS));
});

test.each<[Topic, number, number]>([
  ['roster', 0, 100],
  ['roster', 1, 105],
  ['roster', 100, 600],
  ['roster', 1_000, 5_100],
  ['slots', 1, 101],
  ['slots', 100, 200],
  ['speakers', 100, 200],
  ['speakers', 1_000, 1_100],
  ['ping', 1_000, 1_000],
  ['welcome', 1_000, 0],
])('%s in a conversation of %i: at most one in %i ms', (topic, members, expected) => {
  expect(intervalOf(topic, members)).toBe(expected);
});

test('of many changes the first is said at once and the rest together, after the interval', () => {
  let outbox = sayAll(owe(quiet(20), 'roster'), NOW + 500).outbox;
  const times: number[] = [];
  for (let now = NOW + 500; now < NOW + 2_000; now += 10) {
    if (now < NOW + 900) outbox = owe(outbox, 'roster');
    const { topics, outbox: next } = sayAll(outbox, now, always, 20);
    outbox = next;
    if (topics.includes('roster')) times.push(now - NOW);
  }
  // The first had the interval of a conversation of one; the 200 ms are those of twenty.
  expect(times).toEqual([610, 810, 1_010]);
});

test('topics do not wait for each other', () => {
  const outbox = sayAll(owe(quiet(100), 'roster'), NOW + 700, always, 100).outbox;
  expect(sayAll(owe(outbox, 'roster', 'slots'), NOW + 750).topics).toEqual(['slots']);
});

test('what mentions somebody unknown waits until the roster was said', () => {
  const outbox = owe(quiet(100), 'roster', 'slots');
  let knows = false;
  const canSay = (topic: Topic): boolean => topic !== 'slots' || knows;
  expect(sayAll(outbox, NOW + 300, canSay).topics).toEqual([]);
  expect(sayAll(outbox, NOW + 600, canSay).topics).toEqual(['roster']);
  knows = true;
  expect(sayAll(outbox, NOW + 600, canSay).topics).toEqual(['roster', 'slots']);
});

test('a channel that takes nothing is left alone for a second, and owes no more than one of each', () => {
  let outbox = blocked(owe(quiet(), 'roster'), NOW + 200);
  for (let n = 0; n < 100; n += 1) outbox = owe(outbox, 'roster', 'slots');
  expect(sayAll(outbox, NOW + 200 + PING_MS - 1).topics).toEqual([]);
  expect(sayAll(outbox, NOW + 200 + PING_MS).topics).toEqual(['roster', 'slots', 'ping']);
});

test('what turned out to be nothing new takes no time from the next', () => {
  const outbox = dropped(owe(quiet(), 'slots'), 'slots');
  expect(nextTopic(outbox, NOW + 200, always)).toBeNull();
  expect(nextTopic(owe(outbox, 'slots'), NOW + 200, always)).toBe('slots');
});
