import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { startGateway } from '../../../demo/gateway.mjs';

/** What the service behind the gateway was asked last. */
interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

let service: Server;
let sockets: WebSocketServer;
let seen: Seen[];
let gateway: { port: number; close: () => Promise<void> };

beforeEach(async () => {
  seen = [];
  sockets = new WebSocketServer({ noServer: true });
  service = createServer((incoming, response) => {
    void bodyOf(incoming).then((body) => {
      seen.push({ method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers, body });
      response.writeHead(409, { 'Content-Type': 'application/problem+json', 'Retry-After': '3' });
      response.end('{"code":"x"}');
    });
  });
  service.on('upgrade', (incoming, socket, head) => {
    seen.push({ method: 'UPGRADE', url: incoming.url ?? '', headers: incoming.headers, body: '' });
    if (incoming.url?.includes('device=refused') === true) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nfull');
      return;
    }
    sockets.handleUpgrade(incoming, socket, head, (client) => {
      client.on('message', (data, binary) => {
        client.send(data, { binary });
        client.close(1000, 'established');
      });
    });
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const { port } = service.address() as AddressInfo;
  gateway = await startGateway({ port: 0, upstream: { host: '127.0.0.1', port, secret: 's3cret' } });
});

afterEach(async () => {
  await gateway.close();
  sockets.close();
  service.closeAllConnections();
  service.close();
});

const bodyOf = async (message: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

async function ask(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  const outgoing = request({ host: '127.0.0.1', port: gateway.port, method, path, agent: false, headers });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await bodyOf(response) };
}

const own = (): Record<string, string> => ({ Host: `localhost:${gateway.port}` });

describe('the gateway and HTTP', () => {
  it('hands a join over with the claim it made, and the answer back as it is', async () => {
    const answer = await ask('POST', '/join/a%2Fb?token=ann&device=tab', own(), 'body');
    expect(answer).toMatchObject({ status: 409, body: '{"code":"x"}', headers: { 'retry-after': '3' } });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/join/a%2Fb?token=ann&device=tab', body: 'body' });
    expect(seen[0]?.headers['x-user-claim']).toBe('{"userid":"ann","clientid":"tab"}');
    expect(seen[0]?.headers['x-proxy-secret']).toBe('s3cret');
  });

  it('drops what only a proxy may set', async () => {
    await ask('DELETE', '/join/a?token=ann', {
      ...own(),
      'X-User-Claim': '{"userid":"eve"}',
      'x-proxy-secret': 'guess',
      'X-Forwarded-For': '192.0.2.1',
      'X-Real-IP': '192.0.2.1',
    });
    expect(seen[0]?.headers).not.toHaveProperty('x-real-ip');
    expect(seen[0]?.headers).toMatchObject({
      'x-user-claim': '{"userid":"ann","clientid":""}',
      'x-proxy-secret': 's3cret',
      'x-forwarded-for': '127.0.0.1',
    });
  });

  it('hands no claim of a client on where there is no token', async () => {
    const answer = await ask('POST', '/join/a', { ...own(), 'X-User-Claim': '{"userid":"eve"}' });
    expect(answer.status).toBe(401);
    expect(seen).toEqual([]);
  });

  it.each([{ Host: 'rebound.example' }, { Origin: 'http://evil.example' }])('refuses %j', async (headers) => {
    for (const path of ['/join/a?token=ann', '/', '/app.js']) {
      expect((await ask('POST', path, { ...own(), ...headers })).status).toBe(403);
    }
    expect(seen).toEqual([]);
  });

  it('serves its pages, which may load nothing from elsewhere, and nothing above their folder', async () => {
    for (const path of [
      '/',
      '/documented.html',
      '/app.js',
      '/client.js',
      '/call/layout.js',
      '/style/base.css',
      '/icons.svg',
      '/?token=ann',
    ]) {
      const answer = await ask('GET', path, own());
      expect(answer.status).toBe(200);
      expect(answer.headers['content-security-policy']).toMatch(/^default-src 'self'/);
      expect(answer.body.length).toBeGreaterThan(100);
    }
    for (const path of [
      '/gateway.mjs',
      '/../gateway.mjs',
      '/%2e%2e/gateway.mjs',
      '/call/../../files.mjs',
      '/nothing',
      '/no.js',
    ]) {
      expect((await ask('GET', path, own())).status).toBe(404);
    }
    expect((await ask('POST', '/', own())).status).toBe(405);
  });

  it('says so when the service does not answer', async () => {
    service.closeAllConnections();
    service.close();
    const answer = await ask('POST', '/join/a?token=ann', own());
    expect(answer).toMatchObject({ status: 502, body: expect.stringContaining('does not answer') as string });
  });
});

describe('the gateway and WebSocket', () => {
  const open = (query: string, headers: Record<string, string> = {}): WebSocket =>
    new WebSocket(`ws://localhost:${gateway.port}/connect?${query}`, { headers });

  it('carries messages, their type, and the close code', async () => {
    const socket = open('token=Zo%C3%AB', {
      'X-User-Claim': '{"userid":"eve"}',
      Origin: `http://localhost:${gateway.port}`,
    });
    await once(socket, 'open');
    const closed = once(socket, 'close');
    socket.send(Buffer.from('offer'), { binary: true });
    const [data, binary] = (await once(socket, 'message')) as [Buffer, boolean];
    expect([data.toString(), binary]).toEqual(['offer', true]);
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1000, 'established']);
    const claim = Buffer.from(String(seen[0]?.headers['x-user-claim']), 'latin1').toString('utf8');
    expect(JSON.parse(claim)).toEqual({ userid: 'Zoë', clientid: '' });
  });

  it.each([
    ['the client is gone', (socket: WebSocket): unknown => socket.terminate()],
    ['the gateway ends', (): unknown => gateway.close()],
  ])('ends both sides when %s', async (_, end) => {
    const arrived = once(service, 'upgrade');
    const socket = open('token=ann');
    const [, serviceSocket] = (await Promise.all([arrived, once(socket, 'open')]))[0] as [unknown, NodeJS.EventEmitter];
    const gone = Promise.all([once(serviceSocket, 'close'), once(socket, 'close')]);
    await end(socket);
    expect(await gone).toHaveLength(2);
  });

  it.each([
    ['a foreign origin', 'token=ann', { Origin: 'http://evil.example' }, 403],
    ['no token', '', {}, 401],
  ])('refuses %s before the service hears of it', async (_, query, headers: Record<string, string>, status) => {
    const socket = open(query, headers);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(status);
    expect(seen).toEqual([]);
  });

  it('hands the refusal of the service back', async () => {
    const socket = open('token=ann&device=refused');
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('7');
    expect(await bodyOf(response)).toBe('full');
  });
});

describe('the port of the gateway', () => {
  const upstream = { host: '127.0.0.1', port: 1 };

  it('is reported as taken', async () => {
    await expect(startGateway({ port: gateway.port, upstream })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('is reported as taken where only ::1 has it, and nothing is left listening', async () => {
    const { port } = gateway;
    await gateway.close();
    const blocker = createServer().listen(port, '::1');
    // A machine without IPv6 has nothing there that could be in the way.
    const hasIPv6 = await once(blocker, 'listening').then(
      () => true,
      () => false,
    );
    if (hasIPv6) {
      await expect(startGateway({ port, upstream })).rejects.toMatchObject({ code: 'EADDRINUSE' });
      blocker.close();
      await once(blocker, 'close');
    }
    gateway = await startGateway({ port, upstream });
    expect(gateway.port).toBe(port);
  });
});
