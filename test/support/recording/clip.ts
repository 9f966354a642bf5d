import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import gst from 'node-gst';
import { parseRtp, type RtpFields } from '../../../node-gst/test/support/rtp.ts';

/** A packet of a clip. */
export interface ClipPacket {
  /** When it was captured, ms from the beginning. */
  readonly atMs: number;
  /** When it is sent; where it is left out, at once. */
  readonly sentMs?: number;
  readonly rtp: RtpFields;
}

export type ClipCodec = 'opus' | 'vp8' | 'h264';

const FPS = 25;

const picture = (seconds: number, width: number): string =>
  `videotestsrc num-buffers=${seconds * FPS} pattern=ball ! ` +
  `video/x-raw,width=${width},height=${(width * 3) / 4},framerate=${FPS}/1`;

/** Audio of 20 ms a packet; video with a key frame each second. */
const SOURCES: Readonly<Record<ClipCodec, (seconds: number, width: number) => string>> = {
  opus: (seconds) =>
    `audiotestsrc num-buffers=${seconds * 50} samplesperbuffer=960 ! audio/x-raw,rate=48000 ! opusenc ! rtpopuspay pt=111`,
  vp8: (seconds, width) => `${picture(seconds, width)} ! vp8enc deadline=1 keyframe-max-dist=25 ! rtpvp8pay pt=96`,
  h264: (seconds, width) =>
    `${picture(seconds, width)} ! openh264enc gop-size=25 ! h264parse ! rtph264pay pt=96 config-interval=-1`,
};

const CLOCK_RATES = { opus: 48_000, vp8: 90_000, h264: 90_000 } as const;

/** Real packets of a test tone or a test picture. */
export async function clipOf(codec: ClipCodec, seconds: number, width = 320): Promise<ClipPacket[]> {
  const folder = mkdtempSync(join(tmpdir(), 'clip-'));
  const path = join(folder, 'rtp');
  const offsets = 'seqnum-offset=0 timestamp-offset=0';
  const pipeline = gst.parseLaunch(
    `${SOURCES[codec](seconds, width)} ${offsets} ! rtpstreampay ! filesink location=${path}`,
  );
  try {
    await new Promise<void>((resolve, reject) => {
      pipeline.onBus(({ type, text }) => {
        if (type === 'eos') resolve();
        if (type === 'error') reject(new Error(text));
      });
      pipeline.setState('PLAYING').catch(reject);
    });
    await pipeline.setState('NULL');
    return packetsOf(readFileSync(path), CLOCK_RATES[codec]);
  } finally {
    pipeline.dispose();
    rmSync(folder, { recursive: true });
  }
}

function packetsOf(framed: Buffer, clockRate: number): ClipPacket[] {
  const packets: ClipPacket[] = [];
  for (let at = 0; at < framed.length;) {
    const length = framed.readUInt16BE(at);
    const rtp = parseRtp(framed.subarray(at + 2, at + 2 + length));
    packets.push({ atMs: (rtp.timestamp * 1000) / clockRate, rtp });
    at += 2 + length;
  }
  return packets;
}

/** One clip behind the other, as one stream. */
export function joined(first: readonly ClipPacket[], second: readonly ClipPacket[], atMs: number): ClipPacket[] {
  const sequence = (first.at(-1)?.rtp.sequence ?? -1) + 1;
  const moved = second.map((packet) => ({
    atMs: packet.atMs + atMs,
    rtp: { ...packet.rtp, sequence: (packet.rtp.sequence + sequence) & 0xffff },
  }));
  return [...first, ...moved];
}
