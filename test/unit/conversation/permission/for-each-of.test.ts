import { forEachOf } from '../../../../src/conversation/permission/for-each-of.ts';
import { deferred, settled, type Deferred } from '../../../support/deferred.ts';

it('runs a task for every item, some at a time', async () => {
  const tasks = new Map<number, Deferred<null>>();
  let isDone = false;
  const all = forEachOf([1, 2, 3, 4, 5], 2, (item) => {
    const task = deferred<null>();
    tasks.set(item, task);
    return task.promise.then(() => undefined);
  }).then(() => (isDone = true));
  expect([...tasks.keys()]).toEqual([1, 2]);
  tasks.get(2)!.resolve(null);
  await settled();
  expect([...tasks.keys()]).toEqual([1, 2, 3]);
  for (let i = 1; i <= 5; i++) {
    await settled();
    tasks.get(i)!.resolve(null);
  }
  await all;
  expect(isDone).toBe(true);
  expect(tasks.size).toBe(5);
});

it('has nothing to do for nobody', async () => {
  await forEachOf([], 3, () => Promise.reject(new Error('a task')));
});
