// The system gives no more threads. That of open files, which takes longer, is in test/faults.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { runOut } from '../../support/run-out.ts';

jest.setTimeout(120_000);

// The kernel holds root to no limit of processes.
const isRoot = process.getuid?.() === 0;
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
(isRoot ? test : test.skip)(
  `threads run out${isRoot ? '' : ' (skipped: only root can become somebody else)'}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'threads-'));
    chmodSync(folder, 0o777);
    const env = { HOME: folder, RECORDINGS_DIR: join(folder, 'recordings') };
    await runOut('threads', env, ['prlimit', '--nproc=240:240', ...NOBODY]);
    rmSync(folder, { recursive: true });
  },
);
