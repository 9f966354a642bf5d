/** RTCP packets as bytes. */

const SENDER = 0xfeedface;

function packet(type: number, count: number, words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 + words.length * 4);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x80 | count);
  view.setUint8(1, type);
  view.setUint16(2, words.length);
  words.forEach((word, index) => view.setUint32(4 + index * 4, word >>> 0));
  return bytes;
}

/** `ntpNs`: nanoseconds since 1900 on the sender's wall clock. */
export function senderReport(ssrc: number, ntpNs: bigint, timestamp: number): Uint8Array {
  const seconds = Number(ntpNs / 1_000_000_000n);
  const fraction = Number(((ntpNs % 1_000_000_000n) << 32n) / 1_000_000_000n);
  return packet(200, 0, [ssrc, seconds, fraction, timestamp, 0, 0]);
}

export const receiverReport = (): Uint8Array => packet(201, 0, [SENDER]);
export const bye = (...ssrcs: number[]): Uint8Array => packet(203, ssrcs.length, ssrcs);
export const pli = (ssrc: number): Uint8Array => packet(206, 1, [SENDER, ssrc]);

/** Each entry: the stream asked, and the number of the request. */
export const fir = (...entries: (readonly [ssrc: number, sequence: number])[]): Uint8Array =>
  packet(206, 4, [SENDER, 0].concat(entries.flatMap(([ssrc, sequence]) => [ssrc, sequence << 24])));
