// The end of the process, as clients see it.
import { connect } from 'node:net';
import { once } from 'node:events';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config/config.ts';
import { FakeMediaPlane } from '../../src/media/fake/plane.ts';
import { ask, askRaw, claim, handshake } from '../support/client.ts';
import { recordingReporter } from '../support/recording-reporter.ts';
import { OFFER, startService, stopServices, until } from '../support/service.ts';

afterEach(stopServices);

test('every socket is told 1001, every peer says bye, everything is freed and no timer is left', async () => {
  const service = await startService();
  const waiting = await service.open('waiting');
  const pending = await service.answered('pending');
  const established = await service.connected('established');
  const channel = established.openChannel();
  await service.join('established', 'room');
  await service.join('absent', 'room');
  const closing = service.app.close();
  expect(await waiting.closed).toMatchObject({ code: 1001, reason: expect.stringMatching(/^draining: /) });
  expect(await pending.client.closed).toMatchObject({ code: 1001 });
  await closing;
  expect([pending.peer.closeReason, established.closeReason]).toEqual(['shutdown', 'shutdown']);
  expect(channel.sent.at(-1)).toBe(JSON.stringify({ type: 'bye', reason: 'shutdown' }));
  expect(service.plane.openPeers).toBe(0);
  expect(service.plane.openGraphs).toBe(0);
  expect(service.app.counts).toEqual({ sockets: 0, waiting: 0, peers: 0, channels: 0, joins: 0, conversations: 0 });
  expect(service.clock.timers).toBe(0);
});

test('an answer in the making is waited for, and its client is told 1001', async () => {
  const service = await startService();
  const { client, release } = await service.answering('me');
  const closing = service.app.close();
  expect(await client.closed).toMatchObject({ code: 1001 });
  expect(service.plane.openPeers).toBe(1);
  release();
  await closing;
  expect(service.plane.openPeers).toBe(0);
});

test('nobody gets in any more', async () => {
  const service = await startService();
  await service.app.close();
  await expect(ask(service.port, '/join/a', { method: 'POST', headers: claim('me') })).rejects.toThrow('ECONNREFUSED');
  expect(service.app.address).toBeNull();
});

test('one that never listened ends without a word', async () => {
  const { reporter, events } = recordingReporter();
  const config = parseConfig({ LISTEN: '127.0.0.1:0' });
  const app = await createApp(config, { plane: new FakeMediaPlane(), reporter });
  await app.close();
  expect(events).toEqual([]);
});

test('says what it does', async () => {
  const service = await startService();
  const admin = `127.0.0.1:${service.app.adminAddress?.port ?? 0}`;
  void service.app.drain();
  void service.app.drain();
  await service.app.close();
  expect(service.events.map(({ name }) => name)).toEqual(['server-listening', 'server-draining', 'server-closed']);
  expect(service.reported('server-listening')).toEqual([{ address: `127.0.0.1:${service.port}`, admin }]);
});

test('twice is once', async () => {
  const service = await startService();
  const first = service.app.close();
  expect(service.app.close()).toBe(first);
  await first;
  await service.app[Symbol.asyncDispose]();
});

test('idle and half-sent connections do not hold it up', async () => {
  const service = await startService();
  const idle = connect(service.port, '127.0.0.1');
  const half = connect(service.port, '127.0.0.1');
  await Promise.all([once(idle, 'connect'), once(half, 'connect')]);
  half.write('POST /join/a HTTP/1.1\r\nHost: x\r\n');
  await askRaw(service.port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const ends = Promise.all([once(idle, 'close'), once(half, 'close')]);
  await service.app.close();
  await ends;
});

test('a client that never answers the close frame does not hold it up', async () => {
  const service = await startService({ overrides: { sessions: { closeGrace: 50 } } });
  const silent = askRaw(service.port, handshake(claim('me')));
  await until(() => service.app.counts.waiting === 1, 'the socket');
  await service.app.close();
  expect(await silent).toContain('draining');
});

test('draining keeps who is there and lets nobody in', async () => {
  const service = await startService();
  const late = await service.open('late');
  const peer = await service.connected('me');
  void service.app.drain();
  expect((await service.refused(claim('you'))).status).toBe(503);
  late.socket.send(OFFER);
  expect(await late.closed).toMatchObject({ code: 1001 });
  expect(peer.closeReason).toBeNull();
});

describe('draining with time for conversations', () => {
  const settled = async (promise: Promise<void>): Promise<boolean> => {
    let isSettled = false;
    void promise.then(() => (isSettled = true));
    await new Promise((resolve) => setImmediate(resolve));
    return isSettled;
  };

  /** Two users in a conversation each, and one in none. */
  const inCalls = async () => {
    const service = await startService({ env: { DRAIN_TIMEOUT: '60' } });
    const [ann, bob] = [await service.connected('ann'), await service.connected('bob')];
    await service.connected('alone');
    await service.join('ann', 'a');
    await service.join('bob', 'b');
    await service.join('absent', 'c');
    return { service, ann, bob, drained: service.app.drain() };
  };

  test('it waits for the last conversation that has somebody in it', async () => {
    const { service, ann, bob, drained } = await inCalls();
    expect((await ask(service.app.adminAddress?.port ?? 0, '/readyz')).status).toBe(503);
    expect((await service.refused(claim('new'))).status).toBe(503);
    expect((await service.join('new', 'a')).status).toBe(503);
    ann.end('gone');
    expect(await settled(drained)).toBe(false);
    expect(bob.closeReason).toBeNull();
    expect((await service.ask('/join/b', { method: 'DELETE', headers: claim('bob') })).status).toBe(204);
    expect(await settled(drained)).toBe(true);
    expect(bob.closeReason).toBeNull();
  });

  test('it waits no longer than DRAIN_TIMEOUT', async () => {
    const { service, bob, drained } = await inCalls();
    service.clock.advance(59_999);
    expect(await settled(drained)).toBe(false);
    service.clock.advance(1);
    expect(await settled(drained)).toBe(true);
    expect(bob.closeReason).toBeNull();
  });

  test('by default it does not wait', async () => {
    const service = await startService();
    await service.connected('ann');
    await service.join('ann', 'a');
    expect(await settled(service.app.drain())).toBe(true);
  });

  test('the end of the process ends the waiting, and leaves no timer', async () => {
    const { service, drained } = await inCalls();
    await service.app.close();
    expect(await settled(drained)).toBe(true);
    expect(service.clock.timers).toBe(0);
  });
});
