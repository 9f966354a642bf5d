/** Taps: what the reader gets, what happens when it does not read, and when it has gone. */
import nodeGst from 'node-gst';
import type { Slot } from '../media.d.ts';
import type { Tap } from '../tap.d.ts';
import { openFds, thrown, until } from './support.ts';
import { AUDIO, drops, forwarder, MS, publisher, PUBLISHER_IDS, receiver, sent, VIDEO } from './support/media.ts';
import { buildRtp, buildVp8 } from './support/rtp.ts';
import { openTap, tapAudio, TapEnd, tapVideo, threadsNamed, UNIX_OFFSET_NS } from './support/tap.ts';

const open: { tap?: Tap; end?: TapEnd }[] = [];

function tapped(maxBytes?: number): { tap: Tap; end: TapEnd } {
  const tap = openTap(maxBytes);
  const end = new TapEnd(tap);
  open.push({ tap, end });
  return { tap, end };
}

afterEach(async () => {
  for (const { tap, end } of open.splice(0)) {
    tap?.close();
    end?.destroy();
  }
  await until('the writer has gone', () => threadsNamed('tap-writer') === 0);
});

const extensions = [{ id: PUBLISHER_IDS.audioLevel, data: Uint8Array.of(0x85) }];

/** A publisher of audio with a clock of its own. */
class Talker {
  readonly peer = publisher(7, AUDIO.track());
  /** Collected, it would empty its slots. */
  readonly routes = forwarder();
  count = 0;

  say(packets = 1, payload?: Uint8Array): void {
    for (let i = 0; i < packets; i += 1) {
      this.count += 1;
      const fields = {
        sequence: this.count & 0xffff,
        timestamp: this.count * 960,
        extensions,
        ...(payload && { payload }),
      };

      this.peer.receiveRtp(buildRtp(fields), BigInt(this.count) * 20n * MS);
    }
  }

  to(...slots: Slot[]): this {
    for (const slot of slots) this.routes.route(slot, this.peer.tracks[0]!);
    return this;
  }
}

/** Sequence numbers unwrapped, from 0 at the first. */
function places(end: TapEnd): number[] {
  let last = end.packets[0]?.sequence ?? 0;
  let place = 0;
  return end.packets.map(({ sequence }) => {
    place += (sequence - last) & 0xffff;
    last = sequence;
    return place;
  });
}

describe('the reader', () => {
  test('gets packets as a peer does, each with its capture time and nothing else', async () => {
    const { tap, end } = tapped();
    const peer = receiver(AUDIO.slot());
    const talker = new Talker().to(tap.slot(tapAudio(0x1234)), peer.slots[0]!);
    talker.say(100);
    end.start();
    await until('all are there', () => end.packets.length === 100);
    const heard = sent(peer);
    const [first] = end.packets;
    expect(first).toMatchObject({ ssrc: 0x1234, payloadType: 111, csrcs: [7], marker: true, form: 'one-byte' });
    expect(end.packets.map(({ extensions }) => extensions.map(({ id }) => id))).toEqual(end.packets.map(() => [1]));
    expect(end.packets.map(({ payload }) => [...payload])).toEqual(heard.map(({ payload }) => [...payload]));
    expect(end.packets.map(({ unixNs }) => unixNs - UNIX_OFFSET_NS)).toEqual(heard.map(({ captureNs }) => captureNs));
    expect(tap.stats()).toMatchObject({ packets: 100, overflowPackets: 0, buffered: 0, broken: false });
    expect(tap.stats().written).toBe(tap.stats().bytes + 200);
  });

  test('gets every packet, whatever its size and wherever the queue wraps', async () => {
    const { tap, end } = tapped(65_536);
    const talker = new Talker().to(tap.slot(tapAudio()));
    end.start();
    const sizes: number[] = [];
    while (sizes.length < 3000) {
      const size = (sizes.length * 7919) % 1400;
      sizes.push(size);
      talker.say(1, new Uint8Array(size).fill(size & 0xff));
      if (sizes.length % 40 === 0) await until('it was taken', () => tap.stats().buffered === 0);
    }
    await until('all are there', () => end.packets.length === sizes.length);
    const wrong = end.packets.findIndex(
      ({ payload }, i) => payload.length !== sizes[i] || payload.some((byte) => byte !== (sizes[i]! & 0xff)),
    );
    expect(wrong).toBe(-1);
    expect(places(end).at(-1)).toBe(2999);
  });

  test('gets video from a key frame on, which is asked for', async () => {
    const { tap, end } = tapped();
    const from = publisher(3, VIDEO.track());
    let count = 0;
    const show = (keyframe: boolean) => {
      count += 1;
      const fields = { payloadType: 96, sequence: count, timestamp: count * 3000, payload: buildVp8({ keyframe }) };
      from.receiveRtp(buildRtp(fields), BigInt(count) * 1000n * MS);
    };
    show(false);
    expect(from.takeKeyframeRequests()).toEqual([]);
    const routes = forwarder();
    routes.route(tap.slot(tapVideo()), from.tracks[0]!);
    expect(from.takeKeyframeRequests()).toHaveLength(1);
    for (const keyframe of [false, true, false]) show(keyframe);
    end.start();
    await until('both are there', () => end.packets.length === 2);
    expect(end.packets.map(({ payload }) => payload[1])).toEqual([0x10, 0x11]);
    routes.close();
  });

  test('gets what waits when the tap closes, then the end', async () => {
    const { tap, end } = tapped();
    const slot = tap.slot(tapAudio());
    const talker = new Talker().to(slot);
    talker.say(10);
    tap.close();
    tap.close();
    talker.say(10);
    talker.to(slot, tap.slot(tapAudio(0x99))).say(10);
    end.start();
    await until('the end', () => end.ended);
    expect(end.packets).toHaveLength(10);
    expect(end.leftOver).toBe(0);
    expect(tap.stats()).toMatchObject({ packets: 10, broken: false });
    expect(tap.childFd).toBe(-1);
  });

  test('gets nothing more of a slot that was removed', async () => {
    const { tap, end } = tapped();
    const [one, two] = [tap.slot(tapAudio(1)), tap.slot(tapAudio(2))];
    expect([one.mline, two.mline]).toEqual([0, 1]);
    const stranger = receiver(AUDIO.slot());
    const talker = new Talker().to(one, two, stranger.slots[0]!);
    talker.say();
    for (const slot of [one, one, stranger.slots[0]!]) tap.removeSlot(slot);
    talker.say();
    end.start();
    await until('three are there', () => end.packets.length === 3);
    talker.to(one).say();
    await until('a fourth', () => end.packets.length === 4);
    expect(end.packets.map(({ ssrc }) => ssrc)).toEqual([1, 2, 2, 2]);
    expect(sent(stranger)).toHaveLength(3);
  });
});

