// `npm test`: set-up, lint, type check and all suites, cheapest first. Every step runs, whatever failed before it.
//
//   npm test                       everything
//   npm test -- unit contract      only these of: lint, typecheck, unit, native, contract, e2e
//
// The last line is "tests: N passed, N failed" (", N skipped" where there are any), summed over the suites; a failed
// lint or type check counts as one failed test.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root, run, script, StepError } from './lib/run.mjs';
import { STEPS, sum, summary, tallyOf } from './lib/suites.mjs';

await script(async () => {
  const steps = chosen(process.argv.slice(2));
  run(process.execPath, ['scripts/setup.mjs', '--quiet'], { what: 'the set-up failed' });

  const tallies = [];
  for (const step of steps) {
    console.log(`\n== ${step.name}`);
    tallies.push({ step, tally: await perform(step) });
  }
  const failed = tallies.filter(({ tally }) => tally.failed > 0).map(({ step }) => step.name);
  if (failed.length > 0) console.log(`\nfailed: ${failed.join(', ')}`);
  console.log(`\n${summary(sum(tallies.map(({ tally }) => tally)))}`);
  if (failed.length > 0) process.exitCode = 1;
});

/** @param {readonly string[]} names */
function chosen(names) {
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) {
    throw new StepError(`no such step: ${unknown.join(', ')}. There are: ${STEPS.map((step) => step.name).join(', ')}`);
  }
  return names.length === 0 ? STEPS : STEPS.filter((step) => names.includes(step.name));
}

/**
 * @param {typeof STEPS[number]} step
 * @returns {Promise<import('./lib/suites.mjs').Tally>}
 */
async function perform(step) {
  if (!('jest' in step)) {
    const well = await runFor(step.minutes, 'npm', ['run', '--silent', step.name]);
    return { passed: 0, failed: well ? 0 : 1, skipped: 0 };
  }
  const report = join(root, `artifacts/jest-${step.name}.json`);
  mkdirSync(join(root, 'artifacts'), { recursive: true });
  rmSync(report, { force: true });
  const jest = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const well = await runFor(step.minutes, process.execPath, [
    ...jest,
    ...['--selectProjects', step.name, '--passWithNoTests', '--json', `--outputFile=${report}`, ...step.jest],
  ]);
  return tallyOf(readReport(report), well);
}

/**
 * @param {string} path
 * @returns {import('./lib/suites.mjs').JestReport | null}
 */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Runs a command with its output on the terminal. One that takes longer than its time is ended with its children, so
 * that a test that hangs fails instead of holding everything up.
 * @param {number} minutes
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<boolean>} whether it ended with status 0
 */
function runFor(minutes, command, args) {
  return new Promise((resolve) => {
    // A process group of its own, so that all of it can be ended.
    const child = spawn(command, args, { cwd: root, detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
    const interrupt = () => endGroup(child.pid, 'SIGTERM');
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    const timer = setTimeout(() => {
      console.error(`\n${command} took longer than ${minutes} minutes and is ended`);
      endGroup(child.pid, 'SIGKILL');
    }, minutes * 60_000);
    const done = (/** @type {boolean} */ well) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      resolve(well);
    };
    child.once('error', () => done(false));
    child.once('exit', (code) => done(code === 0));
  });
}

/**
 * @param {number | undefined} pid the leader of a process group that this script started
 * @param {'SIGTERM' | 'SIGKILL'} signal
 */
function endGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}
