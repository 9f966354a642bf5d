/** The reader of a tap: from one appsrc to the next, appsrcs that are full or gone, and the whole way from a publisher. */
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { TapReaderEvent } from '../tap.d.ts';
import { allGone, openFds, until } from './support.ts';
import { AUDIO, forwarder, MS, publisher, receiver, sent, VIDEO } from './support/media.ts';
import { buildRtp, buildVp8 } from './support/rtp.ts';
import { openTap, tapAudio, tapVideo, threadsNamed } from './support/tap.ts';
import {
  Collector,
  descriptorOf,
  type Fed,
  frame,
  opusTrack,
  ORIGIN,
  Reading,
  removeFiles,
  tapRtp,
  vp8Track,
} from './support/tap-reader.ts';

// Plugins are loaded here, which takes its time once.
beforeAll(async () => (await new Collector().start()).dispose(), 60_000);
afterEach(allGone);
afterAll(removeFiles);

const indexes = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);
const opus = (ssrc: number, index: number, ms = index * 20) =>
  tapRtp({ ssrc, ms, sequence: index, timestamp: index * 960, payload: Uint8Array.of(0x48, index & 0xff, index >> 8) });
/** Two packets a picture; 25 pictures a second. */
const vp8 = (index: number, keyframe: boolean) => {
  const picture = index >> 1;
  const data = Uint8Array.of(keyframe ? 0x10 : 0x11, index & 0xff, index >> 8);
  const payload = buildVp8({ keyframe, start: index % 2 === 0, data });
  return tapRtp({ ssrc: 2, ms: picture * 40, payloadType: 96, sequence: index, timestamp: picture * 3600, payload });
};
const isSilence = ({ payload }: Fed) => payload[1] === 0xff && payload[2] === 0xfe;
const places = (fed: readonly Fed[]) =>
  fed.filter((packet) => !isSilence(packet)).map(({ payload }) => payload.at(-2)! + payload.at(-1)! * 256);
const at = (ms: number) => ORIGIN + BigInt(ms) * MS;
const types = (events: readonly TapReaderEvent[]) => events.map(({ type }) => type);

/** Two seconds of two tracks: audio 1 and video 2, a key frame at 0 and at 1.2 s. */
const twoSeconds = indexes(100).flatMap((index) => {
  const pictures = index % 2 === 0 ? [vp8(index, index % 60 === 0), vp8(index + 1, index % 60 === 0)] : [];
  return [opus(1, index), ...pictures];
});

async function collectors(count: number): Promise<Collector[]> {
  return Promise.all(indexes(count).map(() => new Collector().start()));
}

