/** Video: what a slot begins with, and VP8's counters over a switch. */
import type { MediaHarness } from '../media.d.ts';
import { drops, forwarder, MS, publisher, receiver, sent, VIDEO } from './support/media.ts';
import { buildRtp, buildVp8, concat, parseVp8, text, type Vp8Fields } from './support/rtp.ts';

let now = 0n;
const tick = () => (now += 10n * MS);
beforeEach(() => (now = 0n));

/** Sends video packets of one publisher, numbered on their own. */
class Camera {
  readonly peer: MediaHarness;
  #sequence: number;

  constructor(csrc: number, codec: 'vp8' | 'h264' = 'vp8') {
    this.peer = publisher(csrc, VIDEO.track({ codec }));
    this.#sequence = csrc * 1000;
  }

  get track() {
    return this.peer.tracks[0]!;
  }

  vp8(fields: Partial<Vp8Fields>): void {
    this.payload(buildVp8(fields));
  }

  payload(payload: Uint8Array, ssrc = 1): void {
    const sequence = this.#sequence++ & 0xffff;
    this.peer.receiveRtp(buildRtp({ payloadType: 96, ssrc, sequence, timestamp: sequence * 3000, payload }), tick());
  }
}

const csrcs = (to: MediaHarness) => sent(to).map((packet) => packet.csrcs[0]);
const pictures = (to: MediaHarness) => sent(to).map(({ payload }) => parseVp8(payload));

describe('a slot starts on a key frame', () => {
  test('an empty slot drops and counts what comes before', () => {
    const [camera, to] = [new Camera(1), receiver(VIDEO.slot())];
    forwarder().route(to.slots[0]!, camera.track);
    camera.vp8({});
    camera.vp8({ start: false });
    expect(sent(to)).toEqual([]);
    expect(drops(to)).toEqual({ awaitingKeyframe: 2 });
    camera.vp8({ keyframe: true });
    camera.vp8({ start: false });
    camera.vp8({});
    expect(sent(to)).toHaveLength(3);
  });

  test.each([
    ['a continuation of a key frame', buildVp8({ start: false, data: Uint8Array.of(0x10, 0) })],
    ['a later partition', concat(Uint8Array.of(0x11), Uint8Array.of(0x10, 0))],
    ['a delta frame', buildVp8({ data: Uint8Array.of(0x11, 0) })],
    ['a descriptor without a frame', Uint8Array.of(0x10)],
    ['a descriptor that is cut short', Uint8Array.of(0x90, 0x80, 0x80)],
    ['nothing', new Uint8Array(0)],
  ])('VP8: %s is none', (_name, payload) => {
    const [camera, to] = [new Camera(1), receiver(VIDEO.slot())];
    forwarder().route(to.slots[0]!, camera.track);
    camera.payload(payload);
    expect(drops(to)).toEqual({ awaitingKeyframe: 1 });
    camera.vp8({ keyframe: true });
    sent(to);
    // Once the slot carries the stream everything goes on as it came.
    camera.payload(payload);
    expect(sent(to)[0]!.payload).toEqual(Buffer.from(payload));
  });

  test('VP8: a key frame behind every part of the descriptor is one', () => {
    const frame = Uint8Array.of(0x10, 0, 0);
    for (const descriptor of [
      [0x10],
      [0x90, 0x00],
      [0x90, 0x10, 0xff],
      [0x90, 0x20, 0xff],
      [0x90, 0x40, 0xff],
      [0x90, 0x80, 0x7f],
      [0x90, 0x80, 0xff, 0xff],
      [0x90, 0xf0, 0xff, 0xff, 0xff, 0xff],
    ]) {
      const [camera, to] = [new Camera(1), receiver(VIDEO.slot())];
      forwarder().route(to.slots[0]!, camera.track);
      camera.payload(concat(Uint8Array.from(descriptor), frame));
      expect(sent(to)).toHaveLength(1);
      camera.payload(concat(Uint8Array.from(descriptor), Uint8Array.of(0x11)));
      expect(sent(to)).toHaveLength(1);
      expect(drops(to)).toEqual({});
    }
  });

  const stapA = (...units: Uint8Array[]) =>
    concat(Uint8Array.of(24), ...units.flatMap((unit) => [Uint8Array.of(0, unit.length), unit]));
  test.each([
    ['an SPS', Uint8Array.of(0x67, 1, 2), true],
    ['an IDR slice', Uint8Array.of(0x65, 1), true],
    [
      'a STAP-A with an SPS behind another unit',
      stapA(Uint8Array.of(9, 1), Uint8Array.of(0x67, 1), Uint8Array.of(0x68)),
      true,
    ],
    ['the first fragment of an IDR slice', Uint8Array.of(0x7c, 0x85, 0), true],
    ['a later fragment of an IDR slice', Uint8Array.of(0x7c, 0x05, 0), false],
    ['the first fragment of another slice', Uint8Array.of(0x7c, 0x81, 0), false],
    ['another slice', Uint8Array.of(0x61, 5, 7), false],
    ['a STAP-A without an SPS', stapA(Uint8Array.of(0x61, 1), Uint8Array.of(0x68)), false],
    ['a STAP-A that is cut short', Uint8Array.of(24, 0, 9, 0x67), false],
    ['a STAP-A of empty units', Uint8Array.of(24, 0, 0, 0, 0, 0x67), false],
    ['a fragment without a header', Uint8Array.of(0x7c), false],
    ['nothing', new Uint8Array(0), false],
  ])('H.264: %s', (_name, payload, starts) => {
    const [camera, to] = [new Camera(1, 'h264'), receiver(VIDEO.slot({ codec: 'h264' }))];
    forwarder().route(to.slots[0]!, camera.track);
    camera.payload(payload);
    expect(sent(to).map((packet) => [...packet.payload])).toEqual(starts ? [[...payload]] : []);
  });
});

