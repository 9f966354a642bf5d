// RTP and RTCP as bytes (RFC 3550, 4585), as somebody writes them who means no good.
import { randomBytes } from 'node:crypto';

export const SENDER_REPORT = 200;
export const RECEIVER_REPORT = 201;
export const BYE = 203;
export const RTPFB = 205;
export const PSFB = 206;

export interface RtpHead {
  /** Version, padding, extension, and how many CSRCs. */
  readonly first?: number;
  readonly type?: number;
  readonly sequence: number;
  readonly ssrc: number;
}

/** The twelve bytes of the fixed header; 20 ms behind the one before. */
export function rtpHead({ first = 0x80, type = 111, sequence, ssrc }: RtpHead): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt8(first, 0);
  head.writeUInt8(type, 1);
  head.writeUInt16BE(sequence % 2 ** 16, 2);
  head.writeUInt32BE((sequence * 960) % 2 ** 32, 4);
  head.writeUInt32BE(ssrc, 8);
  return head;
}

/** One packet of a compound; `count` is that of the reports, or the format of the feedback. */
export function rtcp(type: number, count: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(4);
  head.writeUInt8(0x80 | count, 0);
  head.writeUInt8(type, 1);
  head.writeUInt16BE(body.length / 4, 2);
  return Buffer.concat([head, body]);
}

export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** RFC 4585 §6.1. */
export const feedback = (type: number, format: number, from: number, about: number, control: Buffer): Buffer =>
  rtcp(type, format, word(from), word(about), control);

/** RFC 3550 §6.4.2: with 0xff for `fraction` all is lost, of whatever was sent. `jitter` in units of the clock. */
export const reportBlock = (about: number, { fraction = 0, jitter = 0 } = {}): Buffer =>
  Buffer.concat([
    word(about),
    word(fraction * 2 ** 24 + (fraction === 0 ? 0 : 0x7f_ffff)),
    randomBytes(4),
    word(jitter),
    Buffer.alloc(8),
  ]);

/** Whether it is packets of RTCP behind each other, whose lengths are right, up to its end (RFC 3550 §6.1). */
export function isCompound(bytes: Buffer): boolean {
  let at = 0;
  while (at + 4 <= bytes.length) {
    if (bytes.readUInt8(at) >> 6 !== 2 || bytes.readUInt8(at + 1) < 192 || bytes.readUInt8(at + 1) > 223) return false;
    at += 4 + bytes.readUInt16BE(at + 2) * 4;
  }
  return at === bytes.length && at > 0;
}
