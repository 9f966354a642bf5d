// The built service, its recorders with it, on an addon that is compiled for each sanitizer: that takes minutes. Those who
// call it are ordinary processes.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../node-gst/test/support/programs.ts';
import { SANITIZERS, type Sanitizer } from '../support/sanitizers/sanitizers.ts';
import { EGRESS, shortSoak, SOAK_MS } from '../support/sanitizers/short-soak.ts';
import { buildTree, compileLibrary, type SanitizedTree } from '../support/sanitizers/tree.ts';

const PLANTED = join(import.meta.dirname, '../support/sanitizers/planted.cc');
/** What is planted, and what the sanitizer must say of it. */
const PLANTS: Readonly<Record<Sanitizer, readonly (readonly [planted: string, report: RegExp])[]>> = {
  'address,undefined': [
    ['use after free', /heap-use-after-free.* UseAfterFree/s],
    ['overflow', /signed integer overflow/],
  ],
  thread: [
    ['race', /data race.* Race\(\)/s],
    ['hand-over', /^$/],
  ],
};

describe.each(SANITIZERS)('%s', (sanitizer) => {
  let tree: SanitizedTree | null = null;
  beforeAll(() => void (tree = buildTree(sanitizer)), 1_800_000);
  afterAll(() => {
    if (tree !== null) rmSync(tree.folder, { recursive: true });
  });

  // As the service is started: otherwise an empty report would say nothing.
  it.each(PLANTS[sanitizer])('what is planted: %s', (planted, report) => {
    const library = join(tree!.folder, 'planted.node');
    compileLibrary(PLANTED, library, [`-fsanitize=${sanitizer}`]);
    // Once it is loaded, Node says that it is no addon.
    const load = ['-e', `try { process.dlopen({ exports: {} }, '${library}'); } catch {}`];
    const { output } = run(tree!.program, load, { env: { ...process.env, PLANTED: planted } });
    expect(tree!.takeReports()).toMatch(report);
    expect(output).toBe('');
  });

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