describe('from one appsrc to the next', () => {
  test('nothing is lost, nothing doubled: audio from the origin on, video from the next key frame', async () => {
    const [a1, a2, v1, v2] = (await collectors(4)) as [Collector, Collector, Collector, Collector];
    const reading = new Reading(descriptorOf(...twoSeconds.map(frame)));
    reading.reader.track(1, a1.appsrc, opusTrack());
    reading.reader.track(2, v1.appsrc, vp8Track());
    expect(reading.reader.switchTo(1, a2.appsrc, 'keyframe', at(790))).toBe(true);
    expect(reading.reader.switchTo(2, v2.appsrc, 'keyframe', at(790))).toBe(true);
    reading.reader.start();
    await reading.event('end');
    const [first, second] = [await a1.finish(), await a2.finish()];
    expect(places(first)).toEqual(indexes(40));
    expect(places(second)).toEqual(indexes(60, 40));
    expect(second.map(({ ptsNs }) => ptsNs / 1e6).slice(0, 3)).toEqual([0, 10, 30]);
    const [shown, then] = [await v1.finish(), await v2.finish()];
    expect(places(shown)).toEqual(indexes(60));
    expect(places(then)).toEqual(indexes(40, 60));
    expect(then.map(({ ptsNs }) => ptsNs / 1e6).slice(0, 3)).toEqual([410, 410, 450]);
    expect(types(reading.events.filter((event) => 'ssrc' in event && event.ssrc === 2))).toEqual([
      'began',
      'keyframe',
      'released',
      'began',
    ]);
    const released = reading.of('released').find((event) => 'ssrc' in event && event.ssrc === 2);
    expect(released).toMatchObject({ stats: { packets: 60, lost: 0, firstUnixNs: at(0), lastUnixNs: at(1160) } });
    expect(reading.of('began').at(-1)).toEqual({ type: 'began', ssrc: 2, unixNs: at(1200), ptsNs: 410n * MS });
    expect(reading.counts(2)).toEqual({ packets: 40 });
    reading.reader.close();
  });

  test('a key frame of several parts is not divided', async () => {
    const [old, fresh] = (await collectors(2)) as [Collector, Collector];
    const nal = (index: number, type: number, timestamp: number, ms: number) =>
      tapRtp({ ssrc: 2, ms, payloadType: 96, sequence: index, timestamp, payload: Uint8Array.of(type, index, 0) });
    const [sps, pps, idr, slice] = [0x67, 0x68, 0x65, 0x41];
    // The capture clock is corrected in the midst of the first picture.
    const first = [nal(0, sps, 0, 0), nal(1, pps, 0, 0), nal(2, idr, 0, 20), nal(3, slice, 3000, 33)];
    const second = [nal(4, sps, 6000, 66), nal(5, pps, 6000, 66), nal(6, idr, 6000, 66), nal(7, slice, 9000, 99)];
    const reading = new Reading(descriptorOf(...[...first, ...second].map(frame)));
    reading.reader.track(2, old.appsrc, vp8Track({ codec: 'h264' }));
    reading.reader.switchTo(2, fresh.appsrc, 'keyframe', at(10));
    reading.reader.start();
    await reading.event('end');
    expect(places(await old.finish())).toEqual([0, 1, 2, 3]);
    expect(places(await fresh.finish())).toEqual([4, 5, 6, 7]);
    reading.reader.close();
  });

  test("'now': the old one gets nothing more, video waits for a key frame", async () => {
    const [old, fresh] = (await collectors(2)) as [Collector, Collector];
    const reading = new Reading(descriptorOf(...indexes(100).map((index) => frame(vp8(index, index % 60 === 0)))));
    reading.reader.track(2, old.appsrc, vp8Track());
    reading.reader.switchTo(2, fresh.appsrc, 'now', 'first');
    reading.reader.start();
    await reading.event('end');
    expect(await old.finish()).toEqual([]);
    expect(places(await fresh.finish())).toEqual(indexes(100));
    expect(types(reading.events)).toEqual(['released', 'began', 'end']);
    reading.reader.close();
  });

  test('silence is divided at the origin, for one who says nothing too', async () => {
    const [old, fresh, other] = (await collectors(3)) as [Collector, Collector, Collector];
    const packets = [opus(1, 0), ...indexes(200).map((index) => opus(3, index))];
    const reading = new Reading(descriptorOf(...packets.map(frame)));
    reading.reader.track(1, old.appsrc, opusTrack());
    reading.reader.track(3, other.appsrc, opusTrack());
    reading.reader.switchTo(1, fresh.appsrc, 'keyframe', at(2005));
    reading.reader.start();
    await reading.event('end');
    const [before, after] = [await old.finish(), await fresh.finish()];
    expect(before.at(-1)!.ptsNs / 1e6 + 5).toBe(2005);
    expect(after[0]).toMatchObject({ ptsNs: 0 });
    expect(reading.stats(1)).toMatchObject({ packets: 0, endPtsNs: (3980n - 2005n) * MS });
    expect(reading.of('began').map((event) => 'ssrc' in event && event.ssrc)).toEqual([1, 3, 1]);
    await other.dispose();
    reading.reader.close();
  });

  test('a track that is still is switched at once, and told of once', async () => {
    const [old, fresh, other] = (await collectors(3)) as [Collector, Collector, Collector];
    const packets = [vp8(0, true), vp8(1, true), ...indexes(100).map((index) => opus(1, index))];
    const reading = new Reading(descriptorOf(...packets.map(frame)));
    reading.reader.track(1, other.appsrc, opusTrack());
    reading.reader.track(2, old.appsrc, vp8Track());
    reading.reader.switchTo(2, fresh.appsrc, 'keyframe', at(500));
    reading.reader.start();
    await reading.event('end');
    expect(types(reading.events.filter((event) => 'ssrc' in event && event.ssrc === 2))).toEqual([
      'began',
      'released',
      'still',
    ]);
    for (const collector of [old, fresh, other]) await collector.dispose();
    reading.reader.close();
  });

  test('an SSRC that comes back after `untrack` is told of, and what was kept goes into the next appsrc', async () => {
    const tap = openTap();
    const reading = new Reading(tap.takeChildFd());
    const [old, fresh] = (await collectors(2)) as [Collector, Collector];
    const [from, routes] = [publisher(5, AUDIO.track()), forwarder()];
    routes.route(tap.slot(tapAudio(1)), from.tracks[0]!);
    let count = 0;
    const say = (packets: number) => {
      for (let i = 0; i < packets; i += 1, count += 1) {
        from.receiveRtp(buildRtp({ sequence: count, timestamp: count * 960 }), BigInt(count) * 20n * MS);
      }
    };
    reading.reader.track(1, old.appsrc, opusTrack({ origin: 'first' }));
    reading.reader.start();
    say(10);
    await until('they are there', () => reading.stats(1).packets === 10);
    expect(reading.reader.untrack(1)).toBe(true);
    expect(await reading.event('released')).toMatchObject({ stats: { packets: 10 } });
    say(5);
    expect(await reading.event('unknown')).toEqual({ type: 'unknown', ssrc: 1 });
    await until('all are kept', () => reading.reader.stats().unknown === 5);
    reading.reader.track(1, fresh.appsrc, opusTrack({ origin: 'first' }));
    say(5);
    await until('they are there', () => reading.stats(1).packets === 10);
    expect(await old.finish()).toHaveLength(10);
    expect(await fresh.finish()).toHaveLength(10);
    routes.close();
    tap.close();
    await reading.event('end');
    reading.reader.close();
  });
});

