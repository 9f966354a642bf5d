// One recording of a round: begun, ended, checked, and thrown away.
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { askAdmin } from '../admin.mjs';

const VERIFY = fileURLToPath(new URL('../../../dist/recording/verify/main.js', import.meta.url));

export class Recordings {
  /** Of the whole soak. */
  count = 0;
  #service;
  #token;

  constructor(service, token) {
    this.#service = service;
    this.#token = token;
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

  #ask(method, path, body) {
    return askAdmin(this.#service, this.#token, method, path, body);
  }
}
