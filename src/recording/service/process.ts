import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock, Timer } from '../../base/clock.ts';
import { childEnvironment, givingWay } from '../child-environment.ts';
import { EXIT, LineCutter, lineOf, messageOf, type FromRecorder, type ToRecorder } from '../protocol.ts';

export interface RecorderProcessOptions {
  /** The program of the recorder. */
  readonly program: string;
  /** A private directory, which the recorders share. */
  readonly scratch: string;
  /** The reader's end of the tap. */
  readonly packetsFd: number;
  readonly clock: Clock;
  readonly onMessage: (message: FromRecorder) => void;
  /** The process has gone, and everything it said was read. Once. */
  readonly onEnd: (end: ProcessEnd) => void;
}

export interface ProcessEnd {
  /** By itself, and with all done. */
  readonly isWell: boolean;
  /** For people. */
  readonly why: string;
}

/** It says something each second. One that is stopped, or hangs, is ended, so that another can go on. */
const SILENCE_MS = 15_000;
/**
 * Until its first word: its start is 0.1 s of work, and one that gives way gets a hundredth of the time where the machine is
 * loaded. Who ended it for that would have the same again, and again, and nothing recorded.
 */
const FIRST_WORD_MS = 60_000;
/** So long a pipeline may take nothing, while packets wait for it: a disk that stands still for a while is waited for. */
const STILL_MS = 30_000;
/** What of its standard error is kept. */
const MAX_STDERR = 2_000;
/** What of that is told when it ends: GStreamer and GLib say in more than one line why they give up. */
const LAST_LINES = 5;

/** A recorder's process, as the service sees it. It is not trusted: what it says is checked, and it can be killed at any time. */
export class RecorderProcess {
  readonly #options: RecorderProcessOptions;
  readonly #child: ChildProcess;
  readonly #lines = new LineCutter();
  #stderr = '';
  #silence: Timer;
  #still: { readonly frames: number; readonly sinceMs: number } | null = null;
  #fault: string | null = null;
  #hasEnded = false;

  /** Throws where no process can be made. */
  constructor(options: RecorderProcessOptions) {
    const { program, scratch, packetsFd } = options;
    this.#options = options;
    this.#child = spawn(...givingWay(program), {
      stdio: ['pipe', 'pipe', 'pipe', packetsFd],
      env: childEnvironment(scratch),
      // Not where the recordings are: making a process waits until it is in its directory, and that disk may hang.
      cwd: '/',
    });
    this.#silence = this.#watch(FIRST_WORD_MS);
    // What is written to a process that has gone is of no interest to anybody.
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = `${this.#stderr}${text}`.slice(-MAX_STDERR);
    });
    this.#child.on('error', (error) => this.#end(error.message, false));
    this.#child.on('close', (code, signal) => this.#end(signal ?? `exit status ${String(code)}`, code === EXIT.well));
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(message: ToRecorder): void {
    this.#child.stdin?.write(lineOf(message));
  }

  kill(why: string): void {
    this.#fault ??= why;
    this.#child.kill('SIGKILL');
  }

  #read(text: string): void {
    if (this.#fault !== null) return;
    try {
      for (const line of this.#lines.push(text)) this.#take(line);
    } catch (error) {
      this.kill(error instanceof Error ? error.message : String(error));
    }
  }

  #take(line: string): void {
    const message = messageOf(line);
    if (message === null) throw new Error('it said what is no message');
    this.#silence.cancel();
    this.#silence = this.#watch(SILENCE_MS);
    if (message.type === 'progress') this.#watchProgress(message);
    this.#options.onMessage(message);
  }

  #watchProgress({ blocked, frames }: Extract<FromRecorder, { type: 'progress' }>): void {
    const now = this.#options.clock.now();
    if (!blocked) this.#still = null;
    else if (this.#still?.frames !== frames) this.#still = { frames, sinceMs: now };
    else if (now - this.#still.sinceMs >= STILL_MS) this.kill(`its pipeline took nothing for ${STILL_MS / 1000} s`);
  }

  #watch(limitMs: number): Timer {
    return this.#options.clock.after(limitMs, () => this.kill(`it said nothing for ${limitMs / 1000} s`));
  }

  #end(how: string, isWell: boolean): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#silence.cancel();
    const last = this.#stderr
      .trim()
      .split(/\s*\n\s*/)
      .slice(-LAST_LINES)
      .join(' | ');
    const why = [this.#fault, how, last].filter((text) => text !== null && text !== '').join(': ');
    this.#options.onEnd({ isWell: isWell && this.#fault === null, why });
  }
}
