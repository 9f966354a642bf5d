/** Slots against a slow, obvious model, over random losses, repeats, late packets, switches and wraparounds. */
import fc from 'fast-check';
import type { MediaHarness, TrackOptions } from '../media.d.ts';
import {
  audioSlot,
  audioTrack,
  forwarder,
  MS,
  publisher,
  receiver,
  sent,
  videoSlot,
  videoTrack,
} from './support/media.ts';
import { buildRtp, buildVp8, parseVp8, text } from './support/rtp.ts';
import { SlotModel, type ModelPacket } from './support/slot-model.ts';

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
  | { readonly do: 'send'; readonly track: number; readonly skip: number; readonly keyframe: boolean }
  | { readonly do: 'repeat'; readonly track: number; readonly back: number; readonly keyframe: boolean };

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
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant('route' as const), track: fc.option(track, { freq: 6 }) }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('send' as const), track, skip, keyframe: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('repeat' as const),
      track,
      back: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 100, max: 300 })),
      keyframe: fc.boolean(),
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
  readonly #indexes: number[];
  #now = 0;
  #base: { sequence: number; timestamp: number } | null = null;

  constructor(kind: 'audio' | 'video', streams: readonly Stream[]) {
    this.#video = kind === 'video';
    this.#streams = streams;
    this.#model = new SlotModel(kind);
    const options: TrackOptions = this.#video ? videoTrack() : audioTrack();
    this.#publishers = streams.map((_, index) => publisher(index, options));
    this.#receiver = receiver(this.#video ? videoSlot() : audioSlot());
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
    } else if (step.do === 'send') {
      this.#indexes[step.track]! += step.skip;
      this.#push(step.track, this.#indexes[step.track]!, step.keyframe);
    } else {
      this.#push(step.track, Math.max(this.#indexes[step.track]! - step.back, 0), step.keyframe);
    }
  }

  end(): void {
    expect(this.#receiver.stats().dropped).toMatchObject({ ...this.#model.drops, stale: 0, detached: 0 });
  }

  #push(track: number, index: number, keyframe: boolean): void {
    const stream = this.#streams[track]!;
    // Two packets to a frame, two frames to a TL0PICIDX, 20 ms to a packet.
    const perPacket = this.#video ? 1800 : 960;
    const pictureIds = 2 ** (stream.pictureIdBits ?? 15);
    const packet: ModelPacket = {
      track,
      keyframe,
      sequence: stream.sequence + index,
      timestamp: stream.timestamp + index * perPacket,
      pictureId:
        !this.#video || stream.pictureIdBits === null ? null : (stream.pictureId % pictureIds) + Math.floor(index / 2),
      tl0: !this.#video || stream.tl0 === null ? null : stream.tl0 + Math.floor(index / 4),
    };
    this.#publishers[track]!.receiveRtp(this.#bytes(packet, stream), BigInt(this.#now) * MS);
    const out = sent(this.#receiver);
    const wanted = this.#model.packet(packet, Number(out[0]?.captureNs ?? 0n));
    if (!('send' in wanted)) {
      expect(out).toEqual([]);
      return;
    }
    expect(out).toHaveLength(1);
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
      sequence: wrap(this.#base.sequence + wanted.send.sequence, 16),
      timestamp: wrap(this.#base.timestamp + wanted.send.timestamp, 32),
      marker: wanted.send.marker,
      csrcs: [track],
      pictureId: wrap(wanted.send.pictureId, stream.pictureIdBits ?? 15),
      tl0: wrap(wanted.send.tl0, 8),
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
    });
  }
}

describe.each(['audio', 'video'] as const)('a slot of %s', (kind) => {
  test('does what the model does', () => {
    fc.assert(
      fc.property(
        fc.array(stream, { minLength: TRACKS, maxLength: TRACKS }),
        fc.array(step, { minLength: 1, maxLength: 250 }),
        (streams, steps) => {
          const bench = new Bench(kind, streams);
          bench.run({ do: 'route', track: 0 });
          for (const each of steps) bench.run(each);
          bench.end();
        },
      ),
      { numRuns: 150 },
    );
  });

  test('over every wraparound, with a switch now and then', () => {
    const streams: Stream[] = [
      { sequence: 65_000, timestamp: 2 ** 32 - 5000, pictureId: 32_700, pictureIdBits: 15, tl0: 250 },
      { sequence: 1, timestamp: 1, pictureId: 100, pictureIdBits: 7, tl0: 3 },
      { sequence: 30_000, timestamp: 2 ** 31, pictureId: 16_000, pictureIdBits: 15, tl0: null },
    ];
    const bench = new Bench(kind, streams);
    bench.run({ do: 'route', track: 0 });
    for (let index = 0; index < 12_000; index += 1) {
      const track = Math.floor(index / 3000) % TRACKS;
      if (index % 3000 === 2000) bench.run({ do: 'route', track: (track + 1) % TRACKS });
      bench.run({ do: 'send', track, skip: 7, keyframe: index % 300 === 0 });
    }
    bench.end();
  });
});
