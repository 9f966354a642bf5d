import { distance, type Sent } from './media.ts';
import { parseVp8 } from './rtp.ts';

/** What every test packet carries: whose it is, which of his streams, and which packet of that stream. */
export interface Identity {
  readonly publisher: number;
  readonly life: number;
  readonly index: number;
  readonly keyframe: boolean;
}

export const identityBytes = ({ publisher, life, index, keyframe }: Identity): Uint8Array => {
  const bytes = new Uint8Array(10);
  // The first bit is VP8's: 0 in a key frame.
  const view = new DataView(bytes.buffer);
  view.setUint8(0, keyframe ? 0x10 : 0x11);
  view.setUint8(1, publisher);
  view.setUint8(2, life);
  view.setUint32(4, index);
  return bytes;
};

function identityOf(data: Uint8Array): Identity {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return {
    keyframe: view.getUint8(0) === 0x10,
    publisher: view.getUint8(1),
    life: view.getUint8(2),
    index: view.getUint32(4),
  };
}

/** A run of packets of one stream whose numbers differ from the publisher's by one and the same amount. */
interface Segment {
  readonly publisher: number;
  readonly life: number;
  readonly first: number;
  highest: number;
  /** Indexes that were sent. */
  readonly sent: Set<number>;
  /** Counted from 0 at the first packet of the slot; what index `first` was sent as. */
  readonly number: number;
  readonly timestamp: number;
  readonly pictureId: number | null;
}

/** Frames and timestamps of a test stream: two packets to a frame, 20 ms to a packet. */
export const TICKS = { audio: 960, video: 1800 } as const;
/** A quarter of a second of video. */
const MAX_DEBT = 22_500;

/**
 * What an SRTP receiver, its jitter buffer and its decoder rely on, checked from nothing but what a slot sent. Feed it
 * every packet; it throws at the first that breaks a promise.
 */
export class StreamCheck {
  readonly #kind: 'audio' | 'video';
  #segment: Segment | null = null;
  #head: { ssrc: number; payloadType: number } | null = null;
  #last: { sequence: number; number: number } | null = null;
  #highestNumber = -1;
  #highestTimestamp: number | null = null;
  readonly #numbers = new Set<number>();

  constructor(kind: 'audio' | 'video') {
    this.#kind = kind;
  }

  get segment(): Readonly<Segment> | null {
    return this.#segment;
  }

  /** `mayBegin`: something happened since the packet before that may begin a segment, even one that goes on as the last. */
  packet(packet: Sent, mayBegin: boolean): void {
    const vp8 = this.#kind === 'video' ? parseVp8(packet.payload) : null;
    const identity = identityOf(vp8 ? vp8.data : packet.payload);
    const number = this.#count(packet.sequence);
    this.#once(number);
    this.#sameHead(packet, identity);
    const segment = this.#segment;
    const begins = mayBegin && this.#kind === 'audio' && packet.marker;
    if (segment && number <= this.#highestNumber) this.#late(segment, identity, number);
    else if (begins || !segment || !this.#continues(segment, packet, identity, number)) {
      this.#start(packet, identity, number, vp8?.pictureId ?? null);
    } else expect(packet.marker).toBe(false);
    this.#inSegment(this.#segment!, packet, identity, vp8?.pictureId ?? null);
    this.#highestNumber = Math.max(this.#highestNumber, number);
  }

  /** Every number is new, and none is older than a receiver still takes. */
  #once(number: number): void {
    expect(this.#numbers.has(number)).toBe(false);
    this.#numbers.add(number);
    expect(number).toBeGreaterThan(this.#highestNumber - 128);
  }

  #sameHead({ ssrc, payloadType, csrcs }: Sent, { publisher }: Identity): void {
    this.#head ??= { ssrc, payloadType };
    expect({ ssrc, payloadType, csrcs }).toEqual({ ...this.#head, csrcs: [publisher] });
  }

  #late(segment: Segment, { publisher, life, index }: Identity, number: number): void {
    expect({ publisher, life, number }).toEqual({
      publisher: segment.publisher,
      life: segment.life,
      number: segment.number + index - segment.first,
    });
    expect(index).toBeGreaterThanOrEqual(segment.first);
  }

  /** Something else begins: with the very next number, later in time, and so that it can be played from here on. */
  #start(packet: Sent, identity: Identity, number: number, pictureId: number | null): void {
    if (this.#segment) expect(number).toBe(this.#highestNumber + 1);
    if (this.#highestTimestamp !== null) {
      expect(distance(this.#highestTimestamp, packet.timestamp, 32)).toBeGreaterThan(0);
    }
    expect(packet.marker).toBe(this.#kind === 'audio');
    if (this.#kind === 'video') expect(identity.keyframe).toBe(true);
    const { publisher, life, index } = identity;
    const { timestamp } = packet;
    this.#segment = { publisher, life, first: index, highest: index, sent: new Set(), number, timestamp, pictureId };
  }

  /** Numbers, timestamps and picture ids keep the publisher's distances. */
  #inSegment(segment: Segment, packet: Sent, { index }: Identity, pictureId: number | null): void {
    expect(this.#isTimely(segment, packet, index)).toBe(true);
    if (segment.pictureId !== null && pictureId !== null) {
      // A segment begins with the first packet of a frame.
      const frames = Math.floor(index / 2) - Math.floor(segment.first / 2);
      expect(distance(segment.pictureId, pictureId, 7)).toBe(distance(0, frames, 7));
    }
    segment.sent.add(index);
    segment.highest = Math.max(segment.highest, index);
    if (this.#highestTimestamp === null || distance(this.#highestTimestamp, packet.timestamp, 32) > 0) {
      this.#highestTimestamp = packet.timestamp;
    }
  }

  #continues(segment: Segment, packet: Sent, { publisher, life, index }: Identity, number: number): boolean {
    return (
      publisher === segment.publisher &&
      life === segment.life &&
      number - segment.number === index - segment.first &&
      this.#isTimely(segment, packet, index)
    );
  }

  /** Sound moves exactly as the publisher's; pictures may begin ahead of real time and get back to it at half speed. */
  #isTimely(segment: Segment, { timestamp }: Sent, index: number): boolean {
    const whole = (index - segment.first) * TICKS[this.#kind];
    const moved = distance(segment.timestamp, timestamp, 32);
    return this.#kind === 'audio' ? moved === whole : moved <= whole && moved >= whole - Math.min(whole / 2, MAX_DEBT);
  }

  /** The place of a 16-bit number in an endless count. */
  #count(sequence: number): number {
    this.#last ??= { sequence, number: 0 };
    const number = this.#last.number + distance(this.#last.sequence, sequence, 16);
    this.#last = { sequence, number };
    return number;
  }
}
