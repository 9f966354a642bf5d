import { spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';

export const SRC = join(import.meta.dirname, '../../src');
/** Flags of what is loaded into a process. */
export const SHARED = ['-shared', '-fPIC'];
const FOREIGN = /#include <(napi|gst|glib|agent|gio|node)/;

/** Everything a file includes from this repository, itself included. */
export function closure(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, included] of readFileSync(join(SRC, file), 'utf8').matchAll(/#include "([^"]+)"/g)) {
    closure(included!, seen);
  }
  return seen;
}

/** Sources that need neither Node nor GStreamer. */
export const coreSources = (): string[] =>
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.cc'))
    .filter((file) => [...closure(file)].every((each) => !FOREIGN.test(readFileSync(join(SRC, each), 'utf8'))));

export interface Run {
  readonly status: number | null;
  readonly output: string;
}

/** Compiles `test/native` alone and links it with the core as it is in the built addon; returns the program. */
export function buildPlain(): string {
  const built = join(import.meta.dirname, '../../build/Release/obj.target/node_gst/src');
  const core = coreSources().map((file) => join(built, file.replace(/cc$/, 'o')));
  return build(programSources(), ['-O0'], core);
}

/** Compiles `test/native` and the core under a sanitizer, which takes minutes; returns the program. */
export function buildSanitized(sanitizer: string): string {
  const flags = ['-O1', '-g', `-fsanitize=${sanitizer}`, '-fno-sanitize-recover=all'];
  return build([...coreSources().map((file) => join(SRC, file)), ...programSources()], flags);
}

export function runProgram(program: string, ...args: string[]): Run {
  const first = run(program, args);
  // GCC's thread sanitizer refuses address layouts that newer kernels hand out at random.
  return first.output.includes('unexpected memory mapping') ? run('setarch', ['-R', program, ...args]) : first;
}

const programSources = (): string[] => {
  const native = join(import.meta.dirname, '../native');
  return readdirSync(native).flatMap((name) => (name.endsWith('.cc') ? [join(native, name)] : []));
};

/** In a new folder, which the caller removes; throws with the compiler's words. */
function build(sources: readonly string[], forBoth: readonly string[], objects: readonly string[] = []): string {
  const cwd = mkdtempSync(join(tmpdir(), 'node-gst-'));
  const program = join(cwd, 'program');
  const flags = ['-std=c++20', `-I${SRC}`, ...forBoth];
  // A few files per compiler, as many compilers as there are processors.
  const each = ['-P', String(availableParallelism()), '-n', '2', 'g++', ...flags, '-c'];
  const compiled = run('xargs', each, { cwd, input: sources.join('\n') });
  if (compiled.status !== 0) throw new Error(compiled.output);
  const own = sources.map((source) => basename(source).replace(/cc$/, 'o'));
  const linked = run('g++', [...flags, ...own, ...objects, '-lcrypto', '-lsrtp2', '-o', program], { cwd });
  if (linked.status !== 0) throw new Error(linked.output);
  return program;
}

/** Compiles and links these on libraries that pkg-config knows; throws with the compiler's words. */
export function compile(
  sources: readonly string[],
  output: string,
  packages: readonly string[],
  flags: readonly string[] = [],
): void {
  const about = (what: string): string[] => {
    const { status, output: words } = run('pkg-config', [what, ...packages]);
    if (status !== 0) throw new Error(words);
    return words.trim().split(/\s+/);
  };
  const own = ['-std=c++20', `-I${SRC}`, ...flags, ...sources, '-o', output];
  // Also where the linker thinks that a library is not needed: what is looked up by name is not seen.
  const built = run('g++', [...about('--cflags'), ...own, '-Wl,--no-as-needed', ...about('--libs')]);
  if (built.status !== 0) throw new Error(built.output);
}

/** Has this process load what is compiled of it: a file that registers something with GLib or GStreamer. */
export function load(source: string, packages: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'node-gst-'));
  try {
    const library = join(folder, 'library.node');
    compile([source], library, packages, SHARED);
    process.dlopen({ exports: {} }, library);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function run(command: string, args: readonly string[], options: SpawnSyncOptions = {}): Run {
  const { status, stdout, stderr, error } = spawnSync(command, args, { ...options, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}${error?.message ?? ''}` };
}
