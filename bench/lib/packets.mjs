// The RTP that clients of the bench send: synthetic Opus and VP8, stamped so that a receiver in another process knows whose
// packet it is, which one, and when it left. Pure.

/** At the end of every payload, where nobody on the way looks: mark, publisher, count, time. */
const STAMP_SIZE = 20;
const MARK = 0x62656e63;

export const KINDS = /** @type {const} */ ({
  audio: { payloadType: 111, ssrc: 0x1111, clockRate: 48_000, periodMs: 20, packets: 1 },
  // About 0.8 Mbit/s.
  video: { payloadType: 96, ssrc: 0x2222, clockRate: 90_000, periodMs: 1_000 / 30, packets: 3 },
});

/** @typedef {keyof typeof KINDS} Kind */
/** @typedef {{ readonly publisher: number, readonly count: number, readonly atUs: number }} Stamp */

export const LEVEL = { id: 1, uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level' };
/** -dBov with the bit that says that it is a voice: loud enough for whoever selects by it. */
export const LOUD = 0x80 | 30;

/** 20 ms of silence (RFC 6716 §4.3), as long as speech at 32 kbit/s. */
const OPUS_SIZE = 80;
const VP8_SIZE = 1_100;
const KEY_FRAME_EVERY = 30;
/** An uncompressed key frame header of 320 by 240 (RFC 6386 §9.1), and the first bytes of any other frame. */
const VP8_KEY = Buffer.from([0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00]);
const VP8_DELTA = Buffer.from([0x11, 0x02, 0x00]);

/** Packets per second of one publisher. @param {Kind} kind */
export const rateOf = (kind) => (KINDS[kind].packets * 1_000) / KINDS[kind].periodMs;

/** Monotonic and the same in every process of a machine, µs. */
export const nowUs = () => Number(process.hrtime.bigint()) / 1_000;

/**
 * @param {number} publisher
 * @param {number} count of packets before this one
 * @param {number} atUs
 * @param {number} [level] as RFC 6464 has it
 */
export function audioPacket(publisher, count, atUs, level = LOUD) {
  const packet = Buffer.alloc(20 + OPUS_SIZE);
  writeHeader(packet, 'audio', { marker: false, sequence: count, timestamp: count * 960 });
  packet[0] |= 0x10; // a header extension
  packet.writeUInt32BE(0xbede_0001, 12);
  packet.writeUInt16BE((LEVEL.id << 12) | level, 16);
  packet.set([0xf8, 0xff, 0xfe], 20);
  writeStamp(packet, { publisher, count, atUs });
  return packet;
}

/**
 * @param {number} publisher
 * @param {number} count of packets before this one
 * @param {number} atUs
 */
export function videoPacket(publisher, count, atUs) {
  const { packets, clockRate, periodMs } = KINDS.video;
  const frame = Math.floor(count / packets);
  const part = count % packets;
  const packet = Buffer.alloc(12 + VP8_SIZE);
  const timestamp = Math.round((frame * periodMs * clockRate) / 1_000);
  writeHeader(packet, 'video', { marker: part === packets - 1, sequence: count, timestamp });
  // RFC 7741 §4.2: extended, start of a partition; a picture id of 15 bits.
  packet.set([part === 0 ? 0x90 : 0x80, 0x80, 0x80 | ((frame >> 8) & 0x7f), frame & 0xff], 12);
  if (part === 0) packet.set(frame % KEY_FRAME_EVERY === 0 ? VP8_KEY : VP8_DELTA, 16);
  writeStamp(packet, { publisher, count, atUs });
  return packet;
}

/**
 * @param {Buffer} packet
 * @param {Kind} kind
 * @param {{ marker: boolean, sequence: number, timestamp: number }} fields
 */
function writeHeader(packet, kind, { marker, sequence, timestamp }) {
  packet[0] = 0x80;
  packet[1] = (marker ? 0x80 : 0) | KINDS[kind].payloadType;
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(timestamp % 2 ** 32, 4);
  packet.writeUInt32BE(KINDS[kind].ssrc, 8);
}

/** @param {Buffer} packet @param {Stamp} stamp */
function writeStamp(packet, { publisher, count, atUs }) {
  const at = packet.length - STAMP_SIZE;
  packet.writeUInt32BE(MARK, at);
  packet.writeUInt32BE(publisher, at + 4);
  packet.writeUInt32BE(count, at + 8);
  packet.writeDoubleBE(atUs, at + 12);
}

/** Null for what no client sent. @param {Buffer} packet @returns {Stamp | null} */
export function readStamp(packet) {
  const at = packet.length - STAMP_SIZE;
  if (at < 12 || packet.readUInt32BE(at) !== MARK) return null;
  return {
    publisher: packet.readUInt32BE(at + 4),
    count: packet.readUInt32BE(at + 8),
    atUs: packet.readDoubleBE(at + 12),
  };
}

/** @param {Buffer} packet @returns {Kind} */
export const kindOf = (packet) => ((packet[1] & 0x7f) === KINDS.audio.payloadType ? 'audio' : 'video');
