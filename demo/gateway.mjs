// The demo gateway: plays traefik and backend-auth in front of the service, and serves the demo page.
//
//   browser ──► http://localhost:8080 ──► /connect, /join/…: with an X-User-Claim to the service (HTTP and WebSocket)
//                                     └─► everything else:   files of demo/page
//
// A development aid: loopback only, no TLS, and a name is believed.
import { createServer, request as httpRequest, STATUS_CODES } from 'node:http';
import { claimOf, isOwnRequest } from './identity.mjs';
import { serveFile } from './files.mjs';

/**
 * @typedef {import('node:http').IncomingMessage} Request
 * @typedef {import('node:http').ServerResponse} Response
 * @typedef {import('node:stream').Duplex} Duplex
 * @typedef {{ host: string, port: number, secret?: string }} Upstream where the service listens, and its PROXY_SECRET
 */

/**
 * Starts the gateway on both loopback addresses. Rejects with the error of the socket, e.g. EADDRINUSE.
 * @param {{ port: number, upstream: Upstream }} options port 0 lets the system choose
 * @returns {Promise<{ port: number, close: () => Promise<void> }>}
 */
export async function startGateway({ port: wanted, upstream }) {
  const v4 = await listen('127.0.0.1', wanted, upstream);
  const { port } = v4;
  // `localhost` means ::1 first for many programs: whatever else listened there would be taken for the gateway.
  const v6 = await listen('::1', port, upstream).catch(async (error) => {
    if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') return null;
    await v4.close();
    throw error;
  });
  return {
    port,
    async close() {
      await Promise.all([v4.close(), v6?.close()]);
    },
  };
}

/**
 * @param {string} host
 * @param {number} port
 * @param {Upstream} upstream
 * @returns {Promise<{ port: number, close: () => Promise<void> }>}
 */
function listen(host, port, upstream) {
  const server = createServer();
  const sockets = new Set();
  const ownPort = () => /** @type {import('node:net').AddressInfo} */ (server.address()).port;

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (request, response) => {
    handle(request, response, upstream, ownPort());
  });
  server.on('upgrade', (request, socket, head) => {
    handleUpgrade(request, socket, head, upstream, ownPort());
  });
  const close = () =>
    new Promise((/** @type {(nothing?: undefined) => void} */ resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve({ port: ownPort(), close });
    });
  });
}

/**
 * @param {Request} request
 * @param {Response} response
 * @param {Upstream} upstream
 * @param {number} ownPort
 */
function handle(request, response, upstream, ownPort) {
  const verdict = judge(request, ownPort);
  if (verdict.kind === 'file') return void serveFile(request, response, verdict.path);
  if (verdict.kind === 'refused') return answer(response, verdict.status, verdict.text);

  const onward = forward(request, upstream, verdict.claim);
  onward.on('response', (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
    reply.pipe(response);
  });
  onward.on('error', (error) => {
    if (response.headersSent) response.destroy();
    else answer(response, 502, `the service does not answer: ${error.message}`);
  });
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

/**
 * @param {Request} request
 * @param {Duplex} socket
 * @param {Buffer} head
 * @param {Upstream} upstream
 * @param {number} ownPort
 */
function handleUpgrade(request, socket, head, upstream, ownPort) {
  socket.on('error', () => socket.destroy());
  const verdict = judge(request, ownPort);
  if (verdict.kind !== 'service') {
    const { status, text } = verdict.kind === 'refused' ? verdict : { status: 404, text: 'no WebSocket here' };
    socket.end(rawAnswer(status, ['Content-Type', 'text/plain'], `${text}\n`));
    return;
  }
  const onward = forward(request, upstream, verdict.claim);
  onward.on('upgrade', (reply, service, firstBytes) => {
    socket.write(rawAnswer(101, reply.rawHeaders));
    if (firstBytes.length > 0) socket.write(firstBytes);
    if (head.length > 0) service.write(head);
    join(socket, service);
  });
  onward.on('response', (reply) => {
    // The service refused the upgrade: its answer ends with the connection.
    socket.write(rawAnswer(reply.statusCode ?? 502, [...withoutConnection(reply.rawHeaders), 'Connection', 'close']));
    reply.pipe(socket);
  });
  onward.on('error', (error) => {
    socket.end(rawAnswer(502, ['Content-Type', 'text/plain'], `the service does not answer: ${error.message}\n`));
  });
  socket.on('close', () => onward.destroy());
  onward.end();
}

/**
 * @typedef {{ kind: 'service', claim: string } | { kind: 'file', path: string }
 *   | { kind: 'refused', status: number, text: string }} Verdict
 */

/**
 * @param {Request} request
 * @param {number} ownPort
 * @returns {Verdict}
 */
function judge(request, ownPort) {
  if (!isOwnRequest(request.headers, ownPort)) {
    return { kind: 'refused', status: 403, text: `this gateway serves http://localhost:${ownPort} only` };
  }
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  if (path !== '/connect' && !path.startsWith('/join/')) return { kind: 'file', path };
  const claim = claimOf(new URLSearchParams(query));
  if (claim === null) return { kind: 'refused', status: 401, text: 'who are you? add ?token=<your name>' };
  return { kind: 'service', claim };
}

/** Headers that only a proxy may set, or that belong to one connection. */
const NOT_FORWARDED = /^(x-user-claim|x-proxy-secret|x-forwarded-.*|forwarded|x-real-ip)$/;

/**
 * @param {Request} request
 * @param {Upstream} upstream
 * @param {string} claim
 */
function forward(request, { host, port, secret }, claim) {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !NOT_FORWARDED.test(name)));
  if (headers.upgrade === undefined) delete headers.connection;
  return httpRequest({
    host,
    port,
    agent: false,
    method: request.method,
    path: request.url,
    headers: {
      ...headers,
      'x-user-claim': claim,
      'x-forwarded-for': request.socket.remoteAddress ?? '',
      ...(secret === undefined ? {} : { 'x-proxy-secret': secret }),
    },
  });
}

/**
 * Two sockets that live and end together.
 * @param {Duplex} a
 * @param {Duplex} b
 */
function join(a, b) {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ]) {
    from?.pipe(to ?? from);
    from?.on('error', () => to?.destroy());
    from?.on('close', () => to?.destroy());
  }
}

/**
 * @param {Response} response
 * @param {number} status
 * @param {string} text
 */
function answer(response, status, text) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end(`${text}\n`);
}

/**
 * @param {number} status
 * @param {readonly string[]} rawHeaders names and values in turn
 * @param {string} body
 */
function rawAnswer(status, rawHeaders, body = '') {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/**
 * @param {readonly string[]} rawHeaders
 * @returns {string[]}
 */
function withoutConnection(rawHeaders) {
  return rawHeaders.filter(
    (_, at) => !/^(connection|keep-alive|transfer-encoding)$/i.test(rawHeaders[at - (at % 2)] ?? ''),
  );
}
