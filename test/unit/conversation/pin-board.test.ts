import { PinBoard } from '../../../src/conversation/pin-board.ts';
import type { Member, PinTarget } from '../../../src/conversation/types.ts';
import { FakeMediaPlane } from '../../../src/media/fake/plane.ts';
import { member, slotOf } from '../../support/members.ts';

describe('PinBoard', () => {
  const plane = new FakeMediaPlane();
  const targetOf = ({ userid, clientid }: Member): PinTarget => ({ userid, clientid });
  const wide = (name: string) => member(plane, name, 'audio both', 'video both', 'audio slot');
  const [a, b] = [wide('a'), wide('b')];

  it('says whether anything has changed', () => {
    const pins = new PinBoard();
    const slot = slotOf(a, 'audio', 1);
    expect(pins.set(slot, null)).toBe(false);
    expect(pins.set(slot, targetOf(b))).toBe(true);
    expect(pins.set(slot, targetOf(b))).toBe(false);
    expect(pins.set(slot, targetOf(member(plane, 'b/other')))).toBe(true);
    expect(pins.set(slot, targetOf(member(plane, 'c/other')))).toBe(true);
    expect(pins.set(slot, null)).toBe(true);
    expect(pins.current.size).toBe(0);
  });

  it('keeps a name, not the device that had it', () => {
    const pins = new PinBoard();
    pins.set(slotOf(a, 'audio', 0), b);
    expect([...pins.current.values()]).toEqual([{ userid: 'b', clientid: '' }]);
  });

  it('forgets what a member pinned, and not that he is pinned', () => {
    const pins = new PinBoard();
    pins.set(slotOf(a, 'audio', 0), targetOf(b));
    pins.set(slotOf(b, 'audio', 0), targetOf(a));
    pins.remove(a);
    expect([...pins.current]).toEqual([[slotOf(b, 'audio', 0), targetOf(a)]]);
    pins.clear();
    expect(pins.current.size).toBe(0);
  });

  it('hands over by kind and index, and keeps nothing of the old connection', () => {
    const pins = new PinBoard();
    for (const slot of a.slots) pins.set(slot, targetOf(b));
    const next = member(plane, 'a', 'video slot', 'audio slot', 'video slot');
    pins.handOver(a, next);
    expect(new Set(pins.current.keys())).toEqual(new Set([slotOf(next, 'audio', 0), slotOf(next, 'video', 0)]));
  });
});
