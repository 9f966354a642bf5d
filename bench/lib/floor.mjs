// The floor: what receiving, decrypting, rewriting, encrypting and sending cost without anything else.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KINDS, audioPacket, videoPacket } from './packets.mjs';

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const SOURCES = [
  'bench/floor/floor.cc',
  ...['rtp', 'direct/srtp_cipher', 'direct/srtp_protector'].map((name) => `node-gst/src/media/${name}.cc`),
];

export class Floor {
  #directory = mkdtempSync(join(tmpdir(), 'bench-floor-'));
  #program = join(this.#directory, 'floor');

  constructor() {
    const flags = ['-std=c++20', '-O2', '-Wno-deprecated-declarations', `-I${at('node-gst/src')}`];
    perform('g++', [...flags, ...SOURCES.map(at), '-lcrypto', '-o', this.#program]);
  }

  /** @param {{ publishers: number, receivers: number, kind: import('./packets.mjs').Kind, seconds: number }} options */
  run({ publishers, receivers, kind, seconds }) {
    const { periodMs, packets } = KINDS[kind];
    const size = (kind === 'audio' ? audioPacket : videoPacket)(1, 0, 0).length;
    const numbers = [publishers, receivers, Math.round(periodMs * 1_000), packets, size, seconds];
    return JSON.parse(perform(this.#program, numbers.map(String)));
  }

  close() {
    rmSync(this.#directory, { recursive: true });
  }
}

function perform(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr}`);
  return stdout;
}
