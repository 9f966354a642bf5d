// What the service reports of the request path, and what it never does.
import { claim, TestClient } from '../support/client.ts';
import { OFFER, startService, stopServices, until } from '../support/service.ts';

afterEach(stopServices);

describe('reports', () => {
  test('of a connection that was established: who, and no word of its offer or token', async () => {
    const service = await startService();
    const client = (await TestClient.open(
      service.port,
      claim('me', 'laptop'),
      '/connect?token=secret-token',
    )) as TestClient;
    client.socket.send(OFFER);
    client.socket.send('ignored');
    await client.message();
    await client.settled();
    service.newest().connect();
    await client.closed;
    await until(() => service.reported('socket-closed').length === 1, 'the report');
    const device = { userid: 'me', clientid: 'laptop' };
    expect(service.reported('peer-opened')).toMatchObject([{ ...device, tracks: 1, slots: 1 }]);
    expect(service.reported('peer-connected')).toMatchObject([{ ...device, replaced: null }]);
    expect(service.reported('socket-closed')).toEqual([{ ...device, closeCode: 1000, error: null, ignored: 1 }]);
    expect(JSON.stringify(service.events)).not.toMatch(/secret-token|v=0|ice-pwd|fingerprint/);
  });

  test('of a connection that was established and failed before the socket was gone: two things', async () => {
    const service = await startService();
    const { client, peer } = await service.answered('me');
    client.socket.pause();
    peer.connect();
    peer.end('failed');
    client.socket.resume();
    await client.closed;
    await until(() => service.reported('socket-closed').length === 1, 'the report');
    expect(service.reported('socket-closed')).toMatchObject([{ closeCode: 1000, error: null }]);
    expect(service.reported('connect-failed')).toEqual([]);
    expect(service.reported('peer-ended')).toMatchObject([{ reason: 'failed', error: null }]);
  });

  test('of an offer that was not usable, and of a peer that failed', async () => {
    const service = await startService();
    const bad = await service.open('bad');
    bad.socket.send('hello');
    await bad.closed;
    const { client, peer } = await service.answered('me');
    peer.end('failed', 'the DTLS transport failed');
    expect((await client.closed).reason).not.toContain('DTLS');
    await until(() => service.reported('connect-failed').length === 1, 'the report');
    expect(service.reported('offer-rejected')).toMatchObject([{ closeCode: 4400, error: 'offer-malformed' }]);
    expect(service.reported('connect-failed')).toMatchObject([{ closeCode: 4500, error: 'connect-failed' }]);
    expect(service.reported('peer-ended')).toMatchObject([{ reason: 'failed', detail: 'the DTLS transport failed' }]);
  });

  test('of an offer that is too large, which the WebSocket library refuses', async () => {
    const service = await startService();
    const client = await service.open('me', 'laptop');
    client.socket.send('a'.repeat(256 * 1024 + 1));
    expect(await client.closed).toMatchObject({ code: 1009 });
    await until(() => service.reported('offer-rejected').length === 1, 'the report');
    const device = { userid: 'me', clientid: 'laptop' };
    expect(service.reported('offer-rejected')).toEqual([
      { ...device, closeCode: 1009, error: 'offer-too-large', ignored: 0 },
    ]);
    expect(service.app.counts).toMatchObject({ sockets: 0, waiting: 0 });
  });

  test('of a later message that is too large: no rejected offer', async () => {
    const service = await startService();
    const { client } = await service.answered('me');
    client.socket.send('a'.repeat(256 * 1024 + 1));
    expect(await client.closed).toMatchObject({ code: 1009 });
    await until(() => service.reported('socket-closed').length === 1, 'the report');
    expect(service.reported('socket-closed')).toMatchObject([{ error: null, ignored: 0 }]);
    expect(service.reported('offer-rejected')).toEqual([]);
  });

  test('of a refused request: the route, not the path', async () => {
    const service = await startService();
    await service.ask('/join/secret?token=secret', { method: 'POST' });
    await service.ask('/secret?token=secret', { method: 'PUT', headers: claim('me') });
    expect(service.reported('request-refused')).toEqual([
      { endpoint: 'POST /join', error: 'claim-missing', status: 400 },
      { endpoint: 'other', error: 'not-found', status: 404 },
    ]);
  });
});
