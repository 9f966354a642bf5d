// What traefik asks as its forward-auth, as backend-auth does: GET /auth is answered 200 with an X-User-Claim, 400 where
// there is no token, 401 where it is no good. It logs nothing: what it is asked about holds tokens.
import { createServer } from 'node:http';
import { verify } from './token.mjs';

/**
 * @typedef {import('node:http').IncomingHttpHeaders} Headers
 * @typedef {{ readonly status: number, readonly text: string, readonly claim?: string }} Answer
 */

/**
 * @param {{ secret: string, nowSeconds?: () => number }} options
 * @returns {import('node:http').Server} not listening yet
 */
export function authServer({ secret, nowSeconds = () => Date.now() / 1000 }) {
  return createServer((request, response) => {
    // Some proxies hand the query of the request over here too: what counts is X-Forwarded-Uri.
    const [path = ''] = (request.url ?? '').split('?', 1);
    const { status, text, claim } = answerTo(path, request.headers, secret, nowSeconds());
    const header = claim === undefined ? {} : { 'X-User-Claim': claim };
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...header }).end(`${text}\n`);
  });
}

/**
 * @param {string} path
 * @param {Headers} headers
 * @param {string} secret
 * @param {number} nowSeconds
 * @returns {Answer}
 */
function answerTo(path, headers, secret, nowSeconds) {
  if (path === '/healthz') return { status: 200, text: 'ok' };
  if (path !== '/auth') return { status: 404, text: 'only /auth is here' };
  // A browser asks so before it sends a token. Without a claim the service answers nothing else.
  if (headers['x-forwarded-method'] === 'OPTIONS') return { status: 200, text: 'ok' };
  const token = tokenOf(headers);
  if (token === '') return { status: 400, text: 'no token: send Authorization: Bearer, or ?token=' };
  const verdict = verify(token, secret, nowSeconds);
  if (verdict.state === 'bad') return { status: 401, text: `the token is refused: ${verdict.why}` };
  return { status: 200, text: 'ok', claim: claimOf(verdict.user) };
}

/**
 * That of the header, else that of the query; '' where there is none.
 * @param {Headers} headers
 */
function tokenOf(headers) {
  const [, bearer = ''] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  if (bearer !== '') return bearer;
  const [, query = ''] = /\?(.*)$/s.exec(headers['x-forwarded-uri']?.toString() ?? '') ?? [];
  return new URLSearchParams(query).get('token') ?? '';
}

/**
 * UTF-8, which Node's headers take as one latin1 character per byte. JSON leaves one character in that no header may have.
 * @param {import('./token.mjs').User} user
 */
function claimOf(user) {
  const text = JSON.stringify(user).replaceAll('\x7f', '\\u007f');
  return Buffer.from(text, 'utf8').toString('latin1');
}
