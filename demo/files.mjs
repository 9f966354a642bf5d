// Serves the files of demo/page, and the client library that the page is built on; read at each request, so that an edit
// shows after a reload.
import { readFile } from 'node:fs/promises';

const PAGE = new URL('./page/', import.meta.url);
const CLIENT = new URL('../client/dist/client.js', import.meta.url);

const TYPES = new Map([
  ['html', 'text/html'],
  ['js', 'text/javascript'],
  ['css', 'text/css'],
  ['svg', 'image/svg+xml'],
]);

/** At most one folder deep, and nothing but plain names: there is no way out of the folder of the page. */
const NAME = /^(?:[a-z]+\/)?[a-z-]+\.(html|js|css|svg)$/;

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {string} path
 * @returns {Promise<void>}
 */
export async function serveFile(request, response, path) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'only GET');
  const name = path === '/' ? 'index.html' : path.slice(1);
  const type = TYPES.get(NAME.exec(name)?.[1] ?? '');
  const content = type === undefined ? null : await contentOf(name);
  if (content === null) return refuse(response, 404, 'not found');
  response.writeHead(200, {
    'Content-Type': `${type}; charset=utf-8`,
    'Cache-Control': 'no-store',
    // Nothing is loaded from anywhere else; the host was checked before it is repeated here.
    'Content-Security-Policy': `default-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws://${request.headers.host}`,
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : content);
}

/**
 * @param {string} name
 * @returns {Promise<Buffer | null>} null where there is no such file
 */
async function contentOf(name) {
  try {
    return await readFile(name === 'client.js' ? CLIENT : new URL(name, PAGE));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} text
 */
function refuse(response, status, text) {
  response.writeHead(status, { 'Content-Type': 'text/plain' });
  response.end(`${text}\n`);
}
