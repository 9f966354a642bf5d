// What one client does or suffers, others in the call must not notice: the built service, real media on loopback.
import { jest } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../../node-gst/test/support.ts';
import { Caller } from '../support/caller.ts';
import { Callers, heardIn, hearsAll } from '../support/callers.ts';
import { ask } from '../support/client.ts';
import { ServiceProcess } from '../support/service-process.ts';

jest.setTimeout(90_000);

const NODE_GST = new URL('../../node-gst/index.cjs', import.meta.url).href;
const TOKEN = 'the-token-of-the-operator';
const leftovers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of leftovers.splice(0).reverse()) await end();
});

const start = async (env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> => {
  const service = await ServiceProcess.start({ ADMIN_TOKEN: TOKEN, ...env });
  leftovers.push(() => service.stop());
  return service;
};

const connect = async (service: ServiceProcess, userid: string): Promise<Caller> => {
  const callers = new Callers(service);
  leftovers.push(() => callers[Symbol.asyncDispose]());
  return callers.connect(userid);
};

const inCall = (service: ServiceProcess): Promise<[Caller, Caller]> => {
  const callers = new Callers(service);
  leftovers.push(() => callers[Symbol.asyncDispose]());
  return callers.inCall();
};

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('a publisher who sends more than he may is cut down to it, and the others hear each other as before', async () => {
  const service = await start({ MAX_PACKET_RATE: '200', MAX_BYTE_RATE: '100000' });
  const [ann, bob] = await inCall(service);
  const flooder = await connect(service, 'flooder');
  expect(await flooder.join('elsewhere')).toBe(200);
  const ear = await connect(service, 'ear');
  expect(await ear.join('elsewhere')).toBe(200);
  const flood = setInterval(() => {
    for (let i = 0; i < 40; i++) flooder.speak();
  }, 20);
  leftovers.push(() => {
    clearInterval(flood);
    return Promise.resolve();
  });
  await ear.hears();
  // The second's worth that was there at the beginning is used up.
  await wait(1_500);
  const before = { at: performance.now(), heard: await ear.heard(), said: flooder.said };
  await Promise.all([hearsAll(ann, bob), hearsAll(bob, ann), wait(2_000)]);
  const flooded = (await ear.heard()) - before.heard;
  // 200 a second, where up to 2000 are sent; a second's worth may have gathered while the machine was busy.
  expect(flooded).toBeGreaterThan(100);
  expect(flooded).toBeLessThan(200 * ((performance.now() - before.at) / 1000 + 1));
  expect(flooder.said - before.said).toBeGreaterThan(flooded * 1.5);
  const metrics = await ask(service.adminPort, '/metrics', { headers: { Authorization: `Bearer ${TOKEN}` } });
  expect(
    Number(/^webrtc_dropped_packets_total\{[^}]*reason="rate"[^}]*\} (\d+)/m.exec(metrics.body)?.[1]),
  ).toBeGreaterThan(1000);
  expect(service.output).not.toContain('"event":"peer-ended"');
});

test('a server that is full of connects refuses them, and who is in a call hears on', async () => {
  const service = await start({ MAX_PEERS: '3', CONNECT_RATE: '5' });
  const [ann, bob] = await inCall(service);
  const headers = { 'X-Proxy-Secret': service.secret };
  await connect(service, 'third');
  const hearing = hearsAll(ann, bob);
  const refusals = Array.from({ length: 30 }, (_, i) =>
    Caller.connect(service.port, `more-${i % 3}`, headers).then(
      () => 'in',
      (error: unknown) => String(error),
    ),
  );
  for (const refusal of await Promise.all(refusals))
    expect(refusal).toMatch(/refused with (?:503|429).*"code":"(?:full|connect-rate)"/);
  await hearing;
});

describe('a revoked permission', () => {
  let server: Server;
  beforeEach(async () => {
    server = createServer((_, response) => response.end());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterEach(() => new Promise((done) => server.close(done)));

  test('ends hearing and being heard within a second', async () => {
    const service = await start({ PERMISSIONS_HOST: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const [ann, bob] = await inCall(service);
    const carol = await connect(service, 'carol');
    expect(await carol.join('room')).toBe(200);
    await carol.hears();
    const started = performance.now();
    const reply = await ask(service.adminPort, '/permissions/revoked', {
      method: 'POST',
      headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ userid: 'ann', conversationid: 'room' }),
    });
    expect(reply.status).toBe(204);
    // What is on its way arrives; from then on nothing more, though both talk on, and Carol hears Bob.
    await wait(Math.max(0, 1_000 - (performance.now() - started)));
    const more = await Promise.all([heardIn(ann, 1_000), heardIn(bob, 1_000), hearsAll(carol, bob)]);
    expect(more.slice(0, 2)).toEqual([0, 0]);
  });
});

test('a fault of GStreamer in one peer ends that peer, and no other', async () => {
  const service = await start({ NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(BREAKING)}` });
  const [ann, bob] = await inCall(service);
  const hearing = Promise.all([hearsAll(ann, bob), hearsAll(bob, ann)]);
  await connect(service, 'victim');
  const ended = /"event":"peer-ended".*"userid":"victim".*"reason":"failed"/;
  await until('the victim has ended', () => ended.test(service.output) || service.output);
  await hearing;
  expect(service.output.match(/"event":"peer-ended"/g)).toHaveLength(1);
});

/** An element that fails, as one with a bug would, two seconds after the fifth: one to try, one to warm up, ann, bob. */
const BREAKING = `
  import gst from ${JSON.stringify(NODE_GST)};
  const { parseLaunch } = gst;
  let count = 0;
  gst.parseLaunch = (description) => {
    const pipeline = parseLaunch(description);
    if (description.includes('webrtcbin') && ++count === 5) setTimeout(() => {
      const broken = gst.parseBin('fakesrc ! identity error-after=2 ! fakesink');
      pipeline.add(broken);
      broken.setState('PLAYING').catch(() => undefined);
      globalThis.broken = broken;
    }, 2000);
    return pipeline;
  };`;
