// `npm run test:bad-networks`: bad networks between the service and one client in Chromium, against test/bad-networks/rows.ts; twelve minutes.
//
//   npm run test:bad-networks                          the results as a table
//   npm run test:bad-networks -- --write               the table in docs/reliability.md, too
//   EGRESS=webrtcbin npm run test:bad-networks         with the other way for media
//   npm run test:bad-networks -- -t '10 %'             as for jest
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { tableOf, written } from './lib/bad-networks.mjs';
import { root, run, script, StepError } from './lib/run.mjs';
import { JEST } from './lib/suites.mjs';

const LIMIT_MS = 20 * 60_000;
const REPORT = join(root, 'artifacts/bad-networks.ndjson');
const PAGE = join(root, 'docs/reliability.md');
/** What is for jest. */
const own = process.argv.slice(2).filter((arg) => arg !== '--write');

await script(() => {
  run(process.execPath, ['scripts/setup.mjs', '--quiet'], { what: 'the set-up failed' });
  mkdirSync(join(root, 'artifacts'), { recursive: true });
  rmSync(REPORT, { force: true });
  const options = ['--selectProjects', 'bad-networks', '--runInBand', '--forceExit', ...own];
  const { status, error } = spawnSync(process.execPath, [...JEST, ...options], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, BAD_NETWORKS_REPORT: REPORT },
    timeout: LIMIT_MS,
  });
  if (error !== undefined) throw new StepError(`the suite did not end: ${error.message}`);
  const lines = existsSync(REPORT) ? readFileSync(REPORT, 'utf8').trim().split('\n') : [];
  const date = new Date().toISOString().slice(0, 10);
  const egress = process.env['EGRESS'] ?? 'direct';
  const measured = `Measured on ${date} with \`EGRESS=${egress}\`.\n\n${tableOf(lines.map((line) => JSON.parse(line)))}`;
  console.log(`\n${measured}`);
  if (process.argv.includes('--write')) writeFileSync(PAGE, written(readFileSync(PAGE, 'utf8'), measured));
  if (status !== 0) process.exitCode = 1;
});
