import { readFileSync, readdirSync, statSync } from 'node:fs';

/** What the system would still give to this process; Infinity where it does not say. */
export interface SystemRoom {
  readonly files: number;
  readonly threads: number;
}

/** Of the system, as text; empty where there is no such file. */
export type ReadText = (path: string) => string;

const NONE: SystemRoom = { files: 0, threads: 0 };

/**
 * What is left now. The limit of processes of a user is compared with this process alone: what else runs under his name is
 * not looked for.
 */
export function systemRoom(read: ReadText = readText, countFiles: () => number = openFiles): SystemRoom {
  try {
    const limits = read('/proc/self/limits');
    const own = Number(/^Threads:\s*(\d+)/m.exec(read('/proc/self/status'))?.[1] ?? 0);
    const all = Number(/\/(\d+)/.exec(read('/proc/loadavg'))?.[1] ?? 0);
    const groups = pidsGroups(read('/proc/self/cgroup')).map(
      (group) => limitOf(read(`${group}/pids.max`)) - Number(read(`${group}/pids.current`)),
    );
    return {
      files: softLimit(limits, 'Max open files') - countFiles(),
      threads: Math.min(
        softLimit(limits, 'Max processes') - own,
        limitOf(read('/proc/sys/kernel/threads-max')) - all,
        ...groups,
      ),
    };
  } catch (error) {
    // To read how much is left takes a descriptor, too.
    if (isOutOfFiles(error)) return NONE;
    throw error;
  }
}

/** A control group's folders, of either version; in a container its own is the root of what it sees. */
export function pidsGroups(cgroup: string): string[] {
  const [, unified = ''] = /^0::(.*)$/m.exec(cgroup) ?? [];
  const [, pids = ''] = /^\d+:(?:[^:]*,)?pids(?:,[^:]*)?:(.*)$/m.exec(cgroup) ?? [];
  return [`/sys/fs/cgroup${unified}`, '/sys/fs/cgroup', `/sys/fs/cgroup/pids${pids}`, '/sys/fs/cgroup/pids'];
}

export const softLimit = (limits: string, name: string): number =>
  limitOf(new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(limits)?.[1] ?? '');

/** `max` and `unlimited` are no limit, and neither is what cannot be read. */
export const limitOf = (text: string): number => (/^\d+$/.test(text.trim()) ? Number(text) : Infinity);

export const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isOutOfFiles(error)) throw error;
    return '';
  }
};

/** Linux 6.2 and later say it as the size of the folder. */
const openFiles = (): number => statSync('/proc/self/fd').size || readdirSync('/proc/self/fd').length;

const isOutOfFiles = (error: unknown): boolean =>
  ['EMFILE', 'ENFILE'].includes((error as { code?: string }).code ?? '');
