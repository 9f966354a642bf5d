import { connect } from 'node:net';
import fc from 'fast-check';
import { claim, handshake } from '../client.ts';
import { claims, segments, targets } from './inputs.ts';

/** Never to be seen in the log. */
export const TOKEN = 'token-of-the-fuzzer';

/** How long a socket may take to be closed; more is a socket that hangs. */
const LIMIT_MS = 60_000;

/** Sends bytes and the end, and returns all that came back until the server closed the connection. */
export const exchange = (port: number, bytes: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error('the socket hangs'));
    }, LIMIT_MS);
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    // The server may close while the rest is still being sent.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(received));
    });
    socket.on('end', () => socket.end());
    socket.end(bytes);
  });

/** The status of the first response in these bytes; null where there is none. */
export const statusOf = (bytes: Buffer): number | null => {
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(bytes.toString('latin1'))?.[1];
  return status === undefined ? null : Number(status);
};

const oneLine = (text: string): string => text.replace(/[\r\n]/g, ' ');
const method = fc.constantFrom('GET', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'HEAD');
const good = Buffer.from(JSON.stringify({ userid: 'ann' }));

/** Requests that Node can read, with targets and claims that it should not be sent, as bytes. */
export const requests = (secret: string): fc.Arbitrary<Buffer> => {
  const target = fc.oneof(
    targets,
    segments.map((segment) => `/join/${segment}`),
  );
  return fc
    .tuple(method, target, fc.oneof(claims, fc.constant(good.toString())), fc.boolean())
    .map(([verb, path, user, breaksLines]) => {
      const text = breaksLines ? user : oneLine(user);
      const line = `${verb} ${oneLine(path).replaceAll(' ', '%20') || '/'}?token=${TOKEN} HTTP/1.1`;
      const headers = `Host: x\r\nConnection: close\r\nX-Proxy-Secret: ${secret}\r\nX-User-Claim: ${text}\r\n\r\n`;
      return Buffer.from(`${line}\r\n${headers}`, 'latin1');
    });
};

const MASK = [1, 2, 3, 4] as const;

const frame = fc
  .record({
    first: fc.oneof(
      fc.constantFrom(0x80, 0x81, 0x82, 0x88, 0x89, 0x8a, 0x01, 0x02, 0x00),
      fc.integer({ max: 255, min: 0 }),
    ),
    length: fc.oneof(fc.constant(null), fc.constantFrom(126, 127, 0, 125)),
    isMasked: fc.boolean(),
    payload: fc.uint8Array({ maxLength: 140 }),
  })
  .map(({ first, length, isMasked, payload }) => {
    const size = length ?? Math.min(payload.length, 125);
    const mask = isMasked ? MASK : [];
    return Buffer.from([first, (isMasked ? 0x80 : 0) | size, ...mask, ...payload]);
  });

/** An upgrade that is let in, and frames that are none, or not allowed, or not whole. */
export const frames = (secret: string): fc.Arbitrary<Buffer> =>
  fc.array(frame, { maxLength: 6 }).map((list) => {
    const request = handshake({ ...claim('eve'), 'X-Proxy-Secret': secret }).replace(
      '/connect',
      `/connect?token=${TOKEN}`,
    );
    return Buffer.concat([Buffer.from(request, 'latin1'), ...list]);
  });

/** The code of the close frame that a server's bytes behind the upgrade end with; null where there is none, or no code in it. */
export const closeCodeOf = (bytes: Buffer): number | null => {
  let at = bytes.indexOf('\r\n\r\n') + 4;
  while (at + 4 <= bytes.length) {
    const [first = 0, length = 0] = bytes.subarray(at);
    if (first === 0x88) return length < 2 ? null : bytes.readUInt16BE(at + 2);
    // What a server sends besides is short: pongs.
    at += 2 + length;
  }
  return null;
};

/** Whether a client may have sent this code in a close frame of its own: it is given back then. */
export const mayHaveSent = (bytes: Buffer, code: number): boolean =>
  bytes.includes(Buffer.from([(code >> 8) ^ MASK[0], (code & 0xff) ^ MASK[1]]));
