/** Slots against a slow, obvious model, over random losses, repeats, late packets, switches and wraparounds. */
import fc from 'fast-check';
import type { MediaHarness, TrackOptions } from '../media.d.ts';
import { AUDIO, forwarder, level, MS, publisher, receiver, sent, VIDEO } from './support/media.ts';
import { buildRtp, buildVp8, parseVp8, text } from './support/rtp.ts';
import { GateModel, SlotModel, type ModelPacket, type ModelSent } from './support/slot-model.ts';

const TRACKS = 3;
const STEP_MS = 20;

interface Stream {
  readonly sequence: number;
  readonly timestamp: number;
  readonly pictureId: number;
  readonly pictureIdBits: 7 | 15 | null;
  readonly tl0: number | null;
}

type Step =
  | { readonly do: 'route'; readonly track: number | null }
  | { readonly do: 'gate'; readonly track: number; readonly quietest: number | null }
  | ({ readonly do: 'send'; readonly skip: number } & Sending)
  | ({ readonly do: 'repeat'; readonly back: number } & Sending);

interface Sending {
  readonly track: number;
  readonly keyframe: boolean;
  readonly level: number | null;
}

/** Numbers just under their wrap are as likely as any other. */
const counter = (bits: number) =>
  fc.oneof(fc.integer({ min: 0, max: 2 ** bits - 1 }), fc.integer({ min: 2 ** bits - 40, max: 2 ** bits - 1 }));

const stream: fc.Arbitrary<Stream> = fc.record({
  sequence: counter(16),
  timestamp: counter(32),
  pictureId: counter(15),
  pictureIdBits: fc.constantFrom(7, 15, 15, null),
  tl0: fc.option(counter(8)),
});

const track = fc.integer({ min: 0, max: TRACKS - 1 });
const skip = fc.oneof(
  { weight: 8, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 150 }) },
);
/** Mostly quiet, so that gates close. */
const loudness = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(10, 50) },
  { weight: 20, arbitrary: fc.constantFrom(51, 127) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const sending = { track, keyframe: fc.boolean(), level: loudness };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant('route' as const), track: fc.option(track, { freq: 6 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('gate' as const), track, quietest: fc.constantFrom(50, 50, 20, null) }),
  },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('send' as const), skip, ...sending }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('repeat' as const),
      back: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 100, max: 300 })),
      ...sending,
    }),
  },
);

/** One slot and three publishers, and the model beside them. */
class Bench {
  readonly #video: boolean;
  readonly #streams: readonly Stream[];
  readonly #publishers: readonly MediaHarness[];
  readonly #receiver: MediaHarness;
  readonly #forwarder = forwarder();
  readonly #model: SlotModel;
  readonly #gates: readonly GateModel[];
  readonly #spurts: number[];
  readonly #indexes: number[];
  #now = 0;
  /** That the slot sent. */
  packets = 0;
  #base: { sequence: number; timestamp: number } | null = null;

  constructor(kind: 'audio' | 'video', streams: readonly Stream[]) {
    this.#video = kind === 'video';
    this.#streams = streams;
    this.#model = new SlotModel(kind);
    const options: TrackOptions = this.#video ? VIDEO.track() : AUDIO.track();
    this.#publishers = streams.map((_, index) => publisher(index, options));
    this.#receiver = receiver(this.#video ? VIDEO.slot() : AUDIO.slot());
    this.#gates = streams.map(() => new GateModel());
    this.#spurts = streams.map(() => 0);
    this.#indexes = streams.map(() => 0);
  }

  run(step: Step): void {
    this.#now += STEP_MS;
    if (step.do === 'route') {
      this.#model.route(step.track);
      this.#forwarder.route(
        this.#receiver.slots[0]!,
        step.track === null ? null : this.#publishers[step.track]!.tracks[0]!,
      );
    } else if (step.do === 'gate') {
      if (this.#video) return;
      this.#gates[step.track]!.quietest = step.quietest;
      this.#forwarder.gate(this.#publishers[step.track]!.tracks[0]!, step.quietest);
    } else if (step.do === 'send') {
      this.#indexes[step.track]! += step.skip;
      this.#push(step, this.#indexes[step.track]!);
    } else {
      this.#push(step, Math.max(this.#indexes[step.track]! - step.back, 0));
    }
  }

