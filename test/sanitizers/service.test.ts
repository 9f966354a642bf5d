// The built service, its recorders with it, on an addon that is compiled for each sanitizer: that takes minutes. Those who
// call it are ordinary processes.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../node-gst/test/support/programs.ts';
import { asRecorder } from '../support/sanitizers/copy.ts';
import { SANITIZERS, type Sanitizer } from '../support/sanitizers/sanitizers.ts';
import { nativeTests } from '../support/sanitizers/native-tests.ts';
import { EGRESS, shortSoak, SOAK_MS } from '../support/sanitizers/short-soak.ts';
import { EXCUSED } from '../support/sanitizers/excused.ts';
import { buildTree, compileLibrary, type SanitizedTree } from '../support/sanitizers/tree.ts';

const PLANTED = join(import.meta.dirname, '../support/sanitizers/planted.cc');
/** What is planted, and what the sanitizer must say of it. */
const PLANTS: Readonly<Record<Sanitizer, readonly (readonly [name: string, report: RegExp])[]>> = {
  'address,undefined': [
    ['use after free', /heap-use-after-free.* UseAfterFree /s],
    ['use of a slice after free', /heap-use-after-free.* UseSliceAfterFree /s],
    ['overflow', /signed integer overflow/],
    ['leak', /leak of.* Leak /s],
    ['leak of text', /leak of.* g_strdup .* LeakOfText /s],
    ['nothing', /^$/],
  ],
  thread: [
    ['race', /data race.* Race /s],
    ['race of copies', /data race.*\(planted\.node\+/s],
    ['hand-over', /^$/],
    ['promise', /^$/],
  ],
};
const PLANT_MS = 60_000;
/** What the compiler has the addon call. */
const CALLS: Readonly<Record<Sanitizer, readonly RegExp[]>> = {
  'address,undefined': [/ __asan_report_load/, / __ubsan_handle_/],
  thread: [/ __tsan_read/, / __tsan_write/],
};
const NATIVE_MS = 1_800_000;
const RECORDER = '/recording/child/main.js';

describe.each(SANITIZERS)('%s', (sanitizer) => {
  let tree: SanitizedTree | null = null;
  let planted = '';
  beforeAll(() => {
    tree = buildTree(sanitizer);
    planted = join(tree.folder, 'planted.node');
    compileLibrary(PLANTED, planted, [`-fsanitize=${sanitizer}`]);
  }, 1_800_000);
  afterAll(() => {
    if (tree !== null) rmSync(tree.folder, { recursive: true });
  });

  it('the addon is compiled for it', () => {
    const { output } = run('nm', ['--dynamic', '--undefined-only', tree!.addon]);
    for (const call of CALLS[sanitizer]) expect(output).toMatch(call);
  });

  // As those are started: otherwise an empty report would say nothing.
  describe.each([
    ['the service', (_: string, code: string) => ['--eval', code]],
    ['a recorder', asRecorder],
  ])('what is planted in %s', (_, words) => {
    it.each(PLANTS[sanitizer])('%s', (name, report) => {
      const code = `process.env.PLANTED = '${name}'; require('${planted}')`;
      const { status, output } = run(tree!.program, words(tree!.folder, code), { timeout: PLANT_MS });
      expect([typeof status, output]).toEqual(['number', '']);
      expect(tree!.takeReports()).toMatch(report);
    });
  });

  it(
    'the tests of the addon: nothing is reported, and those fail at most that are excused',
    () => {
      const { output, passed, failed } = nativeTests(tree!, NATIVE_MS);
      expect(tree!.takeReports()).toBe('');
      const excused = Object.keys(EXCUSED);
      expect([failed.filter((name) => !excused.includes(name)), output]).toEqual([[], expect.anything()]);
      // Whoever renames one takes it along.
      expect(excused.filter((name) => ![...passed, ...failed].includes(name))).toEqual([]);
    },
    NATIVE_MS + 10_000,
  );

  it.each(EGRESS)(
    'two rounds with EGRESS=%s: nothing is reported',
    (egress) => {
      tree!.takeProcesses();
      const soak = shortSoak(tree!.program, tree!.folder, egress);
      expect(tree!.takeReports()).toBe('');
      expect([soak.badEnd, soak.output]).toEqual(['', expect.anything()]);
      expect(soak.heard).toBeGreaterThan(100);
      expect([soak.recordings > 0, soak.output]).toEqual([true, expect.anything()]);
      const recorders = tree!.takeProcesses().filter(({ program }) => program?.endsWith(RECORDER));
      const needed = [tree!.addon, ...tree!.libraries];
      expect(recorders.map(({ mapped }) => needed.filter((file) => !mapped.includes(file)))).toEqual(
        recorders.map(() => []),
      );
      expect(recorders.length).toBeGreaterThanOrEqual(soak.recordings);
    },
    SOAK_MS + 10_000,
  );
});
