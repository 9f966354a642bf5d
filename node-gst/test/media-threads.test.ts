/** Publishers' threads against each other and against the JS thread. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MediaHarness } from '../media.d.ts';
import {
  audioSlot,
  audioTrack,
  drops,
  forwarder,
  MS,
  publisher,
  receiver,
  sent,
  videoSlot,
  videoTrack,
} from './support/media.ts';
import { buildRtp, buildVp8 } from './support/rtp.ts';
import { buildSanitized, coreSources, runSanitized } from './support/sanitizer.ts';

const COUNT = 100_000;

const flood = (from: MediaHarness) =>
  from.startFlood(buildRtp({ sequence: 60_000, timestamp: 2 ** 32 - 9600 }), COUNT, 960, 0n, 20n * MS);

/** Each number follows the one before, or nearly: two threads may pass each other between rewriting and sending. */
function expectContinuous(numbers: readonly number[]): void {
  const first = numbers[0]!;
  const offsets = numbers.map((number) => (number - first + 2 ** 16) % 2 ** 16);
  let wraps = 0;
  const unwrapped = offsets.map((offset, index) => {
    const before = offsets[index - 1] ?? 0;
    if (before - offset > 2 ** 15) wraps += 1;
    if (offset - before > 2 ** 15) wraps -= 1;
    return offset + wraps * 2 ** 16;
  });
  unwrapped.sort((a, b) => a - b);
  expect(unwrapped).toEqual(unwrapped.map((_, index) => unwrapped[0]! + index));
}

describe('while other threads push', () => {
  test('switches leave no hole and no number twice', () => {
    const publishers = [publisher(1, audioTrack()), publisher(2, audioTrack())];
    const to = receiver(audioSlot());
    const routes = forwarder();
    const out: number[] = [];
    const csrcs = new Set<number>();
    for (const from of publishers) flood(from);
    let switches = 0;
    while (publishers.some((from) => from.stats().packetsIn < COUNT)) {
      routes.route(to.slots[0]!, publishers[switches++ % 2]!.tracks[0]!);
      for (const packet of sent(to)) {
        out.push(packet.sequence);
        csrcs.add(packet.csrcs[0]!);
      }
    }
    for (const from of publishers) from.joinFloods();
    out.push(...sent(to).map(({ sequence }) => sequence));
    expect(switches).toBeGreaterThan(10);
    expect(csrcs).toEqual(new Set([1, 2]));
    expectContinuous(out);
    expect(out).toHaveLength(to.stats().packetsOut);
    expect(drops(to)['duplicate']).toBeUndefined();
  });

  test('video that changes over again and again is pruned, never stuck', () => {
    const publishers = [publisher(1, videoTrack()), publisher(2, videoTrack())];
    const to = receiver(videoSlot());
    const routes = forwarder();
    const packet = buildRtp({ payloadType: 96, payload: buildVp8({ keyframe: true, pictureId: 5 }) });
    for (const from of publishers) from.startFlood(packet, COUNT, 3000, 0n, 33n * MS);
    let switches = 0;
    while (publishers.some((from) => from.stats().packetsIn < COUNT)) {
      routes.route(to.slots[0]!, publishers[switches++ % 2]!.tracks[0]!);
    }
    for (const from of publishers) from.joinFloods();
    expectContinuous(sent(to).map(({ sequence }) => sequence));
    routes.route(to.slots[0]!, publishers[0]!.tracks[0]!);
    for (const from of publishers) from.startFlood(packet, 10, 3000, 0n, 33n * MS);
    for (const from of publishers) from.joinFloods();
    expect(sent(to).at(-1)!.csrcs).toEqual([1]);
    expect(drops(to)['awaitingKeyframe']).toBeUndefined();
  });

  test('receivers come, are attached and detached, and go', () => {
    const from = publisher(1, audioTrack());
    const witness = receiver(audioSlot());
    const routes = forwarder();
    routes.route(witness.slots[0]!, from.tracks[0]!);
    flood(from);
    let guests = 0;
    while (from.stats().packetsIn < COUNT) {
      const guest = receiver(audioSlot(), audioSlot({ mline: 1, ssrc: 5 }));
      for (const slot of guest.slots) routes.route(slot, from.tracks[0]!);
      guest.detach();
      guest.attach();
      if (guests % 2 === 0) guest.close();
      else for (const slot of guest.slots) routes.route(slot, null);
      guests += 1;
    }
    from.joinFloods();
    expect(guests).toBeGreaterThan(10);
    const out = sent(witness);
    expect(out).toHaveLength(COUNT);
    expectContinuous(out.map(({ sequence }) => sequence));
  });

  test('a publisher closes', () => {
    const from = publisher(1, audioTrack());
    const to = receiver(audioSlot());
    const routes = forwarder();
    routes.route(to.slots[0]!, from.tracks[0]!);
    flood(from);
    while (to.stats().packetsOut === 0);
    from.close();
    from.joinFloods();
    expect(to.stats().packetsOut).toBeGreaterThan(0);
    expectContinuous(sent(to).map(({ sequence }) => sequence));
  });
});

describe('under a sanitizer', () => {
  test('the core needs neither Node nor GStreamer', () => {
    expect(coreSources()).toEqual(
      expect.arrayContaining(
        ['ingest', 'track', 'slot', 'forwarder', 'peer_core', 'rtp'].map((name) => `media/${name}.cc`),
      ),
    );
  });

  describe.each(['thread', 'address,undefined'])('%s', (sanitizer) => {
    let program: string;
    beforeAll(() => void (program = buildSanitized(sanitizer)), 180_000);
    afterAll(() => rmSync(dirname(program), { recursive: true }));

    test('threads against each other', () => {
      const { status, output } = runSanitized(program, 'stress', '2');
      expect(output).toMatch(/^sent \d+, key frames asked \d+\n$/);
      expect(status).toBe(0);
    }, 60_000);

    test('hostile bytes', () => {
      const { status, output } = runSanitized(program, 'hostile', '100000');
      expect(output).toMatch(/^fed \d+, sent \d+\n$/);
      expect(status).toBe(0);
    }, 60_000);
  });
});
