/** GStreamer's own log in JavaScript. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ADDON = fileURLToPath(new URL('../index.cjs', import.meta.url));

/** Runs it in a process of its own, for GST_DEBUG is read once; `gst` is the addon. What it prints as JSON comes back. */
const run = (code: string, env: Readonly<Record<string, string>>): { out: unknown; stderr: string } => {
  const program = `const gst = require(${JSON.stringify(ADDON)}); const got = []; let lost = 0;
    const listen = () => gst.onLog((lines, count) => { got.push(...lines); lost += count; });
    const settle = () => new Promise((resolve) => setTimeout(resolve, 100));
    (async () => { ${code} })();`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { out: JSON.parse(stdout), stderr };
};

interface Line {
  readonly level: string;
  readonly category: string;
  readonly object: string;
  readonly text: string;
}

test('brings what GST_DEBUG asks for, and nothing goes to standard error', () => {
  const { out, stderr } = run(
    `listen(); gst.init(); gst.make('fakesrc'); await settle(); console.log(JSON.stringify(got));`,
    { GST_DEBUG: 'GST_ELEMENT_FACTORY:4' },
  );
  const lines = out as Line[];
  expect(lines).toContainEqual({
    level: 'info',
    category: 'GST_ELEMENT_FACTORY',
    object: '',
    text: expect.stringContaining('"fakesrc"'),
  });
  expect(new Set(lines.map(({ category }) => category))).toEqual(new Set(['GST_ELEMENT_FACTORY']));
  expect(stderr).toBe('');
});

test('names the element that a line is about, or the element and its pad', () => {
  const { out } = run(
    `gst.init(); listen(); gst.parseLaunch('fakesrc name=a-name ! fakesink').dispose(); await settle();
     console.log(JSON.stringify(got));`,
    { GST_DEBUG: 'GST_ELEMENT_PADS:5,GST_PADS:6,GST_EVENT:6' },
  );
  const objects = (out as Line[]).map(({ object }) => object);
  expect(objects).toContain('a-name');
  expect(objects).toContain('a-name:src');
});

test('brings nothing without GST_DEBUG', () => {
  const { out } = run(
    `listen(); gst.init(); gst.make('webrtcbin'); await settle(); console.log(JSON.stringify(got));`,
    {
      GST_DEBUG: '',
    },
  );
  expect(out).toEqual([]);
});

test('what waits is bounded, and what is lost is counted', () => {
  const { out } = run(
    `gst.init(); listen();
     for (let i = 0; i < 400; i++) gst.parseLaunch('fakesrc ! fakesink').dispose();
     await settle(); console.log(JSON.stringify([got.length, lost]));`,
    { GST_DEBUG: 'GST_ELEMENT_PADS:5,GST_ELEMENT_FACTORY:5' },
  );
  const [lines, lost] = out as [number, number];
  expect(lines).toBeGreaterThanOrEqual(1000);
  expect(lost).toBeGreaterThan(100);
});

test('null ends it', () => {
  const { out } = run(
    `listen(); gst.init(); gst.onLog(null); gst.pipeline('a-name'); await settle(); console.log(JSON.stringify(got));`,
    { GST_DEBUG: '5' },
  );
  expect(out).toEqual([]);
});

test('a file that was asked for is written on', () => {
  const { stderr } = run(`listen(); gst.init(); gst.make('fakesrc'); await settle(); console.log('null');`, {
    GST_DEBUG: 'GST_ELEMENT_FACTORY:4',
    GST_DEBUG_FILE: '/dev/stderr',
  });
  expect(stderr).toContain('GST_ELEMENT_FACTORY');
});

test('takes a function or null', () => {
  const { out } = run(`try { gst.onLog('x'); } catch (error) { console.log(JSON.stringify(error.message)); }`, {});
  expect(out).toContain('onLog');
});
