import { shortLimits, systemLimits } from '../../../src/config/system-limits.ts';
import { parseConfig } from '../../../src/config/config.ts';

describe('systemLimits', () => {
  const LIMITS = [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max processes             7000                 8000                 processes ',
    'Max open files            1024                 4096                 files     ',
  ].join('\n');
  const of = (files: Readonly<Record<string, string>>): ReturnType<typeof systemLimits> =>
    systemLimits((path) => files[path] ?? '');

  it('reads what holds for the process', () => {
    expect(of({ '/proc/self/limits': LIMITS })).toEqual({ files: 1024, threads: 7000 });
  });

  it('knows no limit where there is none, and where nothing can be read', () => {
    const unlimited = LIMITS.replace('7000', 'unlimited').replace('1024', 'unlimited');
    expect(of({ '/proc/self/limits': unlimited })).toEqual({ files: Infinity, threads: Infinity });
    expect(of({})).toEqual({ files: Infinity, threads: Infinity });
  });

  it.each([
    ['of its own group', { '/proc/self/cgroup': '0::/a/b\n', '/sys/fs/cgroup/a/b/pids.max': '300\n' }, 300],
    ['of a container', { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/pids.max': '400\n' }, 400],
    ['of no group', { '/sys/fs/cgroup/pids.max': 'max\n' }, 7000],
    ['of the kernel', { '/proc/sys/kernel/threads-max': '500\n' }, 500],
  ])('takes the least of threads: %s', (_, files, threads) => {
    expect(of({ '/proc/self/limits': LIMITS, ...files }).threads).toBe(threads);
  });

  it('reads those of this process', () => {
    expect(systemLimits().files).toBeGreaterThan(100);
    expect(systemLimits().threads).toBeGreaterThan(10);
  });
});

describe('shortLimits', () => {
  const config = parseConfig({ MAX_PEERS: '100', MAX_TAPS: '1' });
  const ENOUGH = { files: 1_200 + 900 + 8, threads: 64 + 1_200 + 40 };

  it('is content with 9 descriptors and 12 threads for each peer', () => {
    expect(shortLimits(config, ENOUGH)).toEqual([]);
    expect(shortLimits(config, { files: Infinity, threads: Infinity })).toEqual([]);
  });

  it('names what is too low, with the number to set', () => {
    expect(shortLimits(config, { ...ENOUGH, files: 1024 })).toEqual([
      {
        limit: 'open files',
        allowed: 1024,
        needed: 2108,
        advice: 'ulimit -n 2108, LimitNOFILE=2108, or --ulimit nofile=2108',
      },
    ]);
    expect(shortLimits(config, { ...ENOUGH, threads: 100 })).toMatchObject([
      { limit: 'threads', needed: 1304, advice: expect.stringContaining('TasksMax=1304') },
    ]);
    expect(shortLimits(config, { files: ENOUGH.files - 1, threads: ENOUGH.threads - 1 })).toHaveLength(2);
  });
});
