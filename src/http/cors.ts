import type { Request, RequestHandler } from 'express';
import { parseTarget, type Target } from './target.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * Puts the CORS headers on every response that goes to an allowed origin, errors included, and answers `OPTIONS` on
 * the endpoints: a browser sends no claim with a preflight, so this comes before every check.
 */
export const cors = (allowedOrigins: readonly string[]): RequestHandler => {
  const allowed = new Set(allowedOrigins);
  return (request, response, next) => {
    // A cache must not hand one origin's answer to another, nor one without the headers.
    response.setHeader('Vary', 'Origin');
    const { origin } = request.headers;
    const isAllowed = origin !== undefined && allowed.has(origin);
    if (isAllowed) setAll(response, { ...originHeaders(origin) });
    const target = parseTarget(request.url);
    if (request.method !== 'OPTIONS' || target.endpoint === 'none') {
      next();
      return;
    }
    if (isAllowed) setAll(response, preflightHeaders(request, target));
    response.writeHead(204).end();
  };
};

const originHeaders = (origin: string): Headers => ({
  'Access-Control-Allow-Origin': origin,
  // The auth proxy may know its users by a cookie.
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Expose-Headers': 'Retry-After',
});

const preflightHeaders = (request: Request, target: Target): Headers => {
  const asked = request.headers['access-control-request-headers'];
  return {
    'Access-Control-Allow-Methods': target.endpoint === 'join' ? 'POST, DELETE' : 'GET',
    // What the proxy in front wants to see (Authorization, a CSRF token) is not ours to know. Safe for an allowed origin.
    ...(asked === undefined ? {} : { 'Access-Control-Allow-Headers': asked }),
    'Access-Control-Max-Age': '600',
  };
};

const setAll = (response: { setHeader(name: string, value: string): unknown }, headers: Headers): void => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
};
