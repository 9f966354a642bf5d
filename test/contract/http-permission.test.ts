import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpPermission } from '../../src/conversation/permission/http-permission.ts';
import { room, user } from '../support/members.ts';

/** The permission service as a real server, whose answers are the test's. */
describe('httpPermission', () => {
  let server: Server;
  let host: string;
  let listener: RequestListener;
  let urls: string[];
  beforeEach(async () => {
    urls = [];
    listener = (_, response) => response.end();
    server = createServer((request, response) => {
      urls.push(`${String(request.method)} ${String(request.url)}`);
      listener(request, response);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  const ask = (userid = 'ann', conversation = 'r', timeoutMs?: number) =>
    httpPermission(host, timeoutMs)(user(userid), room(conversation));

  it('takes 200 for a yes', async () => {
    expect(await ask()).toBe('yes');
    expect(urls).toEqual(['GET /user/ann/conversation/r']);
  });

  // The original service never looked at the status.
  it.each([401, 403, 404])('takes %d for a no', async (status) => {
    listener = (_, response) => response.writeHead(status).end();
    expect(await ask()).toBe('no');
  });

  it.each([201, 202, 204, 206, 400, 410, 429, 500, 503])('%d tells nothing', async (status) => {
    listener = (_, response) => response.writeHead(status).end();
    expect(await ask()).toBe('unknown');
  });

  it('a redirect tells nothing, and is not followed', async () => {
    listener = (_, response) => response.writeHead(302, { location: `${host}/user/bob/conversation/r` }).end();
    expect(await ask()).toBe('unknown');
    expect(urls).toHaveLength(1);
  });

  it('does not read the body: an endless one is neither a no nor a wait', async () => {
    listener = (_, response) => response.writeHead(200).write('no');
    expect(await ask()).toBe('yes');
  });

  it('no answer in time tells nothing', async () => {
    listener = () => undefined;
    expect(await ask('ann', 'r', 50)).toBe('unknown');
  });

  it('a broken connection, and a server that is not there, tell nothing', async () => {
    listener = (request) => request.socket.destroy();
    expect(await ask()).toBe('unknown');
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    expect(await ask()).toBe('unknown');
  });

  it('encodes ids, so that none can ask about another', async () => {
    await ask('a/b?c#d e', 'é%2F..');
    expect(urls).toEqual(['GET /user/a%2Fb%3Fc%23d%20e/conversation/%C3%A9%252F..']);
  });

  it.each([
    ['.', 'r'],
    ['..', 'r'],
    ['ann', '..'],
    ['\ud800', 'r'],
  ])('takes an id that no URL can carry (%j, %j) for a no, unasked', async (userid, conversation) => {
    expect(await ask(userid, conversation)).toBe('no');
    expect(urls).toEqual([]);
  });
});
