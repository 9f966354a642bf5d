/** Ends: of processes with live pipelines, of workers in the midst of everything. Each runs in a process of its own. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';

jest.setTimeout(60_000);

interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** libnice brings GUPnP along, which complains where another process has the port that it has chosen. */
const GUPNP = /^\n?\(node:\d+\): gupnp-.*\n/gm;

/** Runs an ES module text in a fresh Node, killed after 30 s. */
function run(script: string, env: NodeJS.ProcessEnv = process.env): Promise<Ending> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: new URL('..', import.meta.url),
    env,
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, out, err: err.replace(GUPNP, '') });
    });
  });
}

/** Everything alive at once: a fast streaming thread with callbacks, a webrtcbin that gathers, a bus listener. */
const LIVE = `
  import { init, parseLaunch, pipeline, make } from 'node-gst';
  init();
  const line = parseLaunch('fakesrc ! identity sleep-time=500 ! fakesink name=sink async=false sync=false signal-handoffs=true');
  const sink = line.byName('sink');
  let handoffs = 0;
  const first = new Promise((resolve) => sink.on('handoff', () => (++handoffs, resolve())));
  const peer = pipeline('peer');
  const bin = make('webrtcbin');
  peer.add(bin);
  peer.onBus(() => undefined);
  const alive = setInterval(() => undefined, 1000); // a callback alone is no reason to wait
  await Promise.all([line.setState('PLAYING'), peer.setState('PLAYING'), first]);
  clearInterval(alive);
  bin.emit('create-data-channel', 'events', null);
  const { offer } = await bin.emitPromise('create-offer', null);
  await bin.emitPromise('set-local-description', offer);
  console.log('live');
`;

const clean = { code: 0, signal: null, out: 'live\n', err: '' };

test.each([
  [undefined, 'always-malloc'],
  ['debug-blocks', 'debug-blocks'],
])('where G_SLICE is %s, it is %s when the addon is loaded', async (given, found) => {
  // GLib reads it when the loader brings it in.
  const script = `
    const { dlopen } = process;
    process.dlopen = (...args) => { console.log(process.env.G_SLICE); return dlopen.apply(process, args); };
    await import('node-gst');
  `;
  const env = { ...process.env, G_SLICE: given };
  expect(await run(script, env)).toMatchObject({ code: 0, out: `${found}\n` });
});

test('a process with live pipelines ends by itself', async () => {
  expect(await run(LIVE)).toEqual(clean);
});

test('a promise keeps the process until its answer, a callback does not', async () => {
  const script = `
    import { init, pipeline, make } from 'node-gst';
    init();
    const peer = pipeline('peer');
    const bin = make('webrtcbin');
    peer.add(bin);
    bin.on('pad-added', () => undefined);
    peer.setState('PLAYING').then(() => {
      bin.emit('create-data-channel', 'events', null);
      bin.emitPromise('create-offer', null).then(({ offer }) => console.log(offer.type));
    });
  `;
  expect(await run(script)).toEqual({ ...clean, out: 'offer\n' });
});

test('process.exit() stops live pipelines: what they hold is written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'node-gst-'));
  const file = join(folder, 'out');
  const script = `${LIVE}
    const writer = parseLaunch('fakesrc sizetype=fixed sizemax=10 ! identity name=tap sleep-time=1000 signal-handoffs=true ! filesink location=${file} buffer-mode=full');
    let left = 20;
    const tap = writer.byName('tap');
    const enough = new Promise((resolve) => tap.on('handoff', () => --left === 0 && resolve()));
    const busy = setInterval(() => undefined, 1000);
    await writer.setState('PLAYING');
    await enough;
    console.log(statSync(${JSON.stringify(file)}).size);
    process.exit(7);
  `;
  const ending = await run(`import { statSync } from 'node:fs'; ${script}`);
  const { size } = statSync(file);
  rmSync(folder, { recursive: true });
  expect(ending).toEqual({ ...clean, code: 7, out: 'live\n0\n' });
  expect(size).toBeGreaterThanOrEqual(190);
});

test('process.exit() with a promise and a state change in flight', async () => {
  const script = `${LIVE}
    void bin.emitPromise('get-stats', null);
    void line.setState('NULL');
    void line.setState('PLAYING');
    process.exit(7);
  `;
  expect(await run(script)).toEqual({ ...clean, code: 7 });
});

test('what a callback throws ends the process as any uncaught exception', async () => {
  const { code, signal, err } = await run(
    `${LIVE} sink.on('handoff', () => { throw new Error('on purpose'); }); setInterval(() => undefined, 1000);`,
  );
  expect({ code, signal }).toEqual({ code: 1, signal: null });
  expect(err).toMatch(/Error: on purpose/);
  expect(err).not.toMatch(/DEP0168/);
});

