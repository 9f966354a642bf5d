import { freeBytes, mayStart } from '../../../src/recording/disk-reserve.ts';

const GIB = 1024 ** 3;

describe('the disk reserve', () => {
  it('counts what an unprivileged process may use', () => {
    expect(freeBytes({ bsize: 4096, bavail: 1000 })).toBe(4_096_000);
  });

  it.each([
    [2 * GIB, true],
    [GIB, true],
    [GIB - 4096, false],
    [0, false],
  ])('of 1 GiB: %d free bytes, may start: %s', (free, may) => {
    expect(mayStart({ bsize: 4096, bavail: free / 4096 }, GIB)).toBe(may);
  });
});
