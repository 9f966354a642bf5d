import { readdirSync } from 'node:fs';
import { chosen, sum, summary, tallyOf } from '../../../scripts/lib/suites.mjs';

const report = {
  success: true,
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

describe('adding up what the suites report', () => {
  it('counts what passed', () => {
    expect(tallyOf(report, true)).toEqual({ passed: 5, failed: 0, skipped: 0 });
  });

  it('counts failed tests, and a file that could not be run as one', () => {
    const bad = { ...report, success: false, numFailedTests: 2, numRuntimeErrorTestSuites: 1 };
    expect(tallyOf(bad, false).failed).toBe(3);
  });

  it('never calls a bad end "0 failed"', () => {
    expect(tallyOf(report, false).failed).toBe(1);
    expect(tallyOf({ ...report, success: false }, true).failed).toBe(1);
    expect(tallyOf(null, true).failed).toBe(1);
    expect(tallyOf(null, false).failed).toBe(1);
  });

  it('counts skipped and to-do tests together', () => {
    expect(tallyOf({ ...report, numPendingTests: 1, numTodoTests: 2 }, true).skipped).toBe(3);
  });

  it('sums, and writes one line', () => {
    const total = sum([
      { passed: 5, failed: 0, skipped: 0 },
      { passed: 2, failed: 1, skipped: 0 },
    ]);
    expect(summary(total)).toBe('tests: 7 passed, 1 failed');
    expect(summary({ passed: 1, failed: 0, skipped: 2 })).toBe('tests: 1 passed, 0 failed, 2 skipped');
  });
});

describe('the steps', () => {
  const namesIn = (names: readonly string[]): string[][] => chosen(names).map((group) => group.map(({ name }) => name));

  it('are in the order of their cost, the first two side by side', () => {
    expect(namesIn([])).toEqual([['lint', 'typecheck'], ['unit'], ['native'], ['contract'], ['e2e'], ['e2e-alone']]);
  });

  it('can be chosen; a suite is all of its steps', () => {
    expect(namesIn(['e2e', 'lint'])).toEqual([['lint'], ['e2e'], ['e2e-alone']]);
    expect(namesIn(['e2e-alone'])).toEqual([['e2e-alone']]);
    expect(() => chosen(['unit', 'units'])).toThrow('no such step: units. There are: lint, typecheck, unit, ');
  });

  it('take each end-to-end test in one of two, the named ones alone', () => {
    const files = readdirSync(new URL('../../e2e', import.meta.url)).map((name) => `test/e2e/${name}`);
    const patterns = chosen(['e2e']).map(([step]) =>
      step !== undefined && 'suite' in step
        ? step.jest.flatMap((option) => /^--testPath(?:Ignore)?Patterns=(.*)$/.exec(option)?.[1] ?? [])
        : [],
    );
    expect(patterns[0]).toEqual(patterns[1]);
    const alone = files.filter((path) => new RegExp(patterns[0]?.[0] ?? '').test(path));
    expect(alone.sort()).toEqual(
      ['lip-sync', 'loss', 'recording', 'video-switch'].map((name) => `test/e2e/${name}.test.ts`),
    );
  });
});
