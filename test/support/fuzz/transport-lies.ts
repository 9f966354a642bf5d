// What transport-wide feedback says (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1) of packets, and is not so.
import { randomBytes, randomInt } from 'node:crypto';

const MOST = 0x1fff;
/** A reference time counts 64 ms, and what is told since then 250 µs. */
const REFERENCE_MS = 64;
/** So much faster than his clock: half a second of queue more in each second. */
const DRIFT = 1.5;

let count = 0;

/** Numbers that follow each other; `symbol` is of all of them, and each that came did so with the first. */
function feedbackOf(first: number, length: number, symbol: 0 | 1, atMs: number): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(first, 0);
  head.writeUInt16BE(length, 2);
  head.writeUIntBE(Math.floor(atMs / REFERENCE_MS) % 2 ** 24, 4, 3);
  head.writeUInt8(count++ % 256, 7);
  head.writeUInt16BE(symbol * 0x2000 + length, 8);
  const size = 10 + symbol * length;
  return Buffer.concat([head, Buffer.alloc(Math.ceil(size / 4) * 4 - 10)]);
}

/** Takes the numbers out of `numbers`; null where there are none. */
function taken(numbers: number[], symbol: 0 | 1, atMs: number): Buffer | null {
  const [first] = numbers;
  const last = numbers.at(-1);
  if (first === undefined || last === undefined) return null;
  numbers.length = 0;
  const length = ((last - first + 2 ** 16) % 2 ** 16) + 1;
  return length > MOST ? null : feedbackOf(first, length, symbol, atMs);
}

/** Of all that he was sent since he said something last. */
export const neverCame = (numbers: number[]): Buffer | null => taken(numbers, 0, performance.now());
export const cameLater = (numbers: number[]): Buffer | null => taken(numbers, 1, performance.now() * DRIFT);

/** So many packets as it takes 16 bits to say, in every other one, in runs that claim anything. */
export function neverSent(): Buffer {
  const said = randomBytes(20);
  if (randomInt(2) === 0) said.writeUInt16BE(0xffff, 2);
  return said;
}
