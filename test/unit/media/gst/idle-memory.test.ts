import { IdleMemory } from '../../../../src/media/gst/idle-memory.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const setUp = () => {
  const [clock, given] = [new ManualClock(), { times: 0 }];
  return { clock, given, memory: new IdleMemory(clock, () => void (given.times += 1)) };
};

test('it is given back once, a second after the last connection', () => {
  const { clock, given, memory } = setUp();
  for (const peers of [1, 2, 1, 0]) memory.changed(peers);
  clock.advance(999);
  expect(given.times).toBe(0);
  clock.advance(60_000);
  expect(given.times).toBe(1);
});

test('not while there is a connection, and not for one that comes at once', () => {
  const { clock, given, memory } = setUp();
  for (const peers of [1, 0, 1]) memory.changed(peers);
  clock.advance(60_000);
  expect(given.times).toBe(0);
  memory.changed(0);
  clock.advance(1_000);
  expect(given.times).toBe(1);
});

test('not when the plane is closed', () => {
  const { clock, given, memory } = setUp();
  memory.changed(0);
  memory.close();
  expect(clock.timers).toBe(0);
  expect(given.times).toBe(0);
});
