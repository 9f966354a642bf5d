import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readManifest, type Manifest } from '../../../src/recording/manifest/manifest.ts';
import { safeName } from '../../../src/recording/names.ts';

/** A recording as whoever comes later finds it. */
export interface Recorded {
  readonly directory: string;
  readonly manifest: Manifest;
}

/** All of a conversation that have a manifest, the first one first. */
export function recordingsOf(recordings: string, conversation: string): Recorded[] {
  const folder = join(recordings, safeName(conversation));
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names.flatMap((name) => {
    const directory = join(folder, name);
    const path = join(directory, 'manifest.json');
    return existsSync(path) ? [{ directory, manifest: readManifest(readFileSync(path, 'utf8')) }] : [];
  });
}

/** Runs a built program of the recordings, e.g. `verify/main`. */
export function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
): { status: number | null; text: string } {
  const main = fileURLToPath(new URL(`../../../dist/recording/${program}.js`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', cwd });
  return { status, text: stdout + stderr };
}
