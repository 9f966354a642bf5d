import nodeGst from 'node-gst';
import type { MediaHarness, SectionOptions, SlotOptions, Track, TrackOptions } from '../../media.d.ts';
import { parseRtp, type RtpFields } from './rtp.ts';

export const { mediaHarness, forwarder } = nodeGst;

export const MS = 1_000_000n;
export const SECOND = 1_000_000_000n;
/** Extension ids of publishers, and others for receivers, so that a packet that is passed on unchanged is noticed. */
export const PUBLISHER_IDS = { mid: 4, audioLevel: 1, transportCc: 3 };
export const RECEIVER_IDS = { mid: 9, audioLevel: 10, transportCc: 5 };

type Of<T extends SectionOptions> = Partial<T>;

const audioTrack = (options: Of<TrackOptions> = {}): TrackOptions => ({
  mline: 0,
  mid: 'a',
  kind: 'audio',
  codec: 'opus',
  payloadType: 111,
  clockRate: 48_000,
  extensions: PUBLISHER_IDS,
  ssrcs: [],
  ...options,
});

const audioSlot = (options: Of<SlotOptions> = {}): SlotOptions => ({
  mline: 0,
  mid: 'a',
  kind: 'audio',
  codec: 'opus',
  payloadType: 63,
  clockRate: 48_000,
  extensions: RECEIVER_IDS,
  ssrc: 0xa0a0a0a0,
  ...options,
});

/** Sections of one kind. */
export interface Kit {
  readonly track: (options?: Of<TrackOptions>) => TrackOptions;
  readonly slot: (options?: Of<SlotOptions>) => SlotOptions;
}

export const AUDIO: Kit = { track: audioTrack, slot: audioSlot };

export const VIDEO: Kit = {
  track: (options = {}) => ({
    ...audioTrack({ mline: 1, mid: 'v', kind: 'video', codec: 'vp8', payloadType: 96, clockRate: 90_000 }),
    ...options,
  }),
  slot: (options = {}) => ({
    ...audioSlot({ mline: 1, mid: 'v', kind: 'video', codec: 'vp8', payloadType: 100, clockRate: 90_000 }),
    ssrc: 0xb0b0b0b0,
    ...options,
  }),
};

/** A publisher's peer. */
export const publisher = (csrc: number, ...tracks: TrackOptions[]): MediaHarness =>
  mediaHarness({ csrc, tracks, slots: [] });

/** A receiver's peer, attached. */
export function receiver(...slots: SlotOptions[]): MediaHarness {
  const peer = mediaHarness({ csrc: 1, tracks: [], slots });
  peer.attach();
  return peer;
}

/** One publisher, heard in the one slot of a receiver. */
export function pair(kit: Kit) {
  const { a: from, to, routes } = rivals(kit);
  routes.route(to.slots[0]!, from.tracks[0]!);
  return { from, to, routes };
}

/** Two publishers, CSRC 1 and 2, and a receiver whose one slot is empty. */
export const rivals = (kit: Kit) => ({
  a: publisher(1, kit.track()),
  b: publisher(2, kit.track()),
  to: receiver(kit.slot()),
  routes: forwarder(),
});

export interface Sent extends RtpFields {
  readonly mline: number;
  readonly captureNs: bigint;
}

/** What the peer's slots sent since the last call, parsed. */
export const sent = (peer: MediaHarness): Sent[] =>
  peer.takeSent().map(({ mline, packet, captureNs }) => ({ ...parseRtp(packet), mline, captureNs }));

/** The records of `takeLevels`, read; null for a track that received nothing. */
export function levelsOf(tracks: readonly Track[]) {
  // What a call leaves as it was must not look like something it wrote.
  const records = new Int32Array(tracks.length * nodeGst.LEVELS_SIZE).fill(-1);
  const count = nodeGst.takeLevels(tracks, records);
  const read = tracks.map((_, i) => {
    const [packets, bytes, voiced, kept, ...levels] = records.subarray(i * nodeGst.LEVELS_SIZE);
    return packets === 0 ? null : { packets, bytes, voiced, levels: levels.slice(0, kept) };
  });
  expect(read.filter((each) => each !== null)).toHaveLength(count);
  return read;
}

/** The RFC 6464 element that `audioTrack` negotiates: -dBov, plus 0x80 for voice. */
export const level = (byte: number) => ({ extensions: [{ id: PUBLISHER_IDS.audioLevel, data: Uint8Array.of(byte) }] });

/** Drops that are not 0. */
export const drops = (peer: MediaHarness): Record<string, number> =>
  Object.fromEntries(Object.entries(peer.stats().dropped).filter(([, count]) => count !== 0));

/** Distance from `from` to `to` in a counter of this many bits, the short way round. */
export function distance(from: number, to: number, bits: number): number {
  const range = 2 ** bits;
  const ahead = (((to - from) % range) + range) % range;
  return ahead >= range / 2 ? ahead - range : ahead;
}

/** Native errors belong to another realm than jest's, so `instanceof` does not do. */
export const aTypeError = (message = ''): Error => {
  const text: unknown = expect.stringContaining(message);
  const matcher: unknown = expect.objectContaining({ name: 'TypeError', message: text });
  return matcher as Error;
};
