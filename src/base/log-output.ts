import { constants, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { pino, type DestinationStream } from 'pino';

/** What may wait for whoever reads the log; lines beyond are lost. */
export const MAX_WAITING_BYTES = 1024 * 1024;

/** Where log lines go. Nothing ever waits for it. */
export interface LogOutput extends DestinationStream {
  /** Resolves when everything is written, or after `ms`. */
  flush(ms: number): Promise<void>;
}

const STDOUT = 1;

/**
 * Standard output. A pipe whose reader hangs would hold up who writes to it, and with that the service: it is written to
 * without waiting. Files and terminals are written to as they are.
 *
 * @param onResumed lines are written again, and so many were not
 */
export function standardOutput(onResumed: (lost: number) => void): LogOutput {
  let opened: LogOutput | null = null;
  // With the first line, when everything is loaded: a pipe that Node 20 has opened before made it evaluate a CommonJS module
  // again that was there already.
  const output = (): LogOutput => (opened ??= openOutput(onResumed));
  return {
    write: (line) => output().write(line),
    flush: (ms) => opened?.flush(ms) ?? Promise.resolve(),
  };
}

function openOutput(onResumed: (lost: number) => void): LogOutput {
  const descriptor = patientDescriptor();
  if (descriptor === null) {
    const file = pino.destination({ fd: STDOUT, sync: true });
    return { write: (line) => void file.write(line), flush: () => Promise.resolve() };
  }
  return new PatientOutput(new Socket({ fd: descriptor, readable: false, writable: true }), onResumed);
}

/** What can be written to without waiting; null where standard output is neither a pipe nor a socket. */
function patientDescriptor(): number | null {
  const stat = fstatSync(STDOUT);
  if (stat.isSocket()) return STDOUT;
  if (!stat.isFIFO()) return null;
  try {
    // Opened anew: not to wait is a property that all who have the same opening share, and standard error may be one of them.
    return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return STDOUT;
  }
}

/** Lines on their way to a stream that takes them when it can. */
export class PatientOutput implements LogOutput {
  readonly #stream: Writable;
  readonly #onResumed: (lost: number) => void;
  #lost = 0;
  #isGone = false;

  constructor(stream: Writable, onResumed: (lost: number) => void) {
    this.#stream = stream;
    this.#onResumed = onResumed;
    stream.on('drain', () => this.#drained());
    // Nobody reads any more: there is nobody to tell, either.
    stream.on('error', () => (this.#isGone = true));
  }

  write(line: string): void {
    if (this.#isGone) return;
    if (this.#stream.writableLength >= MAX_WAITING_BYTES) this.#lost += 1;
    else this.#stream.write(line);
  }

  flush(ms: number): Promise<void> {
    if (this.#isGone || this.#stream.writableLength === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#stream.once('close', done);
      this.#stream.write('', done);
    });
  }

  #drained(): void {
    if (this.#lost === 0) return;
    const lost = this.#lost;
    this.#lost = 0;
    this.#onResumed(lost);
  }
}
