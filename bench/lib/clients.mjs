// The processes of clients, as the bench sees them.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('client-process.mjs', import.meta.url));

export class ClientProcess {
  #child;
  #calls = new Map();
  #next = 0;

  /** @param {string} [program] */
  constructor(program = PROGRAM) {
    this.#child = fork(program, { stdio: 'inherit', serialization: 'advanced' });
    this.#child.on('message', ({ id, result, error }) => {
      const { resolve, reject } = this.#calls.get(id);
      this.#calls.delete(id);
      if (error === undefined) resolve(result);
      else reject(new Error(error));
    });
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#calls.values()) reject(new Error(`clients ended: ${code ?? signal}`));
    });
  }

  call(method, argument) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#child.send({ id, method, argument }, (error) => error && reject(error));
    });
  }

  /** Without a word to anybody. */
  async kill() {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async end() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await exited;
    clearTimeout(kill);
  }
}
