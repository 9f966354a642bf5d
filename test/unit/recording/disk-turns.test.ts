import { onDisk } from '../../../src/recording/disk-turns.ts';
import { deferred, settled } from '../../support/deferred.ts';

test('two at a time, in their order; one that fails gives its turn back', async () => {
  const works = Array.from({ length: 5 }, () => deferred<number>());
  const begun: number[] = [];
  const done = works.map(({ promise }, index) =>
    onDisk(() => {
      begun.push(index);
      return promise;
    }),
  );
  await settled();
  expect(begun).toEqual([0, 1]);
  works[1]!.resolve(1);
  expect(await done[1]).toBe(1);
  await settled();
  expect(begun).toEqual([0, 1, 2]);
  works[0]!.reject(new Error('no disk'));
  await expect(done[0]).rejects.toThrow('no disk');
  for (const work of works.slice(2)) work.resolve(2);
  expect(await Promise.all(done.slice(2))).toEqual([2, 2, 2]);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});
