/** Every counter of a slot over its wraparound: in order, out of order, with holes, repeated, and with a switch just there. */
import type { MediaHarness } from '../media.d.ts';
import { AUDIO, distance, forwarder, MS, publisher, receiver, sent, type Sent, VIDEO } from './support/media.ts';
import { buildRtp, buildVp8, parseVp8 } from './support/rtp.ts';

/** A counter: how wide it is, by how much a packet or frame moves it, and where it stands in a packet that was sent. */
interface Counter {
  readonly kind: 'audio' | 'video';
  readonly bits: number;
  readonly step: number;
  readonly read: (packet: Sent) => number;
  /** Of which the value for the n-th packet is set by the test; the others stay away from their wraparound. */
  readonly sets: 'sequence' | 'timestamp' | 'pictureId7' | 'pictureId15' | 'tl0';
}

const counters: [string, Counter][] = [
  ['sequence numbers, 16 bits', { kind: 'audio', bits: 16, step: 1, read: (p) => p.sequence, sets: 'sequence' }],
  ['timestamps of audio, 32 bits', { kind: 'audio', bits: 32, step: 960, read: (p) => p.timestamp, sets: 'timestamp' }],
  [
    'timestamps of video, 32 bits',
    { kind: 'video', bits: 32, step: 3600, read: (p) => p.timestamp, sets: 'timestamp' },
  ],
  ['picture ids, 7 bits', { kind: 'video', bits: 7, step: 1, read: pictureId, sets: 'pictureId7' }],
  ['picture ids, 15 bits', { kind: 'video', bits: 15, step: 1, read: pictureId, sets: 'pictureId15' }],
  ['TL0PICIDX, 8 bits', { kind: 'video', bits: 8, step: 1, read: (p) => parseVp8(p.payload).tl0!, sets: 'tl0' }],
];

function pictureId({ payload }: Sent): number {
  return parseVp8(payload).pictureId!;
}

/** One publisher whose counter starts at `start`; the n-th packet has it moved on by n steps. */
class Source {
  readonly peer: MediaHarness;
  readonly #counter: Counter;
  readonly #start: number;
  readonly #bornMs: number;

  /** It sends its packet 0 at `bornMs`. */
  constructor(csrc: number, counter: Counter, start: number, bornMs: number) {
    this.#bornMs = bornMs;
    this.peer = publisher(csrc, counter.kind === 'audio' ? AUDIO.track() : VIDEO.track());
    this.#counter = counter;
    this.#start = start;
  }

