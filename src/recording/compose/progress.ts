const BAR = 30;
/** Where nobody looks at a terminal, a line for so much. */
const STEP = 0.1;

export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** One thing that takes its time: a bar on a terminal, lines elsewhere. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #what: string;
  readonly #startMs: number;
  #told = -1;

  /** @param nowMs on any clock */
  constructor(terminal: Terminal, what: string, nowMs: number) {
    this.#terminal = terminal;
    this.#what = what;
    this.#startMs = nowMs;
  }

  /** @param share of the whole, 0 to 1 */
  at(share: number, nowMs: number): void {
    const done = Math.min(1, Math.max(0, share));
    if (this.#terminal.isTTY === true) {
      this.#terminal.write(`\r${barOf(this.#what, done, nowMs - this.#startMs)}`);
      return;
    }
    const step = Math.floor(done / STEP + 1e-9);
    if (step <= this.#told) return;
    this.#told = step;
    this.#terminal.write(`${this.#what}: ${Math.round(done * 100)} %\n`);
  }

  done(nowMs: number): void {
    this.at(1, nowMs);
    if (this.#terminal.isTTY === true) this.#terminal.write('\n');
  }
}

/** `composing [##########--------------------]  33 %, 0:12 left` */
export function barOf(what: string, share: number, passedMs: number): string {
  const full = Math.round(share * BAR);
  const percent = String(Math.round(share * 100)).padStart(3);
  const left = share === 0 ? '' : `, ${clockTime((passedMs / share) * (1 - share))} left`;
  return `${what} [${'#'.repeat(full)}${'-'.repeat(BAR - full)}] ${percent} %${left}   `;
}

/** `1:02:03`, `2:03`, `0:03` */
export function clockTime(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