describe('an appsrc', () => {
  test('that is full stops the reading; the reader can be closed all the same', async () => {
    const before = openFds();
    const tap = openTap(65_536);
    const reading = new Reading(tap.takeChildFd());
    // Nobody takes anything out of it.
    const full = new Collector();
    full.appsrc.set('max-bytes', 20_000);
    const peer = receiver(AUDIO.slot());
    const [from, routes] = [publisher(5, AUDIO.track()), forwarder()];
    routes.route(tap.slot(tapAudio(1)), from.tracks[0]!);
    routes.route(peer.slots[0]!, from.tracks[0]!);
    reading.reader.track(1, full.appsrc, opusTrack({ origin: 'first' }));
    reading.reader.start();
    const payload = new Uint8Array(1000).fill(1);
    let count = 0;
    const say = () => {
      from.receiveRtp(buildRtp({ sequence: count, timestamp: count * 960, payload }), BigInt(count) * 20n * MS);
      count += 1;
    };
    await until('reader, socket and tap are full', () => {
      for (let i = 0; i < 100; i += 1) say();
      const { overflowPackets, buffered } = tap.stats();
      return reading.reader.stats().blocked && overflowPackets > 1000 && buffered > 64_000;
    });
    expect(sent(peer)).toHaveLength(count);
    expect(reading.stats(1).packets).toBeLessThan(25);
    const start = performance.now();
    reading.reader.close();
    expect(performance.now() - start).toBeLessThan(1000);
    expect(threadsNamed('tap-reader')).toBe(0);
    await until('the tap noticed', () => tap.stats().broken);
    await full.dispose();
    routes.close();
    tap.close();
    await until('all descriptors are closed', () => openFds() <= before);
  });

  test('that was full and has room again gets everything in order', async () => {
    const reading = new Reading(descriptorOf(...indexes(500).map((index) => frame(opus(1, index)))));
    const slow = new Collector();
    slow.appsrc.set('max-bytes', 300);
    reading.reader.track(1, slow.appsrc, opusTrack());
    reading.reader.start();
    await until('the reader waits', () => reading.reader.stats().blocked);
    await slow.start();
    await reading.event('end');
    expect(places(await slow.finish())).toEqual(indexes(500));
    reading.reader.close();
  });

  test('that was full is left for another, at once', async () => {
    const reading = new Reading(descriptorOf(...indexes(100).map((index) => frame(opus(1, index)))));
    const stuck = new Collector();
    stuck.appsrc.set('max-bytes', 300);
    reading.reader.track(1, stuck.appsrc, opusTrack());
    reading.reader.start();
    await until('the reader waits', () => reading.reader.stats().blocked);
    const fresh = await new Collector().start();
    const { packets } = reading.stats(1);
    reading.reader.switchTo(1, fresh.appsrc, 'now', ORIGIN);
    await reading.event('end');
    expect(places(await fresh.finish())).toEqual(indexes(100 - packets, packets));
    await stuck.dispose();
    reading.reader.close();
  });

  test('that takes nothing any more costs its own packets only', async () => {
    const [gone, other] = (await collectors(2)) as [Collector, Collector];
    await gone.stop();
    const packets = indexes(100).flatMap((index) => [opus(1, index), opus(3, index)]);
    const reading = new Reading(descriptorOf(...packets.map(frame)));
    reading.reader.track(1, gone.appsrc, opusTrack());
    reading.reader.track(3, other.appsrc, opusTrack());
    reading.reader.start();
    await reading.event('end');
    expect(reading.of('refused')).toEqual([{ type: 'refused', ssrc: 1 }]);
    expect(reading.counts(1)).toEqual({ refused: 100 });
    expect(places(await other.finish())).toEqual(indexes(100));
    await gone.dispose();
    reading.reader.close();
  });
});

