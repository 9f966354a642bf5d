import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { ServiceError } from '../../base/errors.ts';
import { secretCheck } from '../trusted-proxy.ts';
import { DASHBOARD_PATHS } from './dashboard.ts';

export interface AdminRules {
  /** What `Authorization: Bearer` has to carry; null: reading needs nothing, and nothing can be changed. */
  readonly adminToken: string | null;
  /** Names, beside addresses and `localhost`, that a `Host` header may have. */
  readonly adminHosts: readonly string[];
}

/** Everybody may ask for these: an orchestrator knows no token, and a browser has none before it has the page. */
const OPEN_PATHS = new Set(['/healthz', '/readyz', ...DASHBOARD_PATHS]);
const PAGE_PATHS = new Set(DASHBOARD_PATHS);

/**
 * Who may use the admin listener. Web pages can reach loopback, so what only a browser sends is refused first: another
 * site's `Host` (DNS rebinding), any `Origin`, and a body that a form could send.
 */
export const guard = ({ adminToken, adminHosts }: AdminRules): RequestHandler => {
  const isToken = adminToken === null ? null : secretCheck(`Bearer ${adminToken}`);
  const names = new Set(['localhost', ...adminHosts.map((name) => name.toLowerCase())]);
  return (request, _response, next) => {
    if (!isOwnHost(request.headers.host, names)) throw new ServiceError('admin-host');
    if (request.headers.origin !== undefined && !isOwnScript(request)) throw new ServiceError('admin-origin');
    if (request.method === 'POST' && !isJson(request)) throw new ServiceError('admin-content-type');
    if (!OPEN_PATHS.has(request.path)) checkToken(request, isToken);
    next();
  };
};

/** Chromium names the page's own origin when it loads a module of it. There is nothing secret in these. */
const isOwnScript = ({ path, headers: { origin, host = '' } }: Request): boolean =>
  PAGE_PATHS.has(path) && (origin === `http://${host}` || origin === `https://${host}`);

const checkToken = (request: IncomingMessage, isToken: ((given: string | undefined) => boolean) | null): void => {
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  if (isToken === null) {
    if (!isReading) throw new ServiceError('admin-read-only');
  } else if (!isToken(request.headers.authorization)) throw new ServiceError('admin-token');
};

/** An address cannot be rebound to another; a name can. */
const isOwnHost = (host: string | undefined, names: ReadonlySet<string>): boolean => {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/.exec(host ?? '') ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  return plain !== undefined && (isIP(plain) === 4 || names.has(plain.toLowerCase()));
};

const isJson = ({ headers }: IncomingMessage): boolean =>
  /^application\/json *(?:;|$)/i.test(headers['content-type'] ?? '');
