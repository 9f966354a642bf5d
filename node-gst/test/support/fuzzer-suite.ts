/** libFuzzer with ASan and UBSan on the addon's parsers, from `test/fuzz/corpus` on. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildFuzzer, fuzzTargets, runFuzzer } from './fuzzer.ts';

/** Builds the program once. @param seconds for each target */
export function fuzzerSuite(seconds: number): void {
  let program = '';
  beforeAll(() => void (program = buildFuzzer()), 900_000);
  afterAll(() => {
    if (program !== '') rmSync(dirname(program), { recursive: true });
  });

  test.each(fuzzTargets)(
    '%s',
    (target) => {
      const folder = join(dirname(program), target);
      mkdirSync(folder);
      const { status, output } = runFuzzer(program, target, seconds, folder);
      // The whole of it names the input, in base64.
      expect(status === 0 ? '' : output).toBe('');
      const [, executed = '0'] = /stat::number_of_executed_units: (\d+)/.exec(output) ?? [];
      process.stdout.write(`${target}: ${executed} inputs\n`);
      expect(Number(executed)).toBeGreaterThan(100);
    },
    (seconds + 300) * 1000,
  );
}
