// Serves the files of demo/page and the client library: a fixed list, read at each request so that an edit shows after a reload.
import { readFile } from 'node:fs/promises';

const PAGE = new URL('./page/', import.meta.url);

const FILES = new Map([
  ['/', ['index.html', 'text/html']],
  ['/documented.html', ['documented.html', 'text/html']],
  ['/client.js', ['../../client/dist/client.js', 'text/javascript']],
  ['/app.js', ['app.js', 'text/javascript']],
  ['/connection.js', ['connection.js', 'text/javascript']],
  ['/events.js', ['events.js', 'text/javascript']],
  ['/tiles.js', ['tiles.js', 'text/javascript']],
  ['/style.css', ['style.css', 'text/css']],
]);

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {string} path
 * @returns {Promise<void>}
 */
export async function serveFile(request, response, path) {
  const [name, type] = FILES.get(path) ?? [];
  if (name === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) {
    response.writeHead(name === undefined ? 404 : 405, { 'Content-Type': 'text/plain' });
    response.end(name === undefined ? 'not found\n' : 'only GET\n');
    return;
  }
  const content = await readFile(new URL(name, PAGE));
  response.writeHead(200, {
    'Content-Type': `${type}; charset=utf-8`,
    'Cache-Control': 'no-store',
    // Nothing is loaded from anywhere else; the host was checked before it is repeated here.
    'Content-Security-Policy': `default-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws://${request.headers.host}`,
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : content);
}
