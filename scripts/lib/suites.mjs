// What `npm test` runs, and how results are added up.
import { StepError } from './run.mjs';

/** End-to-end tests that measure time or have pictures to keep up with, which another browser beside them would disturb. */
const MEASURING = 'e2e/(lip-sync|loss|recording|video-switch)\\.';

/**
 * Cheapest first; each inner list runs side by side. `suite`: a project of jest.config.mjs; a step without is a command
 * whose failure counts as one failed test. `minutes`: what takes longer hangs, however busy the machine is.
 */
export const GROUPS = /** @type {const} */ ([
  [
    { name: 'lint', minutes: 5 },
    { name: 'typecheck', minutes: 5 },
  ],
  [{ name: 'unit', minutes: 10, suite: 'unit', jest: ['--maxWorkers=2'] }],
  [{ name: 'native', minutes: 10, suite: 'native', jest: ['--maxWorkers=2'] }],
  [{ name: 'contract', minutes: 15, suite: 'contract', jest: ['--maxWorkers=2'] }],
  [{ name: 'e2e', minutes: 15, suite: 'e2e', jest: ['--maxWorkers=2', `--testPathIgnorePatterns=${MEASURING}`] }],
  [{ name: 'e2e-alone', minutes: 10, suite: 'e2e', jest: ['--runInBand', `--testPathPatterns=${MEASURING}`] }],
]);

/** @typedef {typeof GROUPS[number][number]} Step */

/**
 * The steps of these names, in their groups; all where there is none. The name of a suite stands for all of its steps.
 * @param {readonly string[]} names
 * @returns {Step[][]}
 */
export function chosen(names) {
  /** @param {Step} step */
  const namesOf = (step) => [step.name, ...('suite' in step ? [step.suite] : [])];
  const all = [...new Set(GROUPS.flat().flatMap(namesOf))];
  const unknown = names.filter((name) => !all.some((known) => known === name));
  if (unknown.length > 0) throw new StepError(`no such step: ${unknown.join(', ')}. There are: ${all.join(', ')}`);
  return GROUPS.map((group) =>
    group.filter((step) => names.length === 0 || namesOf(step).some((name) => names.includes(name))),
  ).filter((group) => group.length > 0);
}

/** What Node is started with to run jest. */
export const JEST = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 * @typedef {{
 *   success: boolean, numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   numRuntimeErrorTestSuites: number
 * }} JestReport the part of jest's --json that is read
 */

/**
 * A file that could not be run at all has no failed test in jest's report: it counts as one. So does a run that ended
 * badly for any other reason, or left no report: never is a failure reported as "0 failed".
 * @param {JestReport | null} report
 * @param {boolean} exitedWell
 * @returns {Tally}
 */
export function tallyOf(report, exitedWell) {
  const failed = (report?.numFailedTests ?? 0) + (report?.numRuntimeErrorTestSuites ?? 0);
  const good = exitedWell && report?.success === true;
  return {
    passed: report?.numPassedTests ?? 0,
    failed: failed === 0 && !good ? 1 : failed,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
}

/**
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
export function sum(tallies) {
  return {
    passed: tallies.reduce((total, tally) => total + tally.passed, 0),
    failed: tallies.reduce((total, tally) => total + tally.failed, 0),
    skipped: tallies.reduce((total, tally) => total + tally.skipped, 0),
  };
}

/**
 * @param {Tally} tally
 * @returns {string}
 */
export function summary({ passed, failed, skipped }) {
  return `tests: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
