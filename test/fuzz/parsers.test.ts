// Everything that reads what comes from outside, alone: FUZZ_CASES inputs in all, of FUZZ_SEED.
import { jest } from '@jest/globals';
import { PARSERS, runParser } from '../support/fuzz/parsers.ts';
import { CASES, SEED } from '../support/fuzz/extent.ts';

jest.setTimeout(3_600_000);

const whole = PARSERS.reduce((sum, { share }) => sum + share, 0);

test.each(PARSERS)('$name', (parser) => {
  const cases = Math.ceil((CASES * parser.share) / whole);
  const { accepted } = runParser(parser, cases, SEED);
  process.stdout.write(`${parser.name}: ${cases} cases of seed ${SEED}, ${accepted} of them accepted\n`);
  expect(accepted / cases).toBeGreaterThan(parser.least);
});
