import { readdirSync, readFileSync } from 'node:fs';

/** What /proc knows of a process. */
export interface Footprint {
  readonly threads: number;
  readonly files: number;
  /** Resident memory, MB. */
  readonly memory: number;
}

export const footprint = (pid: number): Footprint => ({
  threads: readdirSync(`/proc/${pid}/task`).length,
  files: readdirSync(`/proc/${pid}/fd`).length,
  memory: Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
});

/** A process and all below it. */
export function withDescendants(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .flatMap((name) => withDescendants(Number(name)));
  return [pid, ...children];
}

function parentOf(pid: string): number | null {
  try {
    // The name of the program is in parentheses and may hold anything; the parent is the second word behind it.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(parent);
  } catch {
    return null;
  }
}
