import { parseConfig } from '../../../src/config/config.ts';
import { maxSockets, neededFor } from '../../../src/config/system-limits.ts';
import { pidsGroups, systemRoom } from '../../../src/config/system-room.ts';

const LIMITS = [
  'Limit                     Soft Limit           Hard Limit           Units     ',
  'Max processes             7000                 8000                 processes ',
  'Max open files            1024                 4096                 files     ',
].join('\n');
const of = (files: Readonly<Record<string, string>>, open = 24): ReturnType<typeof systemRoom> =>
  systemRoom(
    (path) => files[path] ?? '',
    () => open,
  );

describe('systemRoom', () => {
  it('is what is left of the limits of the process', () => {
    const files = { '/proc/self/limits': LIMITS, '/proc/self/status': 'Name:\tnode\nThreads:\t40\n' };
    expect(of(files)).toEqual({ files: 1000, threads: 6960 });
  });

  it.each([
    ['of a group of version 2', { '/sys/fs/cgroup/a/pids.max': '300\n', '/sys/fs/cgroup/a/pids.current': '290\n' }, 10],
    ['of version 1', { '/sys/fs/cgroup/pids/b/pids.max': '400\n', '/sys/fs/cgroup/pids/b/pids.current': '250\n' }, 150],
    ['of a container', { '/sys/fs/cgroup/pids.max': '50\n', '/sys/fs/cgroup/pids.current': '50\n' }, 0],
    ['without a limit', { '/sys/fs/cgroup/a/pids.max': 'max\n', '/sys/fs/cgroup/a/pids.current': '9\n' }, 7000],
    ['of the kernel', { '/proc/sys/kernel/threads-max': '500\n', '/proc/loadavg': '0.1 0.2 0.3 3/480 99\n' }, 20],
  ])('is the least of threads: %s', (_, files, threads) => {
    const groups = '8:pids:/b\n0::/a\n';
    expect(of({ '/proc/self/limits': LIMITS, '/proc/self/cgroup': groups, ...files }).threads).toBe(threads);
  });

  it('is nothing where there is no descriptor to find it out with', () => {
    const full = (): string => {
      throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    };
    expect(systemRoom(full, () => 0)).toEqual({ files: 0, threads: 0 });
  });

  it('is there for this process', () => {
    const { files, threads } = systemRoom();
    expect(files).toBeGreaterThan(0);
    expect(threads).toBeGreaterThan(0);
  });
});

it('groups of both versions are found, whatever else shares one', () => {
  expect(pidsGroups('5:cpu,pids:/x\n1:name=systemd:/y\n')).toContain('/sys/fs/cgroup/pids/x');
  expect(pidsGroups('0::/y\n')).toContain('/sys/fs/cgroup/y');
});

describe('how descriptors are shared out', () => {
  const config = parseConfig({ MAX_PEERS: '100', MAX_TAPS: '1' });

  it.each([
    ['what peers and recorders leave', 4_000, 4_000 - 200 - 900 - 8],
    ['a quarter where that is too little', 800, 200],
    ['no more than ten thousand', 1_000_000, 10_000],
    ['no more where there is no limit', Infinity, 10_000],
  ])('sockets have %s', (_, files, sockets) => {
    expect(maxSockets(config, { files })).toBe(sockets);
  });

  it('a connection has those of each address, and something is left alone', () => {
    expect(neededFor(0, 2)).toEqual({ files: 64, threads: 64 });
    expect(neededFor(3, 2)).toEqual({ files: 64 + 3 * 10, threads: 64 + 3 * 12 });
  });
});
