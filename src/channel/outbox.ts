/** What a client is told about, in the order in which it is told when several things are due. */
export const TOPICS = ['welcome', 'recording', 'congestion', 'roster', 'slots', 'speakers', 'ping'] as const;
export type Topic = (typeof TOPICS)[number];

/**
 * What one client is owed. There is no queue: a change marks its topic, and what is said about a topic is the state at
 * the time of saying. So a client that reads nothing costs seven marks, and one that reads slowly gets the latest.
 */
export interface Outbox {
  readonly owed: ReadonlySet<Topic>;
  /** Milliseconds; a topic is not said again before. */
  readonly notBefore: Readonly<Record<Topic, number>>;
  /** Nothing is tried before: the channel took nothing. */
  readonly blockedUntil: number;
}

/** A client that hears nothing for a few of these knows that the service is dead. */
export const PING_MS = 1_000;

/** The least time between two messages about one topic, in a conversation of one. */
const BASE_INTERVAL_MS = 100;

/**
 * What each further member adds to it. A roster has a line per member and goes to each: the time grows with them, so that
 * the bytes per second grow with the members and not with their square. The other messages stay short: whatever the
 * size of the conversation, at most 1 000 of a topic are sent per second in all of it.
 */
const ROSTER_MS_PER_MEMBER = 5;
const HEARD_MS_PER_MEMBER = 1;

export function intervalOf(topic: Topic, members: number): number {
  switch (topic) {
    case 'welcome':
      return 0;
    case 'roster':
      return BASE_INTERVAL_MS + ROSTER_MS_PER_MEMBER * members;
    case 'slots':
    case 'speakers':
    case 'recording':
    case 'congestion':
      return BASE_INTERVAL_MS + HEARD_MS_PER_MEMBER * members;
    case 'ping':
      return PING_MS;
    default:
      return topic satisfies never;
  }
}

/** For a channel that has just opened: everything is due, but the first ping. */
export const openOutbox = (now: number): Outbox => ({
  owed: new Set(TOPICS),
  notBefore: {
    welcome: now,
    recording: now,
    congestion: now,
    roster: now,
    slots: now,
    speakers: now,
    ping: now + PING_MS,
  },
  blockedUntil: now,
});

export const owe = (outbox: Outbox, ...topics: readonly Topic[]): Outbox => ({
  ...outbox,
  owed: new Set([...outbox.owed, ...topics]),
});

/**
 * The topic to say next; null where nothing is due. `welcome` comes before everything else.
 *
 * @param canSay false for what mentions somebody the client has not been told of: it waits for the roster.
 */
export function nextTopic(outbox: Outbox, now: number, canSay: (topic: Topic) => boolean): Topic | null {
  const { owed, notBefore, blockedUntil } = outbox;
  if (now < blockedUntil) return null;
  return TOPICS.find((topic) => owed.has(topic) && now >= notBefore[topic] && canSay(topic)) ?? null;
}

/** `topic` was said just now. Only a ping is owed again at once. */
export function said(outbox: Outbox, topic: Topic, now: number, interval: number): Outbox {
  const owed = topic === 'ping' ? outbox.owed : without(outbox.owed, topic);
  return { ...outbox, owed, notBefore: { ...outbox.notBefore, [topic]: now + interval } };
}

/** There was nothing new to say about `topic`. */
export const dropped = (outbox: Outbox, topic: Topic): Outbox => ({ ...outbox, owed: without(outbox.owed, topic) });

/** The channel took nothing: everything stays owed, and is tried again when a ping would be due. */
export const blocked = (outbox: Outbox, now: number): Outbox => ({ ...outbox, blockedUntil: now + PING_MS });

const without = (topics: ReadonlySet<Topic>, topic: Topic): ReadonlySet<Topic> =>
  new Set([...topics].filter((each) => each !== topic));
