import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import gst from 'node-gst';

/** @typedef {{ readonly rtp: Buffer, readonly atMs: number }} ClipPacket `rtp` is whole; `atMs` counts from the first */

/**
 * Real packets of a moving picture, 25 a second, with a key frame each second.
 *
 * @param {number} seconds
 * @param {string} pattern of videotestsrc: ball is 0.3 Mbit/s, snow is 6; more of its properties may follow
 * @returns {Promise<ClipPacket[]>}
 */
export async function vp8Clip(seconds, pattern = 'ball') {
  const folder = mkdtempSync(join(tmpdir(), 'clip-'));
  const path = join(folder, 'rtp');
  const pipeline = gst.parseLaunch(
    `videotestsrc num-buffers=${seconds * 25} pattern=${pattern} ! video/x-raw,width=320,height=240,framerate=25/1 ! ` +
      `vp8enc deadline=1 keyframe-max-dist=25 ! ` +
      `rtpvp8pay pt=96 seqnum-offset=0 timestamp-offset=0 ! rtpstreampay ! filesink location=${path}`,
  );
  try {
    const ended = new Promise((resolve, reject) => {
      pipeline.onBus(({ type, text }) => (type === 'eos' ? resolve(null) : reject(new Error(text))), ['eos', 'error']);
    });
    await pipeline.setState('PLAYING');
    await ended;
    await pipeline.setState('NULL');
    return packetsOf(readFileSync(path));
  } finally {
    pipeline.dispose();
    rmSync(folder, { recursive: true });
  }
}

/** @param {Buffer} framed */
function packetsOf(framed) {
  const packets = [];
  for (let at = 0; at < framed.length;) {
    const length = framed.readUInt16BE(at);
    const rtp = framed.subarray(at + 2, at + 2 + length);
    packets.push({ rtp, atMs: rtp.readUInt32BE(4) / 90 });
    at += 2 + length;
  }
  return packets;
}
