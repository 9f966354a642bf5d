import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../node-gst/test/support/programs.ts';
import type { SanitizedTree } from './tree.ts';

/** They compile programs without Node, which are run under sanitizers as such. */
const LEFT_OUT = '(programs|fuzzer).test';

/**
 * The tests of the addon, in one process that the sanitizer watches, with the processes that they start. Whether they pass
 * is seen by `npm test`: here some take longer than they allow.
 */
export function nativeTests(
  tree: SanitizedTree,
  timeout: number,
): { readonly output: string; readonly passed: number } {
  const results = join(tree.folder, 'native.json');
  const jest = [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--selectProjects',
    'native',
    '--runInBand',
  ];
  const told = ['--json', '--outputFile', results, '--testPathIgnorePatterns', LEFT_OUT];
  const { output } = run(tree.program, [...jest, ...told], { cwd: tree.folder, timeout, maxBuffer: 64 * 1024 * 1024 });
  try {
    const { numPassedTests } = JSON.parse(readFileSync(results, 'utf8')) as { readonly numPassedTests: number };
    return { output, passed: numPassedTests };
  } catch {
    // It was ended in the middle.
    return { output, passed: 0 };
  }
}
