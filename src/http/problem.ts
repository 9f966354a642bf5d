import { STATUS_CODES, type ServerResponse } from 'node:http';
import { ServiceError, type ErrorCode } from '../base/errors.ts';

/** An error as HTTP says it (RFC 9457). */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Seconds, where the limit itself does not know better. */
const DEFAULT_RETRY_AFTER = 5;

/** Total: what is not a `ServiceError` is a bug, and becomes `internal` with nothing of it shown. */
export const problemOf = (error: unknown): Problem => {
  const known = error instanceof ServiceError ? error : new ServiceError('internal');
  const { status, code, message } = known;
  return {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...statusHeaders(status, known.retryAfter) },
    body: JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, code, detail: message }),
  };
};

export const sendProblem = (response: ServerResponse, error: unknown): void => {
  const { status, headers, body } = problemOf(error);
  response.writeHead(status, { ...headers, ...closing(headers, response), 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
};

/** Where there is a `Connection` already, Node leaves out its `close`, and keeps a connection that was to end (RFC 9112 §9.6). */
const closing = ({ Connection: options }: Problem['headers'], response: ServerResponse): Record<string, string> =>
  options === undefined || response.shouldKeepAlive ? {} : { Connection: `${options}, close` };

/** A whole response, for a socket on which there is no request that could be answered. */
export const rawProblem = (code: ErrorCode, detail: string): string => {
  const { status, headers, body } = problemOf(new ServiceError(code, { detail }));
  const lines = Object.entries({ ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${body}`;
};

/** What RFC 9110 wants beside some statuses. */
const statusHeaders = (status: number, retryAfter: number | null): Record<string, string> => {
  switch (status) {
    case 401:
      return { 'WWW-Authenticate': 'Bearer' };
    case 426:
      return { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13' };
    case 429:
    case 503:
      return { 'Retry-After': String(Math.max(1, Math.ceil(retryAfter ?? DEFAULT_RETRY_AFTER))) };
    default:
      return {};
  }
};
