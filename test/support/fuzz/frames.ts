// Frames of RFC 6455 as a client should not send them, and what a server has to say to them.
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { MAX_OFFER_BYTES } from '../../../src/sdp/limits.ts';
import { claim, handshake } from '../client.ts';
import { TOKEN } from './wire.ts';

/** An upgrade that is let in. */
export const upgradeOf = (userid: string, secret: string): Buffer => {
  const request = handshake({ ...claim(userid), 'X-Proxy-Secret': secret });
  return Buffer.from(request.replace('/connect', `/connect?token=${TOKEN}`), 'latin1');
};

const MASK = [1, 2, 3, 4] as const;
const unmasked = (payload: Uint8Array, mask: Uint8Array | readonly number[]): Buffer =>
  Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));

/** One that is as it should be. */
export const frameOf = (first: number, payload: Uint8Array): Buffer =>
  Buffer.from([first, 0x80 | payload.length, ...MASK, ...unmasked(payload, MASK)]);

const closing = fc
  .tuple(
    fc.oneof(fc.constantFrom(999, 1000, 1001, 1005, 1006, 1007, 2999, 3000, 4999, 5000), fc.nat(65_535)),
    fc.string({ maxLength: 20 }),
  )
  .map(([code, reason]) => {
    const head = Buffer.alloc(2);
    head.writeUInt16BE(code);
    return frameOf(0x88, Buffer.concat([head, Buffer.from(reason)]));
  });

/** Whole ones, which are wrong by where they stand and by what is in them at most. */
const whole = fc
  .tuple(
    fc.constantFrom(0x81, 0x82, 0x89, 0x8a, 0x01, 0x02, 0x00, 0x80),
    fc.oneof(
      fc.string({ maxLength: 20 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 125 }).map((bytes) => Buffer.from(bytes)),
    ),
  )
  .map(([first, payload]) => frameOf(first, payload));

const wild = fc
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

/** The head of a message that is larger than an offer may be. */
const tooBig = fc.constantFrom(0x01, 0x81, 0x82).map((first) => Buffer.from([first, 0xff, 0, 0, 0, 0, 0, 4, 0, 1]));

/** Frames that are none, or not allowed, or not whole, behind some that are. */
export const frames: fc.Arbitrary<Buffer> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: whole },
      { weight: 3, arbitrary: closing },
      { weight: 6, arbitrary: wild },
      { weight: 1, arbitrary: tooBig },
    ),
    { maxLength: 6 },
  )
  .map((list) => Buffer.concat(list));

/** The code of a close frame without one (RFC 6455 §7.1.5). */
export const NO_CODE = 1005;
const PROTOCOL = 1002;
const NOT_UTF8 = 1007;
const TOO_BIG = 1009;
const NO_OFFER = 4400;

const CONTINUATION = 0x0;
const TEXT = 0x1;
const BINARY = 0x2;
const CLOSE = 0x8;
const PONG = 0xa;

/**
 * The close code that these frames of a client, none of which holds an offer, must be answered with; null where there
 * is nothing to answer with one. Written after the RFC; that a length is as short as can be is left out, since ws takes
 * others.
 */
export function codeFor(bytes: Buffer): number | null {
  const message: Buffer[] = [];
  let kind = CONTINUATION;
  for (let at = 0; ;) {
    const frame = frameAt(bytes, at, message);
    if (frame === null || typeof frame === 'number') return frame;
    const { opcode, payload, end } = frame;
    if (opcode === CLOSE) return codeOfClose(payload);
    if (opcode < CLOSE) {
      if (opcode !== CONTINUATION) kind = opcode;
      message.push(payload);
      if (frame.isLast) return kind === TEXT && !isUtf8(Buffer.concat(message)) ? NOT_UTF8 : NO_OFFER;
    }
    at = end;
  }
}

interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly payload: Buffer;
  /** Where the next one begins. */
  readonly end: number;
}

/** The code that it is refused with; null where it is not there as a whole. @param message what is there of one */
function frameAt(bytes: Buffer, at: number, message: readonly Buffer[]): Frame | number | null {
  if (at + 2 > bytes.length) return null;
  const [first = 0, second = 0] = bytes.subarray(at);
  if (isForbidden(first, second, message.length > 0)) return PROTOCOL;
  const opcode = first & 0xf;
  const mask = at + 2 + ({ 126: 2, 127: 8 }[second & 0x7f] ?? 0);
  if (mask > bytes.length) return null;
  const length = lengthOf(bytes.subarray(at + 1, mask));
  const sum = message.reduce((before, part) => before + part.length, length);
  if (opcode < CLOSE && sum > MAX_OFFER_BYTES) return TOO_BIG;
  const start = mask + 4;
  const end = start + length;
  if (end > bytes.length) return null;
  const payload = unmasked(bytes.subarray(start, end), bytes.subarray(mask, start));
  return { opcode, isLast: (first & 0x80) !== 0, payload, end };
}

/** RFC 6455 §5.1, §5.2, §5.4, §5.5. */
function isForbidden(first: number, second: number, isInMessage: boolean): boolean {
  const opcode = first & 0xf;
  const length = second & 0x7f;
  const hasReservedBits = (first & 0x70) !== 0;
  const isUnmasked = (second & 0x80) === 0;
  if (hasReservedBits || isUnmasked) return true;
  if (opcode < CLOSE) return opcode > BINARY || (opcode === CONTINUATION) !== isInMessage;
  return opcode > PONG || (first & 0x80) === 0 || length > 125 || (opcode === CLOSE && length === 1);
}

/** @param field from the second byte of the frame on */
function lengthOf(field: Buffer): number {
  if (field.length === 1) return (field[0] ?? 0) & 0x7f;
  return field.length === 3 ? field.readUInt16BE(1) : Number(field.readBigUInt64BE(1));
}

/** RFC 6455 §7.4: what may be sent is given back. */
function codeOfClose(payload: Buffer): number {
  if (payload.length === 0) return NO_CODE;
  const code = payload.readUInt16BE(0);
  const isRegistered = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  if (!isRegistered && (code < 3000 || code > 4999)) return PROTOCOL;
  return isUtf8(payload.subarray(2)) ? code : NOT_UTF8;
}

/** The code of the close frame in what a server sent behind the upgrade; null where there is no such frame. */
export function codeIn(bytes: Buffer): number | null {
  let at = bytes.indexOf('\r\n\r\n') + 4;
  while (at + 2 <= bytes.length) {
    const [first = 0, length = 0] = bytes.subarray(at);
    if (first === 0x88) return length < 2 ? NO_CODE : bytes.readUInt16BE(at + 2);
    // What a server sends besides is short: pongs.
    at += 2 + length;
  }
  return null;
}
