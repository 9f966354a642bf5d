/** Where RTP goes when ICE selects another pair while the path to the one before is being found. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileNiceTransport, SECOND } from './support/nice-transport.ts';
import { run } from './support/programs.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nice-transport-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('to the pair that was selected last', () => {
  const program = join(folder, 'program');
  compileNiceTransport(program);
  expect(run(program, [])).toEqual({ status: 0, output: SECOND });
}, 60_000);
