import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** What a file of EBML begins with (RFC 8794 §11.2.1). */
const EBML = Buffer.from('1a45dfa3', 'hex');
/** A Duration of 0, with the head of a Void of 8 bytes over its beginning. */
const BROKEN = Buffer.from('ec88880000000000000000', 'hex');
/** Where the size of that Void is, and what it has to be: one element byte and one size byte, then all the rest. */
const SIZE = { offset: 1, value: 0x80 | (BROKEN.length - 2) } as const;
/** The Duration is in the first of what the muxer writes. */
const HEAD_BYTES = 1024;

/**
 * Mends a Matroska file in which no time passes, of one picture for example. GStreamer's muxer (1.22 to 1.26) writes no
 * Duration into it, and makes the Void in its place (RFC 8794 §11.3.2) a byte too short: whoever reads strictly finds no
 * element behind it. Other files are left as they are. Rejects where it cannot be read or written.
 *
 *   Duration  44 89 88 00 00 00 00 00 00 00 00
 *   is        ec 88 88 00 00 00 00 00 00 00│00
 *   becomes   ec 89 88 00 00 00 00 00 00 00 00
 */
export async function mendDurationVoid(path: string): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(HEAD_BYTES), position: 0 });
    const head = buffer.subarray(0, bytesRead);
    const at = head.subarray(0, EBML.length).equals(EBML) ? head.indexOf(BROKEN) : -1;
    if (at >= 0) await file.write(Buffer.of(SIZE.value), 0, 1, at + SIZE.offset);
  } finally {
    await file.close();
  }
}
