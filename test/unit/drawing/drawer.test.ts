import { Drawer } from '../../../src/drawing/drawer.ts';

/** A worker as text; what it is given is `workerData`. */
const program = (text: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort, workerData } from 'node:worker_threads'; ${text}`)}`,
  );
const ECHO = program('parentPort.postMessage(`<svg>${workerData}</svg>`);');
const HANGS = program('setInterval(() => undefined, 1000);');

it('gives the graph, without addresses, to its worker, and the picture back', async () => {
  const drawer = new Drawer({ program: ECHO });
  expect(await drawer.draw('a_0x55aa')).toBe('<svg>a_1</svg>');
  expect(await drawer.draw('b')).toBe('<svg>b</svg>');
});

it('gives the worker nothing of the environment', async () => {
  process.env['A_SECRET_OF_THE_TEST'] = 'yes';
  const drawer = new Drawer({ program: program('parentPort.postMessage(JSON.stringify(process.env));') });
  expect(await drawer.draw('')).toBe('{}');
  delete process.env['A_SECRET_OF_THE_TEST'];
});

it('draws one at a time, and ends one that takes too long', async () => {
  const drawer = new Drawer({ program: HANGS, timeoutMs: 300 });
  const first = drawer.draw('a');
  await expect(drawer.draw('b')).rejects.toMatchObject({ code: 'admin-busy', retryAfter: 5 });
  await expect(first).rejects.toMatchObject({ code: 'admin-busy', detail: 'the picture takes too long' });
  // The place is free again.
  await expect(drawer.draw('c')).rejects.toMatchObject({ detail: 'the picture takes too long' });
});

it('gives up at its end', async () => {
  const drawer = new Drawer({ program: HANGS, timeoutMs: 60_000 });
  const drawn = drawer.draw('a');
  const refused = expect(drawn).rejects.toMatchObject({ code: 'admin-busy' });
  await drawer.close();
  await refused;
});

it('passes on what the worker throws', async () => {
  const drawer = new Drawer({ program: program('throw new RangeError("no graph");') });
  await expect(drawer.draw('a')).rejects.toThrow('no graph');
});
