// SRTP of AES-CM-128 and HMAC-SHA1-80 (RFC 3711), for packets that no library would encrypt.
import { createCipheriv, createHmac } from 'node:crypto';

const LABELS = { encryption: 0, authentication: 1, salt: 2 };
const TAG = 10;

/** §4.3.1: the n-th key of a master of 16 bytes of key and 14 of salt. */
function derive(master: Buffer, label: number, size: number): Buffer {
  const iv = Buffer.alloc(16);
  master.copy(iv, 0, 16, 30);
  iv[7]! ^= label;
  return createCipheriv('aes-128-ctr', master.subarray(0, 16), iv).update(Buffer.alloc(size));
}

/** Encrypts RTP, whatever its header says. */
export class SrtpWriter {
  readonly #key: Buffer;
  readonly #salt: Buffer;
  readonly #authentication: Buffer;

  constructor(master: Buffer) {
    this.#key = derive(master, LABELS.encryption, 16);
    this.#salt = derive(master, LABELS.salt, 14);
    this.#authentication = derive(master, LABELS.authentication, 20);
  }

  /** @param rollovers how often the sequence of this stream has begun anew; the tag is right whatever `packet` is */
  protect(packet: Buffer, rollovers = 0): Buffer {
    const header = headerSize(packet);
    const cipher = createCipheriv('aes-128-ctr', this.#key, this.#iv(packet, rollovers));
    const encrypted = Buffer.concat([packet.subarray(0, header), cipher.update(packet.subarray(header))]);
    const rest = Buffer.alloc(4);
    rest.writeUInt32BE(rollovers);
    const tag = createHmac('sha1', this.#authentication).update(encrypted).update(rest).digest().subarray(0, TAG);
    return Buffer.concat([encrypted, tag]);
  }

  /** §4.1.1: the salt, the SSRC and the index, each at its place. */
  #iv(packet: Buffer, rollovers: number): Buffer {
    const iv = Buffer.alloc(16);
    this.#salt.copy(iv);
    for (let n = 0; n < 4; n += 1) iv[4 + n]! ^= packet[8 + n]!;
    const index = Buffer.alloc(6);
    index.writeUIntBE(rollovers * 2 ** 16 + packet.readUInt16BE(2), 0, 6);
    for (let n = 0; n < 6; n += 1) iv[8 + n]! ^= index[n]!;
    return iv;
  }
}

/** Where what is encrypted begins; at its end where the header says that it is longer. */
function headerSize(packet: Buffer): number {
  const fixed = 12 + (packet.readUInt8(0) & 0x0f) * 4;
  const isExtended = (packet.readUInt8(0) & 0x10) !== 0;
  const words = isExtended && packet.length >= fixed + 4 ? packet.readUInt16BE(fixed + 2) : 0;
  return Math.min(packet.length, isExtended ? fixed + 4 + words * 4 : fixed);
}
