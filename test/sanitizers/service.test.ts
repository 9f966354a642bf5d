// The built service, its recorders with it, on an addon that is compiled for each sanitizer: that takes minutes. Those who
// call it are ordinary processes.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../node-gst/test/support/programs.ts';
import { SANITIZERS, type Sanitizer } from '../support/sanitizers/sanitizers.ts';
import { nativeTests } from '../support/sanitizers/native-tests.ts';
import { EGRESS, shortSoak, SOAK_MS } from '../support/sanitizers/short-soak.ts';
import { buildTree, compileLibrary, type SanitizedTree } from '../support/sanitizers/tree.ts';

const PLANTED = join(import.meta.dirname, '../support/sanitizers/planted.cc');
/** What is planted, and what the sanitizer must say of it. */
const PLANTS: Readonly<Record<Sanitizer, readonly (readonly [name: string, report: RegExp])[]>> = {
  'address,undefined': [
    ['use after free', /heap-use-after-free.* UseAfterFree /s],
    ['use of a slice after free', /heap-use-after-free.* UseSliceAfterFree /s],
    ['overflow', /signed integer overflow/],
  ],
  thread: [
    ['race', /data race.* Race /s],
    ['race of copies', /data race.*\(planted\.node\+/s],
    ['hand-over', /^$/],
    ['promise', /^$/],
  ],
};
const PLANT_MS = 20_000;
/** Of some 500 that the addon has; those that fail here have a time in them. */
const LEAST_PASSED = 450;
const NATIVE_MS = 1_800_000;

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

  // As the service is started: otherwise an empty report would say nothing.
  it.each(PLANTS[sanitizer])('what is planted: %s', (name, report) => {
    const options = { env: { ...process.env, PLANTED: name }, timeout: PLANT_MS };
    const { status, output } = run(tree!.program, ['-e', `require('${planted}')`], options);
    expect([typeof status, output]).toEqual(['number', '']);
    expect(tree!.takeReports()).toMatch(report);
  });

  it(
    'the tests of the addon: nothing is reported',
    () => {
      const { output, passed } = nativeTests(tree!, NATIVE_MS);
      expect(tree!.takeReports()).toBe('');
      expect([passed > LEAST_PASSED, output]).toEqual([true, expect.anything()]);
    },
    NATIVE_MS + 10_000,
  );

  it.each(EGRESS)(
    'two rounds with EGRESS=%s: nothing is reported',
    (egress) => {
      const soak = shortSoak(tree!.program, tree!.folder, egress);
      expect(tree!.takeReports()).toBe('');
      expect([soak.badEnd, soak.output]).toEqual(['', expect.anything()]);
      expect(soak.heard).toBeGreaterThan(100);
      expect(soak.recordings).toBeGreaterThan(0);
    },
    SOAK_MS + 10_000,
  );
});
