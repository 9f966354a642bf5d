import { readdirSync, readFileSync } from 'node:fs';

interface Seen {
  readonly parent: number;
  /** Processor time that it has used, in ticks of a hundredth of a second. */
  readonly ticks: number;
}

/** What ends within this time without being seen is not counted. */
const LOOK_MS = 500;

/** Parts of all processors, 0 to 1. */
export interface Load {
  /** Of this process and those below it. */
  readonly own: number;
  /** Of processes that are not of the test, and of the host that this machine runs on. */
  readonly others: number;
}

/** Who takes this machine's processors while a test measures time. */
export class MachineLoad {
  /** Also whoever was below it once: a recorder whose service was killed is nobody's child. */
  readonly #own = new Set([process.pid]);
  readonly #from = machineTicks();
  readonly #timer = setInterval(() => this.#look(), LOOK_MS).unref();
  #last = processes();
  readonly #ticks = { own: 0, others: 0 };

  constructor() {
    this.#adopt();
  }

  /** Stops; what they took since the beginning. */
  stop(): Load {
    clearInterval(this.#timer);
    this.#look();
    const { passed, stolen } = machineTicks();
    const all = Math.max(1, passed - this.#from.passed);
    return { own: this.#ticks.own / all, others: (this.#ticks.others + stolen - this.#from.stolen) / all };
  }

  #look(): void {
    const before = this.#last;
    this.#last = processes();
    this.#adopt();
    for (const [pid, { ticks }] of this.#last) {
      this.#ticks[this.#own.has(pid) ? 'own' : 'others'] += ticks - (before.get(pid)?.ticks ?? 0);
    }
  }

  #adopt(): void {
    const isOwn = (pid: number): boolean => {
      if (this.#own.has(pid)) return true;
      const parent = this.#last.get(pid)?.parent ?? 0;
      return parent !== 0 && isOwn(parent);
    };
    for (const pid of this.#last.keys()) if (isOwn(pid)) this.#own.add(pid);
  }
}

/** Of all processors, used or idle; and what the host took. */
function machineTicks(): { readonly passed: number; readonly stolen: number } {
  const [, line = ''] = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8')) ?? [];
  // user, nice, system, idle, iowait, irq, softirq, steal (proc(5)); what guests use is in the first two.
  const ticks = line.split(' ').slice(0, 8).map(Number);
  return { passed: ticks.reduce((sum, each) => sum + each, 0), stolen: ticks[7] ?? 0 };
}

function processes(): ReadonlyMap<number, Seen> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(
    pids.flatMap((pid) => {
      const seen = processOf(pid);
      return seen === null ? [] : [[Number(pid), seen] as const];
    }),
  );
}

/** Null where it has ended. */
function processOf(pid: string): Seen | null {
  try {
    // The name of the program is in parentheses and may hold anything; of proc(5) the first two fields are gone.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null;
  }
}