  end(): void {
    expect(this.#receiver.stats().dropped).toMatchObject({ ...this.#model.drops, stale: 0, detached: 0 });
    const held = this.#publishers.map((peer) => peer.stats().dropped.gated);
    expect(held).toEqual(this.#gates.map((gate) => gate.held));
  }

  #packet({ track, keyframe, level }: Sending, index: number, stream: Stream): ModelPacket {
    // Four packets to a frame, so that no jump is half the range of a picture id of 7 bits; 20 ms to a packet.
    const perPacket = this.#video ? 1800 : 960;
    const pictureIdBits = stream.pictureIdBits ?? 15;
    return {
      track,
      keyframe,
      level: this.#video ? null : level,
      sequence: stream.sequence + index,
      timestamp: stream.timestamp + index * perPacket,
      pictureId:
        !this.#video || stream.pictureIdBits === null
          ? null
          : (stream.pictureId % 2 ** pictureIdBits) + Math.floor(index / 4),
      pictureIdBits,
      tl0: !this.#video || stream.tl0 === null ? null : stream.tl0 + Math.floor(index / 8),
    };
  }

  /** What is to come of the packet, which came with `captureNs` where it came. */
  #wanted(packet: ModelPacket, captureNs: bigint | undefined): ModelSent | null {
    const { track } = packet;
    const isOvertaken = this.#model.arrives(packet);
    const passage = this.#gates[track]!.packet(packet, this.#now);
    if (passage === 'resumes') this.#spurts[track]! += 1;
    if (passage === 'held') return null;
    const outcome = this.#model.packet(packet, captureNs === undefined ? null : Number(captureNs), {
      spurt: this.#spurts[track]!,
      isOvertaken,
    });
    return 'send' in outcome ? outcome.send : null;
  }

  #push(sending: Sending, index: number): void {
    const stream = this.#streams[sending.track]!;
    const packet = this.#packet(sending, index, stream);
    const { track } = packet;
    this.#publishers[track]!.receiveRtp(this.#bytes(packet, stream), BigInt(this.#now) * MS);
    const out = sent(this.#receiver);
    const wanted = this.#wanted(packet, out[0]?.captureNs);
    if (wanted === null) {
      expect(out).toEqual([]);
      return;
    }
    expect(out).toHaveLength(1);
    this.packets += 1;
    // The first number and timestamp are the slot's choice.
    this.#base ??= { sequence: out[0]!.sequence, timestamp: out[0]!.timestamp };
    const counters = this.#video ? parseVp8(out[0]!.payload) : { pictureId: null, tl0: null };
    const wrap = (value: number | null, bits: number) => (value === null ? null : value % 2 ** bits);
    expect({
      sequence: out[0]!.sequence,
      timestamp: out[0]!.timestamp,
      marker: out[0]!.marker,
      csrcs: out[0]!.csrcs,
      pictureId: counters.pictureId,
      tl0: counters.tl0,
      size: out[0]!.payload.length,
    }).toEqual({
      sequence: wrap(this.#base.sequence + wanted.sequence, 16),
      timestamp: wrap(this.#base.timestamp + wanted.timestamp, 32),
      marker: wanted.marker,
      csrcs: [track],
      pictureId: wrap(wanted.pictureId, stream.pictureIdBits ?? 15),
      tl0: wrap(wanted.tl0, 8),
      size: this.#payload(packet, stream).length,
    });
  }

  #payload(packet: ModelPacket, stream: Stream): Uint8Array {
    if (!this.#video) return text('voice');
    const bits = stream.pictureIdBits ?? 15;
    return buildVp8({
      keyframe: packet.keyframe,
      pictureId: packet.pictureId === null ? null : packet.pictureId % 2 ** bits,
      pictureIdBits: bits,
      tl0: packet.tl0 === null ? null : packet.tl0 % 256,
      temporal: 0x40,
    });
  }

  #bytes(packet: ModelPacket, stream: Stream): Uint8Array {
    return buildRtp({
      payloadType: this.#video ? 96 : 111,
      ssrc: packet.track + 1,
      sequence: packet.sequence % 2 ** 16,
      timestamp: packet.timestamp % 2 ** 32,
      payload: this.#payload(packet, stream),
      ...(packet.level === null ? {} : level(packet.level)),
    });
  }
}

describe.each(['audio', 'video'] as const)('a slot of %s', (kind) => {
  test('does what the model does', () => {
    let packets = 0;
    fc.assert(
      fc.property(
        fc.array(stream, { minLength: TRACKS, maxLength: TRACKS }),
        fc.array(step, { minLength: 1, maxLength: 250, size: 'max' }),
        (streams, steps) => {
          const bench = new Bench(kind, streams);
          bench.run({ do: 'route', track: 0 });
          for (const each of steps) bench.run(each);
          bench.end();
          packets += bench.packets;
        },
      ),
      { numRuns: 150 },
    );
    // Without `size` fast-check makes arrays of a handful, in which nothing happens.
    expect(packets).toBeGreaterThan(1000);
  });

  test('over every wraparound, with a switch now and then', () => {
    const streams: Stream[] = [
      { sequence: 65_000, timestamp: 2 ** 32 - 5000, pictureId: 32_700, pictureIdBits: 15, tl0: 250 },
      { sequence: 1, timestamp: 1, pictureId: 100, pictureIdBits: 7, tl0: 3 },
      { sequence: 30_000, timestamp: 2 ** 31, pictureId: 16_000, pictureIdBits: 15, tl0: null },
    ];
    const bench = new Bench(kind, streams);
    bench.run({ do: 'route', track: 0 });
    bench.run({ do: 'gate', track: 1, quietest: 50 });
    for (let index = 0; index < 12_000; index += 1) {
      const track = Math.floor(index / 3000) % TRACKS;
      if (index % 3000 === 2000) bench.run({ do: 'route', track: (track + 1) % TRACKS });
      bench.run({ do: 'send', track, skip: 7, keyframe: index % 300 === 0, level: index % 100 === 50 ? 50 : 90 });
    }
    bench.end();
  });
});
