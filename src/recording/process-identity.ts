import { readFileSync } from 'node:fs';

/** One process, and never another one: its number is given again, and begins anew when the machine does. */
export interface ProcessIdentity {
  /** The run of the machine, as Linux names it. */
  readonly boot: string;
  readonly pid: number;
  /** When it began, ticks since the boot. */
  readonly startTicks: number;
}

/** Of a process that is there; null where it is not. */
export function identityOf(pid: number): ProcessIdentity | null {
  const found = statOf(pid);
  return found === null ? null : { boot: bootId(), pid, startTicks: found.startTicks };
}

/** Whether it still does something: one that has ended and that nobody has asked about does not. */
export function isAlive({ boot, pid, startTicks }: ProcessIdentity): boolean {
  const found = statOf(pid);
  return found?.startTicks === startTicks && !'ZX'.includes(found.state) && bootId() === boot;
}

/** proc(5). The name of the program is in parentheses and may hold anything; the state is the word behind it. */
function statOf(pid: number): { readonly state: string; readonly startTicks: number } | null {
  try {
    const words = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state: words[0] ?? '', startTicks: Number(words[19]) };
  } catch {
    return null;
  }
}

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
