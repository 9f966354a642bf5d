// The end of a conversation that an operator asks for.
import { Registry } from '../../../src/conversation/registry.ts';
import type { Member } from '../../../src/conversation/types.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { member, room, user } from '../../support/members.ts';

const TTL = 600_000;
const [R, S] = [room('r'), room('s')];
const [ANN, BOB, CEM] = [user('ann'), user('bob'), user('cem')];
const NOTHING = { users: 0, devices: 0, joins: 0, conversations: 0, expiring: 0 };

let plane: FakeMediaPlane;
let clock: ManualClock;
let log: string[];
let registry: Registry;
beforeEach(() => {
  plane = new FakeMediaPlane();
  clock = new ManualClock();
  log = [];
  registry = new Registry({
    openGraph: () => plane.openGraph(),
    clock,
    joinTtlMs: TTL,
    maxConversations: 10,
    maxMembers: 1,
    maxJoins: 10,
    onFault: (error) => {
      throw error;
    },
  });
  registry.events.on('closed', (id) => log.push(`${id} closed`));
  registry.events.on('user-left', (id, userid, reason) => log.push(`${userid} left ${id}: ${reason}`));
  registry.events.on('member-joined', (id, { id: peer }) => log.push(`${peer} in ${id}`));
  registry.events.on('member-left', (id, { id: peer }) => log.push(`${peer} out of ${id}`));
});

const connect = (name: string): Member => {
  const device = member(plane, name);
  registry.deviceConnected(device);
  return device;
};

test('takes all of its users out together, those who wait for a place too, and nobody else', () => {
  for (const each of [ANN, BOB]) registry.join(each, R);
  registry.join(CEM, S);
  const [a, b, c] = [connect('ann'), connect('bob'), connect('cem')];
  log.length = 0;
  expect([registry.end(R), registry.end(R)]).toEqual([true, false]);
  expect(log).toEqual([`${a.id} out of r`, 'r closed', 'ann left r: ended', 'bob left r: ended']);
  expect([ANN, BOB, CEM].map((id) => registry.conversationOf(id))).toEqual([null, null, S]);
  expect(registry.counts).toEqual({ users: 3, devices: 3, joins: 1, conversations: 1, expiring: 0 });
  registry.join(BOB, R);
  expect([registry.membersOf(R), registry.membersOf(S)]).toEqual([[b], [c]]);
});

test('forgets those who never connected', () => {
  registry.join(ANN, R);
  registry.end(R);
  expect([registry.counts, clock.timers]).toEqual([NOTHING, 1]);
  clock.advance(TTL);
  expect([log, clock.timers]).toEqual([['ann left r: ended'], 0]);
});