const WORKERS = `
  import { Worker } from 'node:worker_threads';
  import { readFileSync, readdirSync } from 'node:fs';
  const live = ${JSON.stringify(LIVE)} + "import { parentPort } from 'node:worker_threads'; parentPort.postMessage('live');";
  const moduleOf = (text) => new URL('data:text/javascript,' + encodeURIComponent(text.replaceAll("'node-gst'", JSON.stringify(import.meta.resolve('node-gst')))));
  const start = (end) => new Promise((resolve, reject) => {
    const worker = new Worker(moduleOf(live + end), { stdout: true });
    const ended = new Promise((done) => worker.once('exit', done));
    worker.once('error', reject);
    worker.once('message', () => resolve({ worker, ended }));
  });
  const threads = () => readdirSync('/proc/self/task').length;
  const settled = async (limit) => {
    const deadline = Date.now() + 20_000;
    while (threads() > limit && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    return threads() <= limit || threads() + ' threads, not ' + limit;
  };
`;

test('workers use it side by side and are terminated in the midst', async () => {
  const script = `${WORKERS}
    const first = await start('');
    await first.worker.terminate();
    const before = threads();
    const workers = await Promise.all(Array.from({ length: 5 }, () => start(\`
      const storm = () => { void bin.emitPromise('get-stats', null); void line.setState('PAUSED'); void line.setState('PLAYING'); setImmediate(storm); };
      storm();
    \`)));
    await Promise.all(workers.map(({ worker }) => worker.terminate()));
    console.log(await settled(before));
  `;
  expect(await run(script)).toEqual({ ...clean, out: 'true\n' });
});

test('workers end by themselves, and by their own process.exit()', async () => {
  const script = `${WORKERS}
    const first = await start('');
    await first.ended;
    const before = threads();
    for (let i = 0; i < 3; ++i) {
      const { ended } = await start(i === 1 ? 'process.exit(3)' : '');
      console.log(await ended);
    }
    console.log(await settled(before));
    console.log(readFileSync('/proc/self/maps', 'utf8').includes('node_gst.node'));
  `;
  // Still mapped: GStreamer may hold pointers to its functions.
  expect(await run(script)).toEqual({ ...clean, out: '0\n3\n0\ntrue\ntrue\n' });
});

test('a worker that ends in a callback gives up what the next ones would have been called with', async () => {
  // A pipeline has descriptors, so it is seen whether it is freed.
  const worker = `
    import { init, make, pipeline } from 'node-gst';
    init();
    const [writer, line] = [make('splitmuxsink'), pipeline()];
    writer.on('notify::sink', () => process.exit(3));
    for (let n = 0; n < 2; n++) writer.set('sink', line);
    setInterval(() => undefined, 1000);
  `;
  const script = `${WORKERS}
    import { once } from 'node:events';
    const end = () => once(new Worker(moduleOf(${JSON.stringify(worker)})), 'exit');
    const files = () => readdirSync('/proc/self/fd').length;
    await end();
    const before = files();
    for (let i = 0; i < 3; ++i) console.log(...(await end()), files() - before);
  `;
  expect(await run(script)).toEqual({ ...clean, out: '3 0\n3 0\n3 0\n' });
});

test('the main thread exits while workers are live', async () => {
  const script = `${WORKERS}
    await Promise.all([start('setInterval(() => undefined, 1000)'), start('')]);
    process.exit(5);
  `;
  expect(await run(script)).toEqual({ ...clean, code: 5, out: '' });
});

test('an addon that was not built says how to build it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'node-gst-'));
  copyFileSync(new URL('../index.cjs', import.meta.url), join(folder, 'index.cjs'));
  const { code, err } = await run(`await import(${JSON.stringify(join(folder, 'index.cjs'))})`);
  rmSync(folder, { recursive: true });
  expect(code).toBe(1);
  expect(err).toMatch(/cannot be loaded; build it with "npm run build -w node-gst"/);
});

test('memory that nobody uses any more is given back', async () => {
  const script = `
    import { setImmediate as turn } from 'node:timers/promises';
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext } from 'node:vm';
    import { init, make, trimMemory } from 'node-gst';
    init();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    for (const element of Array.from({ length: 8_000 }, () => make('fakesink'))) element.dispose();
    for (let times = 0; times < 3; times++) {
      collect();
      await turn();
    }
    const before = process.memoryUsage.rss();
    trimMemory();
    console.log(before - process.memoryUsage.rss());
  `;
  const { code, out, err } = await run(script);
  expect([code, err]).toEqual([0, '']);
  expect(Number(out)).toBeGreaterThan(5_000_000);
});
