/** Where RTP goes when ICE selects another pair while the path to the one before is being found. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, run, SRC } from './support/programs.ts';

const SOURCES = ['media/direct/nice_transport.cc', 'media/direct/udp_path.cc', 'media/session_rtcp.cc'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nice-transport-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('to the pair that was selected last', () => {
  const program = join(folder, 'program');
  const sources = [join(import.meta.dirname, 'support/nice-transport.cc'), ...SOURCES.map((file) => join(SRC, file))];
  compile(sources, program, ['nice', 'gstreamer-1.0']);
  expect(run(program, [])).toEqual({ status: 0, output: 'the second\n' });
}, 60_000);
