import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from '../../../node-gst/test/support/programs.ts';
import type { SanitizedTree } from './tree.ts';

/** They compile programs without Node, which are run under sanitizers as such. */
const LEFT_OUT = '(programs|fuzzer|nice-transport).test';

/** Names of tests, each behind its file. */
export interface NativeTests {
  readonly passed: readonly string[];
  /** Also a file that could not be run. */
  readonly failed: readonly string[];
  /** For people. */
  readonly output: string;
}

interface Results {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** The tests of the addon, in one process that the sanitizer watches, with the processes that they start. */
export function nativeTests(tree: SanitizedTree, timeout: number): NativeTests {
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
    return { ...namesIn(JSON.parse(readFileSync(results, 'utf8')) as Results), output };
  } catch (error) {
    throw new Error(`it was ended in the middle:\n${output}`, { cause: error });
  }
}

function namesIn({ testResults }: Results): Omit<NativeTests, 'output'> {
  const each = testResults.flatMap(({ name, status, assertionResults }) => {
    const file = basename(name, '.test.ts');
    if (assertionResults.length === 0) return [{ name: file, hasPassed: status === 'passed' }];
    return assertionResults.map((test) => ({ name: `${file}: ${test.fullName}`, hasPassed: test.status === 'passed' }));
  });
  const names = (hasPassed: boolean): string[] =>
    each.filter((test) => test.hasPassed === hasPassed).map(({ name }) => name);
  return { passed: names(true), failed: names(false) };
}
