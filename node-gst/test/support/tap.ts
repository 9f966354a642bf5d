/** The reader's end of a tap, in JavaScript. */
import { Socket } from 'node:net';
import { readdirSync, readFileSync } from 'node:fs';
import nodeGst from 'node-gst';
import type { Tap, TapSlotOptions } from '../../tap.d.ts';
import { concat, parseRtp, type RtpFields } from './rtp.ts';

export const UNIX_OFFSET_NS = 1_700_000_000_000_000_000n;

export const openTap = (maxBytes = 1 << 20): Tap => nodeGst.tap({ maxBytes, unixOffsetNs: UNIX_OFFSET_NS });

export const tapAudio = (ssrc = 0x11): TapSlotOptions => ({
  ssrc,
  kind: 'audio',
  codec: 'opus',
  payloadType: 111,
  clockRate: 48_000,
});

export const tapVideo = (ssrc = 0x22): TapSlotOptions => ({
  ssrc,
  kind: 'video',
  codec: 'vp8',
  payloadType: 96,
  clockRate: 90_000,
});

export interface Tapped extends RtpFields {
  /** ns since 1970. */
  readonly unixNs: bigint;
}

const NTP_UNIX_SECONDS = 2_208_988_800n;

/** RFC 5905 §6, rounded to the ns. */
export function unixNsOf(ntp: Uint8Array): bigint {
  const view = new DataView(ntp.buffer, ntp.byteOffset, 8);
  const seconds = BigInt(view.getUint32(0)) - NTP_UNIX_SECONDS;
  return seconds * 1_000_000_000n + ((BigInt(view.getUint32(4)) * 1_000_000_000n + (1n << 31n)) >> 32n);
}

/** Reads everything, from the first call of `start` on. */
export class TapEnd {
  readonly packets: Tapped[] = [];
  ended = false;
  readonly #socket: Socket;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(tap: Tap) {
    this.#socket = new Socket({ fd: tap.takeChildFd(), readable: true });
    this.#socket.pause();
    // A reader that goes with bytes unread is reset.
    this.#socket.on('error', () => undefined);
    this.#socket.on('end', () => {
      this.ended = true;
    });
  }

  start(): this {
    this.#socket.on('data', (chunk: Buffer) => {
      this.#rest = this.#rest.length === 0 ? chunk : concat(this.#rest, chunk);
      this.#parse();
    });
    this.#socket.resume();
    return this;
  }

  get leftOver(): number {
    return this.#rest.length;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #parse(): void {
    let at = 0;
    const view = new DataView(this.#rest.buffer, this.#rest.byteOffset, this.#rest.length);
    while (this.#rest.length - at >= 2 && this.#rest.length - at >= 2 + view.getUint16(at)) {
      const size = view.getUint16(at);
      const fields = parseRtp(this.#rest.slice(at + 2, at + 2 + size));
      this.packets.push({ ...fields, unixNs: unixNsOf(fields.extensions[0]!.data) });
      at += 2 + size;
    }
    this.#rest = this.#rest.subarray(at);
  }
}

/** How many threads of this name there are. */
export function threadsNamed(name: string): number {
  const comm = (id: string) => {
    try {
      return readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim();
    } catch {
      return '';
    }
  };
  return readdirSync('/proc/self/task').filter((id) => comm(id) === name).length;
}