  /** Arrives when it is due, or where something newer came already, right behind that. */
  send(index: number, newest = index): void {
    const { kind, bits, step, sets } = this.#counter;
    const value = (((this.#start + index * step) % 2 ** bits) + 2 ** bits) % 2 ** bits;
    const packet = buildRtp({
      payloadType: kind === 'audio' ? 111 : 96,
      sequence: sets === 'sequence' ? value : 1000 + index,
      timestamp: sets === 'timestamp' ? value : 10_000_000 + index * (kind === 'audio' ? 960 : 3600),
      ...(kind === 'video' && { payload: this.#vp8(index, value) }),
    });
    const perPacket = kind === 'audio' ? 20 : 40;
    this.peer.receiveRtp(packet, BigInt(this.#bornMs + newest * perPacket) * MS);
  }

  #vp8(index: number, value: number): Uint8Array {
    const { sets } = this.#counter;
    return buildVp8({
      keyframe: index === 0,
      pictureId: sets.startsWith('pictureId') ? value : 40 + index,
      pictureIdBits: sets === 'pictureId7' ? 7 : 15,
      tl0: sets === 'tl0' ? value : 20 + index,
      temporal: 0x20,
    });
  }
}

function stage(counter: Counter, ...starts: number[]) {
  const sources = starts.map((start, csrc) => new Source(csrc, counter, start, 10_000 * (csrc + 1)));
  const to = receiver(counter.kind === 'audio' ? AUDIO.slot() : VIDEO.slot());
  const routes = forwarder();
  return {
    sources,
    hear: (source: Source) => routes.route(to.slots[0]!, source.peer.tracks[0]!),
    /** What the counter was in the packets sent since the last call. */
    values: () => sent(to).map(counter.read),
  };
}

/** By how much a counter moves from the packet `last` of one source to the first of the next. */
const switchStep = ({ kind, step, sets }: Counter, last: number): number => {
  if (sets !== 'timestamp') return 1;
  const rate = kind === 'audio' ? 48 : 90;
  return 10_000 * rate - last * step;
};

/** Indexes in the order of their arrival. */
const orders: [string, readonly number[]][] = [
  ['in order', [0, 1, 2, 3, 4, 5, 6, 7]],
  ['in pairs that changed places', [0, 2, 1, 4, 3, 6, 5, 8, 7]],
  ['turned round', [0, 8, 7, 6, 5, 4, 3, 2, 1, 9]],
  ['with holes', [0, 1, 4, 9, 10]],
  ['with holes that are filled later', [0, 1, 4, 9, 3, 10, 2, 8, 11]],
];

describe.each(counters)('%s', (_name, counter) => {
  const range = 2 ** counter.bits;
  /** The wraparound lies between the packets 3 and 4, or right behind the first. */
  const starts = [range - 3 * counter.step - 1, range - counter.step, range - 1];

  test.each(orders)('%s', (_order, indexes) => {
    for (const start of starts) {
      const { sources, hear, values } = stage(counter, start);
      hear(sources[0]!);
      indexes.forEach((index, at) => sources[0]!.send(index, Math.max(...indexes.slice(0, at + 1))));
      const out = values();
      const wanted = indexes.map((index) => (out[0]! + index * counter.step) % range);
      expect(out).toEqual(wanted);
    }
  });

  test('with a hole as wide as can be told from a late packet', () => {
    const wide = Math.min(100, range / 2 - 2);
    for (const start of starts) {
      const { sources, hear, values } = stage(counter, start, 17);
      for (const source of sources) {
        hear(source);
        for (const index of [0, 1, wide, wide + 1]) source.send(index);
      }
      const out = values();
      // The next publisher goes on from the far side of the hole.
      const spells = [out.slice(0, 4), out.slice(4)];
      for (const spell of spells) {
        const moved = [0, 1, wide, wide + 1].map((index) => (spell[0]! + index * counter.step) % range);
        expect(spell).toEqual(moved);
      }
      expect(distance(spells[0]![3]!, spells[1]![0]!, counter.bits)).toBe(switchStep(counter, wide + 1));
    }
  });

  test('repeated: nothing twice', () => {
    for (const start of starts) {
      const { sources, hear, values } = stage(counter, start);
      hear(sources[0]!);
      for (const index of [0, 1, 1, 2, 0, 3, 4, 3, 5, 4, 2]) sources[0]!.send(index, 5);
      expect(values()).toHaveLength(6);
    }
  });

  test('switches, each behind packets that came out of order', () => {
    // With the last of these the highest of the first publisher is the highest there is.
    for (const start of [...starts, range - 5 * counter.step - 1]) {
      const { sources, hear, values } = stage(counter, start, 17, start);
      const spells = sources.map((source) => {
        hear(source);
        const indexes = [0, 1, 3, 2, 5, 4];
        indexes.forEach((index, at) => source.send(index, Math.max(...indexes.slice(0, at + 1))));
        const out = values();
        expect(out.map((value) => distance(out[0]!, value, counter.bits))).toEqual(
          indexes.map((index) => index * counter.step),
        );
        return out;
      });
      for (const [at, spell] of spells.slice(1).entries()) {
        expect(distance(spells[at]![4]!, spell[0]!, counter.bits)).toBe(switchStep(counter, 5));
      }
    }
  });
});
