// `npm run test:conformance`: the profile (docs/profile.md) in Chromium and Firefox; some minutes.
//
//   npm run test:conformance                     the results as a table, and in artifacts/conformance.json
//   npm run test:conformance -- --write          the table in docs/conformance.md, too
//   npm run test:conformance -- -t P-22          as for jest
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { rowsOf, tableOf } from './lib/conformance.mjs';
import { root, run, script, StepError } from './lib/run.mjs';
import { JEST } from './lib/suites.mjs';

const LIMIT_MS = 20 * 60_000;
const REPORT = join(root, 'artifacts/jest-conformance.json');
/** What is for jest. */
const own = process.argv.slice(2).filter((arg) => arg !== '--write');
const PAGE = join(root, 'docs/conformance.md');

await script(() => {
  run(process.execPath, ['scripts/setup.mjs', '--quiet'], { what: 'the set-up failed' });
  const isGood = suite();
  const rows = rowsOf(JSON.parse(readFileSync(REPORT, 'utf8')));
  const versions = {
    Chromium: versionOf('/usr/bin/chromium'),
    Firefox: versionOf('/usr/bin/firefox-esr'),
  };
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(join(root, 'artifacts/conformance.json'), `${JSON.stringify({ date, versions, rows }, null, 2)}\n`);
  const table = tableOf(rows, versions);
  console.log(`\n${table}`);
  if (process.argv.includes('--write')) {
    const head = readFileSync(PAGE, 'utf8').replace(/^Measured on[^]*/m, '');
    writeFileSync(PAGE, `${head}Measured on ${date}.\n\n${table}\n`);
  }
  if (!isGood) process.exitCode = 1;
});

/** Whether all tests passed; throws where there is no report. */
function suite() {
  mkdirSync(join(root, 'artifacts'), { recursive: true });
  rmSync(REPORT, { force: true });
  const options = [
    '--selectProjects',
    'conformance',
    '--runInBand',
    '--forceExit',
    '--json',
    `--outputFile=${REPORT}`,
    ...own,
  ];
  const { status, error } = spawnSync(process.execPath, [...JEST, ...options], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: LIMIT_MS,
  });
  if (error !== undefined) throw new StepError(`the suite did not end: ${error.message}`);
  return status === 0;
}

/** @param {string} program */
function versionOf(program) {
  return /\d+(?:\.\d+)*/.exec(execFileSync(program, ['--version']).toString())?.[0] ?? 'of unknown version';
}
