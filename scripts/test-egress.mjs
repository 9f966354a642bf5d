// `npm run test:egress`: what both ways that media can leave must do alike, with one and then with the other; half an hour.
//
//   npm run test:egress                                 both
//   EGRESS=direct npm run test:egress                   one
//   npm run test:egress -- --testPathPatterns lossy     as for jest
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { root, run, script } from './lib/run.mjs';
import { JEST } from './lib/suites.mjs';

const BOTH = ['webrtcbin', 'direct'];
/** Beside `test/egress`: the end-to-end tests that depend on how media leaves. */
const ALSO = 'e2e/(abuse|bystanders|conversation|lip-sync|loss|publishers|rounds|video-switch)';

await script(() => {
  const { EGRESS: chosen } = process.env;
  const own = process.argv.slice(2);
  run(process.execPath, ['scripts/setup.mjs', '--quiet'], { what: 'the set-up failed' });
  const failed = (chosen === undefined ? BOTH : [chosen]).filter((egress) => {
    console.log(`\n== ${egress}`);
    const which = own.length > 0 ? own : ['--testPathPatterns', 'test/egress/', ALSO];
    const options = ['--selectProjects', 'egress', 'e2e', '--runInBand', '--forceExit', ...which];
    const env = { ...process.env, EGRESS: egress };
    return spawnSync(process.execPath, [...JEST, ...options], { cwd: root, stdio: 'inherit', env }).status !== 0;
  });
  if (failed.length === 0) return;
  console.log(`\nfailed with: ${failed.join(', ')}`);
  process.exitCode = 1;
});
