// `npm test`: set-up, lint, type check and all suites, cheapest first. Every step runs, whatever failed before it.
//
//   npm test                       everything
//   npm test -- unit contract      only these of: lint, typecheck, unit, native, contract, e2e
//
// The last line is "tests: N passed, N failed" (", N skipped" where there are any), summed over the suites; a failed
// lint or type check counts as one failed test.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root, run, script } from './lib/run.mjs';
import { chosen, JEST, sum, summary, tallyOf } from './lib/suites.mjs';

/** What a suite may take to end after its report; one that does not end left something open. */
const END_MS = 15_000;

await script(async () => {
  const groups = chosen(process.argv.slice(2));
  run(process.execPath, ['scripts/setup.mjs', '--quiet'], { what: 'the set-up failed' });

  const tallies = [];
  for (const group of groups) {
    console.log(`\n== ${group.map(({ name }) => name).join(' and ')}`);
    const started = Date.now();
    tallies.push(...(await Promise.all(group.map(async (step) => ({ step, tally: await perform(step) })))));
    console.log(`== ${((Date.now() - started) / 60_000).toFixed(1)} minutes`);
  }
  const failed = tallies.filter(({ tally }) => tally.failed > 0).map(({ step }) => step.name);
  if (failed.length > 0) console.log(`\nfailed: ${failed.join(', ')}`);
  console.log(`\n${summary(sum(tallies.map(({ tally }) => tally)))}`);
  if (failed.length > 0) process.exitCode = 1;
});

/**
 * @param {import('./lib/suites.mjs').Step} step
 * @returns {Promise<import('./lib/suites.mjs').Tally>}
 */
async function perform(step) {
  if (!('suite' in step)) {
    const well = await runFor(step.minutes, 'npm', ['run', '--silent', step.name]);
    return { passed: 0, failed: well ? 0 : 1, skipped: 0 };
  }
  const report = join(root, `artifacts/jest-${step.name}.json`);
  mkdirSync(join(root, 'artifacts'), { recursive: true });
  rmSync(report, { force: true });
  const options = [
    '--selectProjects',
    step.suite,
    '--passWithNoTests',
    '--json',
    `--outputFile=${report}`,
    ...step.jest,
  ];
  // The report is the last thing that jest does.
  const well = await runFor(step.minutes, process.execPath, [...JEST, ...options], () => existsSync(report));
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
 * Runs a command with its output on the terminal. One that takes longer than its time, or does not end when it is done,
 * is ended with its children, so that a test that hangs fails instead of holding everything up.
 * @param {number} minutes
 * @param {string} command
 * @param {readonly string[]} args
 * @param {() => boolean} isDone
 * @returns {Promise<boolean>} whether it ended with status 0
 */
function runFor(minutes, command, args, isDone = () => false) {
  return new Promise((resolve) => {
    // A process group of its own, so that all of it can be ended.
    const child = spawn(command, args, { cwd: root, detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
    /** @type {NodeJS.Timeout | undefined} */
    let kill;
    const end = (/** @type {string} */ why) => {
      clearInterval(watch);
      if (why !== '') console.error(`\n${why}: it is ended`);
      // The first lets the tests close their browsers.
      endGroup(child.pid, 'SIGTERM');
      kill = setTimeout(() => endGroup(child.pid, 'SIGKILL'), 5_000);
    };
    const deadline = Date.now() + minutes * 60_000;
    let doneAt = Infinity;
    const watch = setInterval(() => {
      if (isDone()) doneAt = Math.min(doneAt, Date.now());
      if (Date.now() > deadline) end(`it takes longer than ${minutes} minutes`);
      else if (Date.now() > doneAt + END_MS) end('all tests are through, but something that they left open goes on');
    }, 1_000);
    const interrupt = () => end('');
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    const settle = (/** @type {boolean} */ well) => {
      clearInterval(watch);
      clearTimeout(kill);
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      resolve(well);
    };
    child.once('error', () => settle(false));
    child.once('exit', (code) => settle(code === 0));
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
