/** RTP and VP8 as bytes, written plainly: the other opinion about the formats that the native code is tested against. */

export interface Extension {
  readonly id: number;
  readonly data: Uint8Array;
}

export interface RtpFields {
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly marker: boolean;
  readonly csrcs: readonly number[];
  /** `null`: the X bit is off. */
  readonly form: 'one-byte' | 'two-byte' | null;
  readonly extensions: readonly Extension[];
  readonly payload: Uint8Array;
  /** Bytes of padding behind the payload, its count included. */
  readonly padding: number;
}

const ONE_BYTE = 0xbede;
const TWO_BYTE = 0x1000;

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export function buildRtp(fields: Partial<RtpFields>): Uint8Array {
  const csrcs = fields.csrcs ?? [];
  const form = fields.form ?? (fields.extensions ? 'one-byte' : null);
  const padding = fields.padding ?? 0;
  const header = new Uint8Array(12 + csrcs.length * 4);
  const view = new DataView(header.buffer);
  view.setUint8(0, 0x80 | (padding > 0 ? 0x20 : 0) | (form ? 0x10 : 0) | csrcs.length);
  view.setUint8(1, (fields.marker ? 0x80 : 0) | (fields.payloadType ?? 111));
  view.setUint16(2, fields.sequence ?? 0);
  view.setUint32(4, fields.timestamp ?? 0);
  view.setUint32(8, fields.ssrc ?? 1);
  csrcs.forEach((csrc, index) => view.setUint32(12 + index * 4, csrc));
  const pad = new Uint8Array(padding);
  if (padding > 0) pad[padding - 1] = padding;
  return concat(header, buildExtensions(form, fields.extensions ?? []), fields.payload ?? text('opus'), pad);
}

function buildExtensions(form: RtpFields['form'], extensions: readonly Extension[]): Uint8Array {
  if (form === null) return new Uint8Array(0);
  const elements = extensions.map(({ id, data }) =>
    form === 'one-byte'
      ? concat(Uint8Array.of((id << 4) | (data.length - 1)), data)
      : concat(Uint8Array.of(id, data.length), data),
  );
  const body = concat(...elements);
  const words = Math.ceil(body.length / 4);
  const header = new Uint8Array(4);
  const view = new DataView(header.buffer);
  view.setUint16(0, form === 'one-byte' ? ONE_BYTE : TWO_BYTE);
  view.setUint16(2, words);
  return concat(header, body, new Uint8Array(words * 4 - body.length));
}

export function parseRtp(packet: Uint8Array): RtpFields {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const first = view.getUint8(0);
  if (first >> 6 !== 2) throw new Error('not RTP');
  const csrcs = Array.from({ length: first & 15 }, (_, index) => view.getUint32(12 + index * 4));
  let at = 12 + csrcs.length * 4;
  let form: RtpFields['form'] = null;
  let extensions: Extension[] = [];
  if ((first & 0x10) !== 0) {
    form = view.getUint16(at) === ONE_BYTE ? 'one-byte' : 'two-byte';
    const size = view.getUint16(at + 2) * 4;
    extensions = parseExtensions(form, packet.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
  const padding = (first & 0x20) !== 0 ? packet.at(-1)! : 0;
  return {
    payloadType: view.getUint8(1) & 0x7f,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    marker: (view.getUint8(1) & 0x80) !== 0,
    csrcs,
    form,
    extensions,
    payload: packet.subarray(at, packet.length - padding),
    padding,
  };
}

function parseExtensions(form: 'one-byte' | 'two-byte', body: Uint8Array): Extension[] {
  const found: Extension[] = [];
  for (let at = 0; at < body.length;) {
    if (body[at] === 0) {
      at += 1;
      continue;
    }
    const [id, size, head] =
      form === 'one-byte' ? [body[at]! >> 4, (body[at]! & 15) + 1, 1] : [body[at]!, body[at + 1]!, 2];
    if (at + head + size > body.length) throw new Error('extension cut short');
    found.push({ id, data: body.subarray(at + head, at + head + size) });
    at += head + size;
  }
  return found;
}

/** The data of the extension with this id as bytes; undefined where there is none. */
export const extension = (packet: RtpFields, id: number): number[] | undefined => {
  const found = packet.extensions.find((each) => each.id === id);
  return found && [...found.data];
};

export interface Vp8Fields {
  readonly keyframe: boolean;
  /** Start of partition 0. */
  readonly start: boolean;
  readonly pictureId: number | null;
  readonly pictureIdBits: 7 | 15;
  readonly tl0: number | null;
  /** The byte of TID, Y and KEYIDX. */
  readonly temporal: number | null;
  readonly data: Uint8Array;
}

const plain: Omit<Vp8Fields, 'data'> = {
  keyframe: false,
  start: true,
  pictureId: null,
  pictureIdBits: 15,
  tl0: null,
  temporal: null,
};

export function buildVp8(fields: Partial<Vp8Fields>): Uint8Array {
  const { keyframe, start, pictureId, pictureIdBits, tl0, temporal, data } = { ...plain, data: undefined, ...fields };
  const bit = (value: unknown, mask: number) => (value === null ? 0 : mask);
  const present = bit(pictureId, 0x80) | bit(tl0, 0x40) | bit(temporal, 0x20);
  const descriptor = [(present ? 0x80 : 0) | (start ? 0x10 : 0)];
  if (present) descriptor.push(present);
  if (pictureId !== null)
    descriptor.push(...(pictureIdBits === 15 ? [0x80 | (pictureId >> 8), pictureId & 0xff] : [pictureId]));
  if (tl0 !== null) descriptor.push(tl0);
  if (temporal !== null) descriptor.push(temporal);
  return concat(Uint8Array.from(descriptor), data ?? Uint8Array.of(keyframe ? 0x10 : 0x11, 1, 2, 3));
}

export function parseVp8(payload: Uint8Array): Vp8Fields {
  let at = 1;
  const present = (payload[0]! & 0x80) !== 0 ? payload[at++]! : 0;
  let pictureId: number | null = null;
  let pictureIdBits: 7 | 15 = 7;
  if ((present & 0x80) !== 0) {
    pictureIdBits = (payload[at]! & 0x80) !== 0 ? 15 : 7;
    pictureId = pictureIdBits === 15 ? ((payload[at]! & 0x7f) << 8) | payload[at + 1]! : payload[at]!;
    at += pictureIdBits === 15 ? 2 : 1;
  }
  const tl0 = (present & 0x40) !== 0 ? payload[at++]! : null;
  const temporal = (present & 0x30) !== 0 ? payload[at++]! : null;
  const start = (payload[0]! & 0x17) === 0x10;
  const data = payload.subarray(at);
  return { keyframe: start && (data[0]! & 1) === 0, start, pictureId, pictureIdBits, tl0, temporal, data };
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
