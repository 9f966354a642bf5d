// One recording of a round: begun, ended, checked, and thrown away.
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const VERIFY = fileURLToPath(new URL('../../../dist/recording/verify/main.js', import.meta.url));

export class Recordings {
  /** Of the whole soak. */
  count = 0;
  #server;
  #headers;

  constructor({ adminPort }, token) {
    this.#server = `http://127.0.0.1:${adminPort}`;
    this.#headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', Connection: 'close' };
  }

  /** Its id. @param {string} conversation */
  async begin(conversation) {
    const body = JSON.stringify({ pipeline: 'record-track' });
    return (await this.#ask('POST', `/conversations/${conversation}/recordings`, body)).id;
  }

  /** Throws where it is not whole. @param {string} id */
  async end(id) {
    const { overflowPackets } = await this.#ask('DELETE', `/recordings/${id}`);
    if (overflowPackets > 0) throw new Error(`recording ${id}: ${overflowPackets} packets overflowed`);
    const { directory } = await this.#ask('GET', `/recordings/${id}`);
    await promisify(execFile)(process.execPath, [VERIFY, directory]);
    rmSync(directory, { recursive: true });
    this.count += 1;
  }

  async #ask(method, path, body) {
    const reply = await fetch(this.#server + path, { method, headers: this.#headers, body });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  }
}
