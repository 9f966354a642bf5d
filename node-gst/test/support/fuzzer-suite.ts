/** libFuzzer with ASan and UBSan on the addon's parsers, from `test/fuzz/corpus` on. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildFuzzer, fuzzTargets, runFuzzer } from './fuzzer.ts';

const ARTIFACTS = join(import.meta.dirname, '../../../artifacts/fuzz');

/**
 * Builds the program once. An input that breaks a parser stays in `artifacts/fuzz`, in a folder for each of them, and so
 * does the corpus that has grown, which the next run goes on from.
 *
 * @param seconds for each target
 */
export function fuzzerSuite(seconds: number): void {
  let program = '';
  beforeAll(() => void (program = buildFuzzer()), 900_000);
  afterAll(() => {
    if (program !== '') rmSync(dirname(program), { recursive: true });
  });

  test.each(fuzzTargets)(
    '%s',
    (target) => {
      const folder = join(ARTIFACTS, target);
      const corpus = join(folder, 'corpus');
      mkdirSync(corpus, { recursive: true });
      const { status, output } = runFuzzer(program, target, seconds, folder, corpus);
      // Where the input is comes first: libFuzzer's own words are long, and show small ones only.
      const inputs = [...output.matchAll(/Test unit written to (\S+)/g)].map(([, path]) => path);
      expect({ inputs, output: status === 0 ? '' : output }).toEqual({ inputs: [], output: '' });
      const [, executed = '0'] = /stat::number_of_executed_units: (\d+)/.exec(output) ?? [];
      process.stdout.write(`${target}: ${executed} inputs, ${readdirSync(corpus).length} in ${corpus}\n`);
      expect(Number(executed)).toBeGreaterThan(100);
    },
    (seconds + 300) * 1000,
  );
}