describe('a reader that stands still', () => {
  test('costs whole packets of its own, counted, and nobody else anything', async () => {
    const { tap, end } = tapped(65_536);
    const peer = receiver(AUDIO.slot());
    const talker = new Talker().to(tap.slot(tapAudio()), peer.slots[0]!);
    const payload = new Uint8Array(1000);
    await until('socket and queue are full', () => {
      talker.say(200, payload);
      return tap.stats().buffered > 64_000;
    });
    const { packets, overflowPackets, overflowBytes, buffered, bytes } = tap.stats();
    expect(packets + overflowPackets).toBe(talker.count);
    expect(buffered).toBeLessThanOrEqual(65_536);
    expect(overflowBytes).toBe(overflowPackets * (bytes / packets));
    expect(sent(peer)).toHaveLength(talker.count);
    // Of what was dropped only the place is left, and every frame is whole.
    end.start();
    await until('it caught up', () => end.packets.length === packets && tap.stats().buffered === 0);
    const before = talker.count;
    talker.say(1, payload);
    await until('the next', () => end.packets.length === packets + 1);
    expect(end.leftOver).toBe(0);
    expect(end.packets.every(({ payload: each }) => each.length === 1000)).toBe(true);
    expect(places(end).at(-1)).toBe(before);
  });

  test('has as many bytes wait for it as its own tap may hold, and other taps theirs', async () => {
    const limits = [65_536, 200_000, 1_000_000];
    const taps = limits.map((maxBytes) => tapped(maxBytes).tap);
    const talker = new Talker().to(...taps.map((tap) => tap.slot(tapAudio())));
    const payload = new Uint8Array(1000);
    /** With its length; all are alike. */
    const frame = (tap: Tap): number => 2 + tap.stats().bytes / tap.stats().packets;
    const hasRoom = (tap: Tap, index: number): boolean => tap.stats().buffered + frame(tap) <= limits[index]!;
    await until('all are full', () => {
      talker.say(200, payload);
      return !taps.some(hasRoom);
    });
    for (const [index, tap] of taps.entries()) {
      const { packets, overflowPackets, buffered, written } = tap.stats();
      expect(buffered).toBeLessThanOrEqual(limits[index]!);
      expect(buffered).toBe(packets * frame(tap) - written);
      expect(packets + overflowPackets).toBe(talker.count);
    }
  });

  test('does not make pushing slower', () => {
    const { tap } = tapped(65_536);
    const talker = new Talker().to(tap.slot(tapAudio()));
    const payload = new Uint8Array(1000);
    const round = () => {
      const start = performance.now();
      talker.say(500, payload);
      return performance.now() - start;
    };
    round();
    const rounds = Array.from({ length: 20 }, round).sort((a, b) => a - b);
    // 500 packets; a wait of a single millisecond per packet would be far above.
    expect(rounds[10]).toBeLessThan(100);
    expect(tap.stats().overflowPackets).toBeGreaterThan(5000);
  });

  test('is given up 2 s after the tap closed', async () => {
    const before = openFds();
    const { tap, end } = tapped();
    const talker = new Talker().to(tap.slot(tapAudio()));
    talker.say(900, new Uint8Array(1000));
    await until('the socket is full', () => tap.stats().buffered > 0);
    tap.close();
    const start = performance.now();
    await until('it was given up', () => threadsNamed('tap-writer') === 0);
    expect(performance.now() - start).toBeGreaterThan(1500);
    expect(tap.stats()).toMatchObject({ broken: false, buffered: 0 });
    end.destroy();
    await until('all descriptors are closed', () => openFds() === before);
  });
});

