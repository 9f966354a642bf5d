import { connect } from 'node:net';
import fc from 'fast-check';
import { claims, segments, targets } from './inputs.ts';

/** Never to be seen in the log. */
export const TOKEN = 'token-of-the-fuzzer';

/** How long a socket may take to be closed; more is a socket that hangs. */
const LIMIT_MS = 60_000;
const PROBE_MS = 250;

/** How a client goes on when it has sent everything. */
export interface Patience {
  /** Its side stays open, and it is the server that has to close both. */
  readonly stays?: boolean;
  readonly limitMs?: number;
}

/**
 * Sends bytes, and returns all that came back until the connection was closed.
 *
 * A server that has closed, and one that has only ended its side and waits for ours, look the same to who reads: so a
 * client that stays writes on, until it is told that nobody reads that any more.
 */
export const exchange = (
  port: number,
  bytes: Buffer,
  { stays = false, limitMs = LIMIT_MS }: Patience = {},
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const limit = setTimeout(() => socket.destroy(new Error('the socket hangs')), limitMs);
    let probe: NodeJS.Timeout | undefined;
    let hangs: Error | null = null;
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    // The server may close while the rest is still being sent.
    socket.on('error', (error: NodeJS.ErrnoException) => (hangs = error.code === undefined ? error : null));
    socket.once('close', () => {
      clearTimeout(limit);
      clearInterval(probe);
      if (hangs === null) resolve(Buffer.concat(received));
      else reject(hangs);
    });
    socket.once('end', () => {
      if (stays) probe = setInterval(() => socket.write('\0'), PROBE_MS);
      else socket.end();
    });
    if (stays) socket.write(bytes);
    else socket.end(bytes);
  });

/** The first response in some bytes. */
export interface Answer {
  readonly status: number;
  /** Of the catalogue; null where the body names none. */
  readonly code: string | null;
}

/** Null where there is none. */
export function answerIn(bytes: Buffer): Answer | null {
  const [, status, headers = '', body = ''] =
    /^HTTP\/1\.1 (\d{3}) [^\r]*\r\n([^]*?)\r\n\r\n([^]*)$/.exec(bytes.toString('latin1')) ?? [];
  if (status === undefined) return null;
  const isProblem = /^content-type: application\/problem\+json/im.test(headers) && body !== '';
  return {
    status: Number(status),
    code: isProblem ? String((JSON.parse(body) as { code?: unknown }).code) : null,
  };
}

const oneLine = (text: string): string => text.replace(/[\r\n]/g, ' ');
/** What HTTP takes in the value of a field (RFC 9110 §5.5): Node answers everything else itself. */
const fieldValue = (text: string): string => text.replace(/(?!\t)\p{Cc}/gu, ' ');

const method = fc.constantFrom('GET', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'HEAD');
const path: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: targets },
  { weight: 4, arbitrary: segments.map((segment) => `/join/${segment}`) },
  { weight: 2, arbitrary: fc.constantFrom('/connect', '/join/room', '/join/a%2Fb') },
);
/** Spaces around a value are not part of it, so only what is long inside is: above 8 KiB, and above all that Node reads. */
const longClaim = fc
  .constantFrom(8_100, 8_300, 40_000)
  .map((length) => JSON.stringify({ userid: 'ann', more: 'x'.repeat(length) }));
const user: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: claims.map(fieldValue) },
  { weight: 2, arbitrary: claims },
  { weight: 9, arbitrary: fc.constantFrom('ann', 'bob').map((userid) => JSON.stringify({ userid })) },
  { weight: 1, arbitrary: longClaim },
  { weight: 1, arbitrary: fc.constantFrom('', '[]', '{"userid":7}', '{"userid":"ann","clientid":7}') },
);

/** With targets and claims that the service should not be sent, some with another secret, as bytes. */
export const requests = (secret: string): fc.Arbitrary<Buffer> => {
  const brought = fc.oneof(
    { weight: 9, arbitrary: fc.constant(secret) },
    { weight: 1, arbitrary: fc.constantFrom('', `${secret}x`, secret.slice(1)) },
  );
  return fc.tuple(method, path, user, brought).map(([verb, target, claim, key]) => {
    const line = `${verb} ${oneLine(target).replaceAll(' ', '%20') || '/'}?token=${TOKEN} HTTP/1.1`;
    const headers = `Host: x\r\nConnection: close\r\nX-Proxy-Secret: ${key}\r\nX-User-Claim: ${claim}\r\n\r\n`;
    return Buffer.from(`${line}\r\n${headers}`, 'latin1');
  });
};

/** The first bytes of those; perhaps none, perhaps all but one. */
export const cutOff = (whole: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc.tuple(whole, fc.nat()).map(([bytes, end]) => bytes.subarray(0, end % bytes.length));
