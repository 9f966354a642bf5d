import { readFileSync } from 'node:fs';
import type { Config } from './config.ts';

/** What the system lets this process have; Infinity where it does not say. */
export interface SystemLimits {
  readonly files: number;
  readonly threads: number;
}

export interface ShortLimit {
  readonly limit: 'open files' | 'threads';
  readonly allowed: number;
  readonly needed: number;
  /** What to set, for the operator. */
  readonly advice: string;
}

/** Of a connection with audio, video and a data channel, the most there is; docs/threads.md counts them. */
const PER_PEER = { files: 7, threads: 12 };
/** A thousand sockets that wait with their offer, and what Node and GStreamer hold themselves. */
const BASE = { files: 1_200, threads: 64 };
/** Of a recorder, a process of its own. */
const PER_RECORDER = { files: 8, threads: 40 };

/** The limits that are too low for `MAX_PEERS` and `MAX_TAPS`. */
export const shortLimits = (config: Pick<Config, 'maxPeers' | 'recording'>, limits: SystemLimits): ShortLimit[] => {
  const need = (of: keyof SystemLimits): number =>
    BASE[of] + config.maxPeers * PER_PEER[of] + config.recording.maxTaps * PER_RECORDER[of];
  const [files, threads] = [need('files'), need('threads')];
  return [
    {
      limit: 'open files' as const,
      allowed: limits.files,
      needed: files,
      advice: `ulimit -n ${files}, LimitNOFILE=${files}, or --ulimit nofile=${files}`,
    },
    {
      limit: 'threads' as const,
      allowed: limits.threads,
      needed: threads,
      advice: `ulimit -u ${threads}, TasksMax=${threads}, or --pids-limit ${threads}`,
    },
  ].filter(({ allowed, needed }) => allowed < needed);
};

/** What holds now. Node has raised its own limit of files to the hard one already. */
export const systemLimits = (read: (path: string) => string = readText): SystemLimits => {
  const own = read('/proc/self/limits');
  const [, group = ''] = /^0::(.*)$/m.exec(read('/proc/self/cgroup')) ?? [];
  // In a container its own group is the root of what it sees.
  const groups = [`/sys/fs/cgroup${group}/pids.max`, '/sys/fs/cgroup/pids.max'].map((path) =>
    limitOf(read(path).trim()),
  );
  return {
    files: softLimit(own, 'Max open files'),
    threads: Math.min(softLimit(own, 'Max processes'), ...groups, limitOf(read('/proc/sys/kernel/threads-max').trim())),
  };
};

const softLimit = (text: string, name: string): number => {
  const [, value = ''] = new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(text) ?? [];
  return limitOf(value);
};

/** `max` and `unlimited` are no limit, and neither is what cannot be read. */
const limitOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) : Infinity);

/** Empty where there is no such file. */
const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
