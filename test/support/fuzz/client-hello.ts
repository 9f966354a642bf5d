import { randomBytes } from 'node:crypto';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** Behind its length in that many bytes. */
function sized(bytes: number, ...parts: readonly Buffer[]): Buffer {
  const whole = Buffer.concat(parts);
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(whole.length, 0, bytes);
  return Buffer.concat([length, whole]);
}

const extension = (type: string, body: string): Buffer => Buffer.concat([hex(type), sized(2, hex(body))]);

/** What a server of DTLS-SRTP wants to see (RFC 8422, 5246 §7.4.1.4, 5764 §4.1, 7627, 5746). */
const EXTENSIONS = Buffer.concat([
  extension('000a', '0004 001d 0017'),
  extension('000b', '01 00'),
  extension('000d', '0008 0403 0804 0401 0503'),
  extension('000e', '0002 0001 00'),
  extension('0017', ''),
  extension('ff01', '00'),
]);

/**
 * The first datagram of a DTLS 1.2 handshake as a client begins it (RFC 6347 §4.2.2): whole and valid, so that whoever
 * takes it from anybody begins a handshake with him.
 */
export function clientHello(): Buffer {
  const noSession = sized(1);
  const noCookie = sized(1);
  const ciphers = sized(2, hex('c02b c02f c00a c014 009c'));
  const noCompression = sized(1, hex('00'));
  const head = Buffer.concat([hex('fefd'), randomBytes(32), noSession, noCookie, ciphers, noCompression]);
  const body = Buffer.concat([head, sized(2, EXTENSIONS)]);
  const length = sized(3, body).subarray(0, 3);
  const message = Buffer.concat([hex('01'), length, hex('0000 000000'), length, body]);
  return Buffer.concat([hex('16 feff 0000 000000000000'), sized(2, message)]);
}
