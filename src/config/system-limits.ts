import type { Config } from './config.ts';
import { limitOf, pidsGroups, readText, softLimit, type ReadText, type SystemRoom } from './system-room.ts';

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
const PER_PEER = { files: 9, threads: 12 };
/** A thousand sockets that wait with their offer, and what Node and GStreamer hold themselves. */
const BASE = { files: 1_200, threads: 64 };
/** Of a recorder, a process of its own. */
const PER_RECORDER = { files: 8, threads: 40 };
/** Without sockets of clients. */
const OWN_FILES = 200;
const MAX_SOCKETS = 10_000;
/** Left alone, so that what goes on has a descriptor for a file, and a thread for what a client begins later. */
const RESERVE = 64;

type Needs = Pick<Config, 'maxPeers' | 'recording'>;

/** The limits that are too low for `MAX_PEERS` and `MAX_TAPS`. */
export const shortLimits = (config: Needs, limits: SystemLimits): ShortLimit[] => {
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
export const systemLimits = (read: ReadText = readText): SystemLimits => {
  const own = read('/proc/self/limits');
  const groups = pidsGroups(read('/proc/self/cgroup')).map((group) => limitOf(read(`${group}/pids.max`)));
  return {
    files: softLimit(own, 'Max open files'),
    threads: Math.min(softLimit(own, 'Max processes'), ...groups, limitOf(read('/proc/sys/kernel/threads-max'))),
  };
};

/**
 * How many sockets a listener may have: what is left beside all peers and recorders, but a quarter where that is less, so
 * that there is always somebody who answers.
 */
export const maxSockets = (config: Needs, { files }: Pick<SystemLimits, 'files'>): number => {
  const left = files - OWN_FILES - config.maxPeers * PER_PEER.files - config.recording.maxTaps * PER_RECORDER.files;
  return Math.min(MAX_SOCKETS, Math.max(left, Math.floor(files / 4)));
};

/** Of both together, beside sockets: what is needed for so many more connections until they are up. */
export const neededFor = (connections: number, addresses: number): SystemRoom => ({
  // A connection has a socket for each address; one of them is counted in `PER_PEER`.
  files: RESERVE + connections * (PER_PEER.files + addresses - 1),
  threads: RESERVE + connections * PER_PEER.threads,
});
