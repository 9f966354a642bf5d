// Threads that let ICE select a pair, and one that sends: for the thread sanitizer, in a program without Node.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileNiceTransport, SECOND } from '../../node-gst/test/support/nice-transport.ts';
import { run } from '../../node-gst/test/support/programs.ts';
import { ENVIRONMENT, HELPERS, STARTED_BY } from '../support/sanitizers/sanitizers.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nice-transport-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('they agree about the path', () => {
  const [program, locks] = [
    join(folder, 'program'),
    join(import.meta.dirname, `../support/sanitizers/${HELPERS.thread}.cc`),
  ];
  compileNiceTransport(program, [locks], ['-O1', '-g', '-fsanitize=thread']);
  const [command, ...words] = [...STARTED_BY.thread, 'env', ...ENVIRONMENT, program];
  expect(run(command, words)).toEqual({ status: 0, output: SECOND });
}, 120_000);