describe('from a publisher', () => {
  const NTP_UNIX_SECONDS = 2_208_988_800;
  /** A sender report. */
  function report(ssrc: number, unixMs: number, timestamp: number): Uint8Array {
    const bytes = new Uint8Array(28);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0x80c80006);
    view.setUint32(4, ssrc);
    view.setUint32(8, Math.floor(unixMs / 1000) + NTP_UNIX_SECONDS);
    view.setUint32(12, Math.floor(((unixMs % 1000) / 1000) * 2 ** 32));
    view.setUint32(16, timestamp >>> 0);
    return bytes;
  }

  test.each([200, -200])(
    'sound and picture of a device whose clock is %d ppm off stay together for 10 minutes',
    async (ppm) => {
      const tap = openTap(1 << 24);
      const reading = new Reading(tap.takeChildFd());
      const [sound, picture] = (await collectors(2)) as [Collector, Collector];
      const from = publisher(5, AUDIO.track(), VIDEO.track());
      const routes = forwarder();
      routes.route(tap.slot(tapAudio(1)), from.tracks[0]!);
      routes.route(tap.slot(tapVideo(2)), from.tracks[1]!);
      const origin = { origin: tap.unixOffsetNs };
      reading.reader.track(1, sound.appsrc, opusTrack(origin));
      reading.reader.track(2, picture.appsrc, vp8Track(origin));
      reading.reader.start();
      const rate = 1 + ppm / 1e6;
      /** What the device captures at our time `ms`, sent over a way of 30 to 50 ms. */
      let seed = 1;
      const delay = () => 30 + ((seed = (seed * 48_271) % 2_147_483_647) % 200) / 10;
      const ns = (ms: number) => BigInt(Math.round(ms * 1e6));
      const captures: [number[], number[]] = [[], []];
      for (let index = 0; index < 30_000; index += 1) {
        // The device makes a packet each 20 ms of its own clock.
        const ms = 100 + (index * 20) / rate;
        const timestamp = (index * 960 + 123) >>> 0;
        from.receiveRtp(
          buildRtp({ ssrc: 11, sequence: index & 0xffff, timestamp, payload: Uint8Array.of(0x48, 1) }),
          ns(ms + delay()),
        );
        captures[0].push(ms);
        if (index % 5 === 0) {
          const shown = index / 5;
          const payload = buildVp8({ keyframe: index === 0, data: Uint8Array.of(index === 0 ? 0x10 : 0x11) });
          const fields = {
            ssrc: 22,
            payloadType: 96,
            sequence: shown & 0xffff,
            timestamp: (shown * 9000) >>> 0,
            payload,
          };
          from.receiveRtp(buildRtp(fields), ns(ms + delay()));
          captures[1].push(ms);
        }
        if (index % 250 === 0) {
          // Its wall clock is off by 3 s, too.
          const wall = 1_600_000_000_000 + index * 20 - 3000;
          from.receiveRtcp(report(11, wall, timestamp), ns(ms + delay()));
          from.receiveRtcp(report(22, wall, (index / 5) * 9000), ns(ms + delay()));
        }
        if (index % 1000 === 999) await until('it is written', () => tap.stats().buffered === 0);
      }
      routes.close();
      tap.close();
      await reading.event('end');
      expect(reading.counts(1)).toMatchObject({ packets: 30_000 });
      expect(reading.counts(2)).toEqual({ packets: 6000 });
      const heard = (await sound.finish()).filter(({ payload }) => payload.length === 2);
      const seen = await picture.finish();
      const [late, later] = [heard, seen].map((fed, kind) =>
        fed.map(({ ptsNs }, index) => ptsNs / 1e6 - captures[kind]![index]!),
      ) as [number[], number[]];
      // The first seconds are by the arrival alone, 50 ms late at most; then sound and picture are on one clock.
      const apart = later.map((each, index) => Math.abs(each - late[index * 5]!));
      expect(Math.max(...apart)).toBeLessThan(40);
      expect(Math.max(...late, ...later)).toBeLessThan(60);
      expect(Math.min(...late, ...later)).toBeGreaterThan(0);
      reading.reader.close();
    },
    60_000,
  );

  test('a child that is killed breaks its tap, and nothing else', async () => {
    const tap = openTap();
    const child = spawn('sh', ['-c', 'exec cat <&3 >/dev/null'], {
      stdio: ['ignore', 'ignore', 'ignore', tap.childFd],
    });
    tap.spawned();
    expect(tap.childFd).toBe(-1);
    const [from, routes] = [publisher(5, AUDIO.track()), forwarder()];
    routes.route(tap.slot(tapAudio(1)), from.tracks[0]!);
    const say = (index: number) => {
      from.receiveRtp(buildRtp({ sequence: index, timestamp: index * 960 }), BigInt(index) * 20n * MS);
    };
    say(1);
    await until('it was written', () => tap.stats().written > 0);
    expect(tap.stats().broken).toBe(false);
    child.kill('SIGKILL');
    await until('it was noticed', () => tap.stats().broken);
    say(2);
    expect(tap.stats()).toMatchObject({ packets: 1, broken: true });
    routes.close();
    tap.close();
  });

  test('a process that exits with a reader at work does so', async () => {
    const tap = openTap();
    const script = `
      const gst = require(${JSON.stringify(new URL('../index.cjs', import.meta.url).pathname)});
      gst.init();
      const line = gst.parseLaunch('appsrc name=a max-bytes=100 ! fakesink');
      const reader = gst.tapReader(3, {}, () => {});
      reader.track(1, line.byName('a'), { kind: 'audio', codec: 'opus', payloadType: 111, clockRate: 48000, origin: 'first', fill: 'silence' });
      reader.start();
      setInterval(() => { if (reader.stats().blocked) process.exit(7); }, 5);`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'inherit', 'inherit', tap.childFd] });
    tap.spawned();
    const [from, routes] = [publisher(5, AUDIO.track()), forwarder()];
    routes.route(tap.slot(tapAudio(1)), from.tracks[0]!);
    from.startFlood(buildRtp({ sequence: 1, timestamp: 0 }), 5000, 960, 0n, 20n * MS);
    const code = await new Promise((resolve) => child.on('exit', (status, signal) => resolve(status ?? signal)));
    expect(code).toBe(7);
    from.joinFloods();
    routes.close();
    tap.close();
  });
});

test('a descriptor that is none ends the reading', async () => {
  const fd = descriptorOf();
  const reading = new Reading(fd);
  closeSync(fd);
  reading.reader.start();
  await reading.event('end');
  reading.reader.close();
});