describe('a reader that has gone', () => {
  test.each([
    ['while nothing was to be written', false],
    ['while packets waited', true],
  ])('%s: the tap is broken, others go on', async (_, full) => {
    const before = openFds();
    const { tap, end } = tapped();
    const peer = receiver(AUDIO.slot());
    const talker = new Talker().to(tap.slot(tapAudio()), peer.slots[0]!);
    if (full) {
      talker.say(900, new Uint8Array(1000));
      await until('the socket is full', () => tap.stats().buffered > 0);
    }
    end.destroy();
    await until('it was noticed', () => tap.stats().broken);
    const { packets } = tap.stats();
    talker.say(100);
    expect(tap.stats()).toMatchObject({ packets, overflowPackets: 0, buffered: 0, broken: true });
    expect(sent(peer)).toHaveLength(full ? 1000 : 100);
    expect(drops(peer)).toEqual({});
    await until('descriptor and thread have gone', () => openFds() === before && threadsNamed('tap-writer') === 0);
  });
});

test('one thread writes for all taps, while there are any', async () => {
  const taps = [tapped(), tapped(), tapped()];
  await until('it has started', () => threadsNamed('tap-writer') === 1);
  const talker = new Talker().to(...taps.map(({ tap }) => tap.slot(tapAudio())));
  talker.say(50);
  for (const { end } of taps) end.start();
  await until('all heard it', () => taps.every(({ end }) => end.packets.length === 50));
  taps[0]!.tap.close();
  taps[1]!.end.destroy();
  await until('one is left', () => taps[0]!.end.ended && taps[1]!.tap.stats().broken);
  talker.say(50);
  await until('it goes on', () => taps[2]!.end.packets.length === 100);
  expect(threadsNamed('tap-writer')).toBe(1);
  taps[2]!.tap.close();
  await until('it has gone', () => threadsNamed('tap-writer') === 0);
  const { tap, end } = tapped();
  new Talker().to(tap.slot(tapAudio())).say();
  end.start();
  await until('another one came', () => end.packets.length === 1);
});

test('a tap has the time of the wall clock, unless it is told another', () => {
  const tap = nodeGst.tap({ maxBytes: 65_536 });
  open.push({ tap });
  expect(Math.abs(Number(tap.nowUnixNs() / MS) - Date.now())).toBeLessThan(100);
  const told = tapped().tap;
  expect(told.unixOffsetNs).toBe(UNIX_OFFSET_NS);
  const [least, running, most] = [
    tap.nowUnixNs() - tap.unixOffsetNs,
    told.nowUnixNs() - UNIX_OFFSET_NS,
    tap.nowUnixNs() - tap.unixOffsetNs,
  ];
  expect(running >= least && running <= most).toBe(true);
});

describe('arguments', () => {
  test.each([
    [{}, 'options.maxBytes must be an integer from 65536 to 268435456'],
    [{ maxBytes: 65_535 }, 'options.maxBytes'],
    [{ maxBytes: 65_536, unixOffsetNs: 5 }, 'options.unixOffsetNs must be a bigint of 64 bits'],
    [{ maxBytes: 65_536, unixOffsetNs: 2n ** 64n }, 'options.unixOffsetNs'],
  ])('%j', (options, message) => {
    const { name, message: said } = thrown(() => nodeGst.tap(options as never));
    expect(name).toBe('TypeError');
    expect(said).toContain(message);
  });

  test.each([
    [{ codec: 'vp8' }, 'options.codec must be of the section'],
    [{ payloadType: 128 }, 'options.payloadType'],
    [{ ssrc: -1 }, 'options.ssrc'],
    [{ clockRate: 1 }, 'options.clockRate'],
    [{ kind: 'text' }, "options.kind must be 'audio' or 'video'"],
  ])('slot: %j', (change, message) => {
    const { tap } = tapped();
    const { name, message: said } = thrown(() => tap.slot({ ...tapAudio(), ...change } as never));
    expect(name).toBe('TypeError');
    expect(said).toContain(message);
  });

  test('a slot is routed to tracks of its codec only', () => {
    const { tap } = tapped();
    const from = publisher(1, VIDEO.track());
    expect(thrown(() => forwarder().route(tap.slot(tapAudio()), from.tracks[0]!)).name).toBe('TypeError');
  });
});
