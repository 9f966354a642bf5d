import { Registry } from '../../../src/conversation/registry.ts';
import type { Member } from '../../../src/conversation/types.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { member, room, settled, slotOf, user } from '../../support/members.ts';

const [R, S] = [room('r'), room('s')];
const [ANN, BOB] = [user('ann'), user('bob')];

it('limits the video of a connection, in whatever conversation, until it is gone or replaced', async () => {
  const plane = new FakeMediaPlane();
  const faults: unknown[] = [];
  const registry = new Registry({
    openGraph: () => plane.openGraph(),
    clock: new ManualClock(),
    joinTtlMs: 600_000,
    maxConversations: 10,
    maxMembers: 10,
    maxJoins: 10,
    onFault: (error) => faults.push(error),
  });
  const [a, b] = ['ann', 'bob'].map((name) => {
    const device = member(plane, name, 'audio both', 'video both');
    registry.deviceConnected(device);
    return device;
  }) as [Member, Member];
  const heardBy = (device: Member) => plane.heardBy(slotOf(device, 'audio', 0))?.peer ?? null;
  const sees = (device: Member) => plane.heardBy(slotOf(device, 'video', 0))?.peer ?? null;
  for (const each of [ANN, BOB]) registry.join(each, R);
  registry.limitVideo(a.id, 0);
  await settled();
  expect([sees(a), heardBy(a), sees(b)]).toEqual([null, b.id, a.id]);
  for (const each of [ANN, BOB]) registry.join(each, S);
  await settled();
  expect([sees(a), heardBy(a)]).toEqual([null, b.id]);
  registry.limitVideo(a.id, null);
  await settled();
  expect(sees(a)).toBe(b.id);
  registry.limitVideo(a.id, 0);
  const next = member(plane, 'ann', 'audio both', 'video both');
  registry.deviceReplaced(a, next);
  await settled();
  expect(sees(next)).toBe(b.id);
  registry.limitVideo(a.id, 0);
  registry.limitVideo(b.id, 0);
  registry.deviceGone(b);
  registry.deviceConnected(b);
  await settled();
  expect(sees(b)).toBe(next.id);
  expect(faults).toEqual([]);
});
