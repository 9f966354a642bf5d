import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closure, run, SRC, type Run } from './programs.ts';

const FUZZ = join(import.meta.dirname, '../fuzz');
const CORPUS = join(FUZZ, 'corpus');

/** Each has a folder of first inputs. */
export const fuzzTargets = readdirSync(CORPUS).sort();

/** Compiles `test/fuzz` with what it includes, under libFuzzer, ASan and UBSan; throws with the compiler's words. */
export function buildFuzzer(): string {
  const program = join(mkdtempSync(join(tmpdir(), 'node-gst-fuzz-')), 'program');
  const own = readdirSync(FUZZ).flatMap((name) => (name.endsWith('.cc') ? [join(FUZZ, name)] : []));
  const sanitizers = ['-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all'];
  const sources = [...own, ...parserSources(own)];
  const built = run('clang++', [
    '-std=c++20',
    '-O1',
    '-g',
    ...sanitizers,
    `-I${SRC}`,
    '-o',
    program,
    ...sources,
    '-lcrypto',
  ]);
  if (built.status !== 0) throw new Error(built.output);
  return program;
}

/** Of the core, only what these files need. */
function parserSources(files: readonly string[]): string[] {
  const needed = new Set<string>();
  for (const file of files) {
    for (const [, included] of readFileSync(file, 'utf8').matchAll(/#include "(media\/[^"]+)"/g))
      closure(included!, needed);
  }
  // A set is walked with what is added on the way.
  for (const header of needed) {
    const source = header.replace(/\.h$/, '.cc');
    if (existsSync(join(SRC, source))) closure(source, needed);
  }
  return [...needed].filter((file) => file.endsWith('.cc')).map((file) => join(SRC, file));
}

/**
 * Feeds one target from its corpus on.
 *
 * @param folder where an input that breaks it is written, whole
 * @param corpus where the inputs go that have reached something new
 */
export const runFuzzer = (program: string, target: string, seconds: number, folder: string, corpus: string): Run =>
  run(
    program,
    [
      `--target=${target}`,
      `-max_total_time=${seconds}`,
      '-max_len=2000',
      // An input takes microseconds: one that takes so long stands still.
      '-timeout=10',
      '-print_final_stats=1',
      `-artifact_prefix=${folder}/`,
      corpus,
      join(CORPUS, target),
    ],
    // It says more the longer it runs, and would be ended at 1 MiB.
    { maxBuffer: Infinity },
  );
