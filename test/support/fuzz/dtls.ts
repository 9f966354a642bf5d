// DTLS 1.2 as bytes (RFC 6347), as far as somebody without keys can write it.
import { randomBytes } from 'node:crypto';

export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** Behind its length in that many bytes. */
export function sized(bytes: number, ...parts: readonly Buffer[]): Buffer {
  const whole = Buffer.concat(parts);
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(whole.length, 0, bytes);
  return Buffer.concat([length, whole]);
}

interface RecordHead {
  readonly epoch: number;
  readonly sequence: number;
  readonly version: 'fefd' | 'feff';
}

export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;

/**
 * RFC 6347 §4.1. A handshake begins with DTLS 1.0 in its records, whatever it offers. A number that was there before is
 * taken for a replay.
 */
export function record(type: number, body: Buffer, numbered: Partial<RecordHead> = {}): Buffer {
  const { epoch = 0, sequence = 0, version = 'fefd' } = numbered;
  const numbers = Buffer.alloc(8);
  numbers.writeUInt16BE(epoch, 0);
  numbers.writeUIntBE(sequence, 2, 6);
  return Buffer.concat([Buffer.from([type]), hex(version), numbers, sized(2, body)]);
}

/** RFC 6347 §4.2.2: a message in one fragment. */
export function handshakeMessage(type: number, sequence: number, body: Buffer): Buffer {
  const length = sized(3, body).subarray(0, 3);
  const number = Buffer.alloc(2);
  number.writeUInt16BE(sequence);
  return Buffer.concat([Buffer.from([type]), length, number, hex('000000'), length, body]);
}

export interface DtlsRecord {
  readonly type: number;
  readonly epoch: number;
  readonly body: Buffer;
}

/** The records of a datagram; null where their lengths do not fit. */
export function readDtls(datagram: Buffer): readonly DtlsRecord[] | null {
  const records: DtlsRecord[] = [];
  for (let at = 0; at < datagram.length;) {
    if (at + 13 > datagram.length) return null;
    const end = at + 13 + datagram.readUInt16BE(at + 11);
    const type = datagram.readUInt8(at);
    if (end > datagram.length || type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA) return null;
    if (datagram.readUInt8(at + 1) !== 0xfe) return null;
    records.push({ type, epoch: datagram.readUInt16BE(at + 3), body: datagram.subarray(at + 13, end) });
    at = end;
  }
  return records;
}

const extension = (type: string, body: string): Buffer => Buffer.concat([hex(type), sized(2, hex(body))]);

/** RFC 5764 §4.1, 7627, 5746. */
const SRTP = extension('000e', '0002 0001 00');
const EXTENDED_MASTER_SECRET = extension('0017', '');
const RENEGOTIATION = extension('ff01', '00');

/** What a server of DTLS-SRTP wants to see (RFC 8422, 5246 §7.4.1.4). */
const HELLO_EXTENSIONS = [
  extension('000a', '0004 001d 0017'),
  extension('000b', '01 00'),
  extension('000d', '0008 0403 0804 0401 0503'),
  SRTP,
  EXTENDED_MASTER_SECRET,
  RENEGOTIATION,
];

const noSession = sized(1);

/**
 * The first datagram of a handshake as a client begins it: whole and valid, so that whoever takes it from anybody begins
 * a handshake with him.
 */
export function clientHello(sequence = 0): Buffer {
  const noCookie = sized(1);
  const ciphers = sized(2, hex('c02b c02f c00a c014 009c'));
  const noCompression = sized(1, hex('00'));
  const head = Buffer.concat([hex('fefd'), randomBytes(32), noSession, noCookie, ciphers, noCompression]);
  const body = Buffer.concat([head, sized(2, ...HELLO_EXTENSIONS)]);
  return record(HANDSHAKE, handshakeMessage(1, 0, body), { sequence, version: 'feff' });
}

/** RFC 6347 §4.2.1: the client is to begin again, with this cookie. */
export function helloVerifyRequest(sequence = 0): Buffer {
  const body = Buffer.concat([hex('fefd'), sized(1, randomBytes(20))]);
  return record(HANDSHAKE, handshakeMessage(3, 0, body), { sequence, version: 'feff' });
}

/** The answer of a server with a certificate that is none: ServerHello, Certificate, ServerHelloDone. */
export function serverFlight(first = 0): Buffer {
  const extensions = sized(2, SRTP, EXTENDED_MASTER_SECRET, RENEGOTIATION);
  const hello = Buffer.concat([hex('fefd'), randomBytes(32), noSession, hex('c02b 00'), extensions]);
  const certificate = sized(3, sized(3, randomBytes(300)));
  const messages = [handshakeMessage(2, 0, hello), handshakeMessage(11, 1, certificate)];
  messages.push(handshakeMessage(14, 2, Buffer.alloc(0)));
  return Buffer.concat(messages.map((message, n) => record(HANDSHAKE, message, { sequence: first + n })));
}