describe('a switch of video', () => {
  const scene = () => {
    const [a, b, to, routes] = [new Camera(1), new Camera(2), receiver(VIDEO.slot()), forwarder()];
    routes.route(to.slots[0]!, a.track);
    a.vp8({ keyframe: true });
    expect(csrcs(to)).toEqual([1]);
    return { a, b, to, route: (camera: Camera | null) => routes.route(to.slots[0]!, camera?.track ?? null) };
  };

  test('keeps the old picture until the key frame of the new', () => {
    const { a, b, to, route } = scene();
    route(b);
    a.vp8({});
    b.vp8({});
    a.vp8({});
    expect(csrcs(to)).toEqual([1, 1]);
    b.vp8({ keyframe: true });
    a.vp8({});
    a.vp8({ keyframe: true });
    b.vp8({});
    expect(csrcs(to)).toEqual([2, 2]);
    expect(drops(to)).toEqual({ awaitingKeyframe: 1 });
  });

  test('does not mark its first packet: in video the marker ends a frame', () => {
    const { b, to, route } = scene();
    route(b);
    b.vp8({ keyframe: true });
    expect(sent(to).map(({ marker }) => marker)).toEqual([false]);
  });

  test('is called off by a route back', () => {
    const { a, b, to, route } = scene();
    route(b);
    route(a);
    b.vp8({ keyframe: true });
    a.vp8({});
    expect(csrcs(to)).toEqual([1]);
  });

  test('goes to the last one wanted', () => {
    const { a, b, to, route } = scene();
    const c = new Camera(3);
    route(b);
    route(c);
    b.vp8({ keyframe: true });
    a.vp8({});
    c.vp8({ keyframe: true });
    a.vp8({});
    expect(csrcs(to)).toEqual([1, 3]);
  });

  test('drops the old at once where it is gone', () => {
    const { a, b, to, route } = scene();
    route(b);
    a.peer.close();
    a.vp8({});
    b.vp8({});
    expect(csrcs(to)).toEqual([]);
    b.vp8({ keyframe: true });
    expect(csrcs(to)).toEqual([2]);
  });

  test('keeps the old where the new one is gone before its key frame', () => {
    const { a, b, to, route } = scene();
    route(b);
    b.peer.close();
    b.vp8({ keyframe: true });
    a.vp8({});
    expect(csrcs(to)).toEqual([1]);
  });

  test('to nobody empties the slot', () => {
    const { a, b, to, route } = scene();
    route(b);
    route(null);
    a.vp8({ keyframe: true });
    b.vp8({ keyframe: true });
    expect(csrcs(to)).toEqual([]);
    route(a);
    a.vp8({});
    expect(drops(to)).toEqual({ awaitingKeyframe: 1 });
  });

  test('after a publisher’s stream was replaced by another waits for a key frame', () => {
    const { a, to } = scene();
    now += 300n * MS;
    a.payload(buildVp8({}), 2);
    a.payload(buildVp8({ keyframe: true }), 2);
    a.payload(buildVp8({}), 2);
    expect(pictures(to).map(({ keyframe }) => keyframe)).toEqual([true, false]);
    expect(drops(to)).toEqual({ awaitingKeyframe: 1 });
  });
});

