/** Where libnice gets its random numbers: not from GnuTLS, which keeps something of each thread that draws one. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './support/programs.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nice-random-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('from this addon', () => {
  const script = `import 'node-gst';`;
  const env = { ...process.env, LD_BIND_NOW: '1', LD_DEBUG: 'bindings', LD_DEBUG_OUTPUT: join(folder, 'bindings') };
  const cwd = import.meta.dirname;
  expect(run(process.execPath, ['--input-type=module', '-e', script], { env, cwd })).toEqual({ status: 0, output: '' });
  const bindings = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const bound = bindings.join('').match(/binding file \S*libnice\S* \[0\] to \S+ \[0\]: normal symbol `gnutls_rnd'/g);
  expect(bound).toEqual([expect.stringMatching(/ to \S*node_gst\.node /)]);
});
