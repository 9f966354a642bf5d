// STUN as bytes (RFC 8489), written plainly: hostile messages are built and answers are read with it.
import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const REQUEST = 0x0001;
export const INDICATION = 0x0011;
export const SUCCESS = 0x0101;
export const ERROR = 0x0111;

/** RFC 8489 §18.3 and RFC 8445 §16.1. */
export const ATTRIBUTES = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  realm: 0x0014,
  nonce: 0x0015,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  software: 0x8022,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

const COOKIE = 0x2112_a442;
const HEADER = 20;
const INTEGRITY = 24;
const FINGERPRINT = 8;
/** RFC 8489 §14.7. */
const FINGERPRINT_XOR = 0x5354_554e;

export interface StunAttribute {
  readonly type: number;
  readonly value: Buffer;
  /** Where its header begins in the message. */
  readonly at: number;
}

export interface StunMessage {
  readonly type: number;
  readonly transaction: Buffer;
  readonly attributes: readonly StunAttribute[];
}

/** Behind it as many zeros as its next needs to begin at a multiple of 4. */
export function attribute(type: number, value: Buffer = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  value.copy(bytes, 4);
  return bytes;
}

export function message(type: number, attributes: readonly Buffer[] = [], transaction = randomBytes(12)): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(type, 0);
  head.writeUInt32BE(COOKIE, 4);
  return withLength(Buffer.concat([head, transaction, ...attributes]));
}

/** With a MESSAGE-INTEGRITY behind it, by this password (RFC 8489 §14.5). */
export const signed = (bytes: Buffer, password: string): Buffer =>
  withLength(Buffer.concat([bytes, attribute(ATTRIBUTES.messageIntegrity, integrityOf(bytes, password))]));

/** With a FINGERPRINT behind it, which is right unless `xor` is another one. */
export const fingerprinted = (bytes: Buffer, xor = FINGERPRINT_XOR): Buffer =>
  withLength(Buffer.concat([bytes, attribute(ATTRIBUTES.fingerprint, fingerprintOf(bytes, xor))]));

/** Null where it is no STUN message: of another length than it says, or with attributes that do not fit. */
export function readStun(bytes: Buffer): StunMessage | null {
  const isWhole = bytes.length >= HEADER && bytes.length % 4 === 0 && bytes.readUInt16BE(2) === bytes.length - HEADER;
  if (!isWhole || bytes.readUInt8(0) > 3 || bytes.readUInt32BE(4) !== COOKIE) return null;
  const attributes: StunAttribute[] = [];
  for (let at = HEADER; at < bytes.length;) {
    const size = bytes.readUInt16BE(at + 2);
    const end = at + 4 + Math.ceil(size / 4) * 4;
    if (end > bytes.length) return null;
    attributes.push({ type: bytes.readUInt16BE(at), value: bytes.subarray(at + 4, at + 4 + size), at });
    at = end;
  }
  return { type: bytes.readUInt16BE(0), transaction: bytes.subarray(8, HEADER), attributes };
}

/** Whether a whole message has a MESSAGE-INTEGRITY of this password. */
export function isSignedWith(bytes: Buffer, password: string): boolean {
  const found = attributeOf(bytes, ATTRIBUTES.messageIntegrity);
  return found !== undefined && found.value.equals(integrityOf(bytes.subarray(0, found.at), password));
}

export function hasRightFingerprint(bytes: Buffer): boolean {
  const found = attributeOf(bytes, ATTRIBUTES.fingerprint);
  return found !== undefined && found.value.equals(fingerprintOf(bytes.subarray(0, found.at), FINGERPRINT_XOR));
}

const attributeOf = (bytes: Buffer, type: number): StunAttribute | undefined =>
  readStun(bytes)?.attributes.find((each) => each.type === type);

/** Of what stands before it, with the length that the message has once it is there. */
const integrityOf = (before: Buffer, password: string): Buffer =>
  createHmac('sha1', password).update(withLength(before, INTEGRITY)).digest();

function fingerprintOf(before: Buffer, xor: number): Buffer {
  const value = Buffer.alloc(4);
  value.writeUInt32BE((crc32(withLength(before, FINGERPRINT)) ^ xor) >>> 0);
  return value;
}

function withLength(bytes: Buffer, more = 0): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt16BE(bytes.length - HEADER + more, 2);
  return copy;
}