describe('picture ids and TL0PICIDX', () => {
  const run = (first: Partial<Vp8Fields>[], second: Partial<Vp8Fields>[]) => {
    const [a, b, to, routes] = [new Camera(1), new Camera(2), receiver(VIDEO.slot()), forwarder()];
    routes.route(to.slots[0]!, a.track);
    for (const fields of first) a.vp8(fields);
    routes.route(to.slots[0]!, b.track);
    for (const fields of second) b.vp8(fields);
    return pictures(to).map(({ pictureId, pictureIdBits, tl0, temporal }) => ({
      pictureId,
      pictureIdBits,
      tl0,
      temporal,
    }));
  };
  const frames = (start: number, tl0: number, bits: 7 | 15, count: number): Partial<Vp8Fields>[] =>
    Array.from({ length: count }, (_, index) => ({
      keyframe: index === 0,
      pictureId: (start + index) % 2 ** bits,
      pictureIdBits: bits,
      tl0: (tl0 + index) % 256,
      temporal: 0x60 | index,
    }));

  test('go on over a switch, over their wraparound, in the width the publisher uses', () => {
    expect(run(frames(32_766, 254, 15, 3), frames(99, 7, 15, 2))).toEqual([
      { pictureId: 32_766, pictureIdBits: 15, tl0: 254, temporal: 0x60 },
      { pictureId: 32_767, pictureIdBits: 15, tl0: 255, temporal: 0x61 },
      { pictureId: 0, pictureIdBits: 15, tl0: 0, temporal: 0x62 },
      { pictureId: 1, pictureIdBits: 15, tl0: 1, temporal: 0x60 },
      { pictureId: 2, pictureIdBits: 15, tl0: 2, temporal: 0x61 },
    ]);
  });

  test('of 7 and of 15 bits follow each other', () => {
    const ids = (first: Partial<Vp8Fields>[], second: Partial<Vp8Fields>[]) =>
      run(first, second).map(({ pictureId, pictureIdBits }) => [pictureId, pictureIdBits]);
    expect(ids(frames(126, 0, 7, 3), frames(500, 0, 15, 2))).toEqual([
      [126, 7],
      [127, 7],
      [0, 7],
      [129, 15],
      [130, 15],
    ]);
    expect(ids(frames(300, 0, 15, 1), frames(5, 0, 7, 2))).toEqual([
      [300, 15],
      [301 % 128, 7],
      [302 % 128, 7],
    ]);
  });

  test('keep the holes of lost frames, and map what comes late', () => {
    const ids = run(
      [{ keyframe: true, pictureId: 10 }],
      [{ keyframe: true, pictureId: 20 }, { pictureId: 23 }, { pictureId: 21 }, { pictureId: 24 }],
    ).map(({ pictureId }) => pictureId);
    expect(ids).toEqual([10, 11, 14, 12, 15]);
  });

  test('stay away where a publisher has none, and go on behind it', () => {
    const [a, b, to, routes] = [new Camera(1), new Camera(2), receiver(VIDEO.slot()), forwarder()];
    const c = new Camera(3);
    routes.route(to.slots[0]!, a.track);
    a.vp8({ keyframe: true, pictureId: 77, tl0: 8 });
    routes.route(to.slots[0]!, b.track);
    b.vp8({ keyframe: true });
    routes.route(to.slots[0]!, c.track);
    c.vp8({ keyframe: true, pictureId: 5, tl0: 3 });
    expect(pictures(to).map(({ pictureId, tl0 }) => [pictureId, tl0])).toEqual([
      [77, 8],
      [null, null],
      [78, 9],
    ]);
  });

  test('in H.264 the payload is left alone', () => {
    const [camera, to] = [new Camera(1, 'h264'), receiver(VIDEO.slot({ codec: 'h264' }))];
    forwarder().route(to.slots[0]!, camera.track);
    const payload = concat(Uint8Array.of(0x67), text('an SPS that looks like nothing else'));
    camera.payload(payload);
    expect(sent(to)[0]!.payload).toEqual(Buffer.from(payload));
  });
});
