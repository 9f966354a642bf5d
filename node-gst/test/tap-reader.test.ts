/** The reader of a tap: order, time, silence. */
import nodeGst from 'node-gst';
import { allGone, thrown } from './support.ts';
import { MS } from './support/media.ts';
import { buildVp8 } from './support/rtp.ts';
import {
  Collector,
  descriptorOf,
  type Fed,
  frame,
  opusTrack,
  ORIGIN,
  readAll,
  Reading,
  removeFiles,
  tapRtp,
  vp8Track,
} from './support/tap-reader.ts';

// Plugins are loaded here, which takes its time once.
beforeAll(async () => (await new Collector().start()).dispose(), 60_000);
afterEach(allGone);
afterAll(removeFiles);

/** 20 ms of Opus (SILK), the `index`th of a stream whose counters soon wrap. */
const speech = (index: number, ms = index * 20, ssrc = 1) =>
  tapRtp({
    ms,
    ssrc,
    sequence: (65_500 + index) & 0xffff,
    timestamp: (index * 960 + 2 ** 32 - 5000) % 2 ** 32,
    payload: Uint8Array.of(0x48, index & 0xff, index >> 8),
  });
/** One packet of video, the `index`th, 30 a second; the `picture`th picture. */
const shot = (index: number, keyframe = false, picture = index, ms = (picture * 100) / 3) =>
  tapRtp({
    ms,
    ssrc: 2,
    payloadType: 96,
    sequence: index & 0xffff,
    timestamp: picture * 3000,
    payload: buildVp8({ keyframe, data: Uint8Array.of(keyframe ? 0x10 : 0x11, index & 0xff) }),
  });
const indexes = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);
const named = (fed: readonly Fed[]) => fed.map(({ payload }) => payload[1]! + payload[2]! * 256);

const SILENCE: Record<number, number> = { 0xf8: 20e6, 0xf0: 10e6, 0xe8: 5e6, 0xe0: 2.5e6 };
const isSilence = ({ payload }: Fed) => payload.length === 3 && payload[1] === 0xff && payload[2] === 0xfe;
const durationOf = (packet: Fed) => (isSilence(packet) ? SILENCE[packet.payload[0]!]! : 20e6);

const audio = (options = {}) => new Map([[1, opusTrack(options)]]);
const video = (options = {}) => new Map([[2, vp8Track(options)]]);
const unfilled = audio({ fill: 'none' });

describe('order and time', () => {
  test('packets come out as they were sent, PTS are capture times, over wraps of both counters', async () => {
    const { reading, fed } = await readAll(
      indexes(100).map((index) => speech(index)),
      unfilled,
    );
    const packets = fed.get(1)!;
    expect(named(packets)).toEqual(indexes(100));
    expect(packets.map(({ ptsNs }) => ptsNs)).toEqual(indexes(100).map((index) => index * 20e6));
    expect(packets[60]).toMatchObject({ sequence: 24, csrcs: [7], ssrc: 1, payloadType: 111 });
    expect(packets[60]).toMatchObject({ timestamp: 60 * 960 - 5000 });
    expect(reading.counts(1)).toEqual({ packets: 100 });
    expect(reading.stats(1)).toMatchObject({ firstUnixNs: ORIGIN, lastUnixNs: ORIGIN + 1980n * MS });
    expect(reading.events).toEqual([{ type: 'began', ssrc: 1, unixNs: ORIGIN, ptsNs: 0n }, { type: 'end' }]);
    reading.reader.close();
  });

  test.each([
    ['neighbours change places', [0, 2, 1, 3], [0, 1, 2, 3], {}],
    ['the last comes first', [0, 4, 3, 2, 1, 5], [0, 1, 2, 3, 4, 5], {}],
    ['some come twice', [0, 1, 1, 3, 3, 2, 2, 0], [0, 1, 2, 3], { duplicates: 4 }],
    ['one is missing at the end', [0, 1, 3, 4], [0, 1, 3, 4], { lost: 1 }],
    ['some are missing for long', [0, 1, ...indexes(30, 4)], [0, 1, ...indexes(30, 4)], { lost: 2 }],
    ['one comes in time', [0, ...indexes(20, 2), 1, 22], [...indexes(23)], {}],
    ['one comes too late', [0, ...indexes(21, 2), 1, 23], [0, ...indexes(22, 2)], { lost: 1, late: 1 }],
    ['a great many are missing', [0, 40_000, 40_001], [0, 40_000, 40_001], { lost: 39_999 }],
  ])('%s', async (_, order, expected, counts) => {
    // The place in the stream is when it came; time goes on by 20 ms with each packet.
    const ms = (index: number) => (index > 1000 ? 5000 + index * 20 : index * 20);
    const { reading, fed } = await readAll(
      order.map((index) => speech(index, ms(index))),
      unfilled,
    );
    expect(named(fed.get(1)!)).toEqual(expected);
    expect(reading.counts(1)).toEqual({ packets: expected.length, ...counts });
    reading.reader.close();
  });

  test('video of one picture has one PTS, and none goes back, whatever the capture clock does', async () => {
    const packets = [shot(0, true, 0, 0), shot(1, false, 0, 7), shot(2, false, 1, 33), shot(3, false, 2, 21)];
    const { reading, fed } = await readAll([...packets, shot(4, false, 3, 100)], video());
    expect(fed.get(2)!.map(({ ptsNs }) => ptsNs / 1e6)).toEqual([0, 0, 33, 33, 100]);
    reading.reader.close();
  });

  test('a gap in one track is given up as the time of the others goes on', async () => {
    const packets = [shot(0, true), shot(1), shot(3), ...indexes(40).map((index) => speech(index, 100 + index * 20))];
    const reading = new Reading(descriptorOf(...packets.map(frame)), { patienceMs: 300 });
    const collectors = [await new Collector().start(), await new Collector().start()];
    reading.reader.track(1, collectors[0]!.appsrc, opusTrack());
    reading.reader.track(2, collectors[1]!.appsrc, vp8Track());
    reading.reader.start();
    await reading.event('end');
    expect(reading.counts(2)).toEqual({ packets: 3, lost: 1 });
    // 300 ms after the gap was seen, not at the end.
    expect(reading.of('keyframe')).toHaveLength(1);
    for (const collector of collectors) await collector.dispose();
    reading.reader.close();
  });

  test("'first': PTS 0 is the first packet", async () => {
    const packets = indexes(3).map((index) => speech(index, 7000 + index * 20));
    const { reading, fed } = await readAll(packets, audio({ origin: 'first' }));
    expect(fed.get(1)!.map(({ ptsNs }) => ptsNs / 1e6)).toEqual([0, 20, 40]);
    expect(reading.events[0]).toEqual({ type: 'began', ssrc: 1, unixNs: ORIGIN + 7000n * MS, ptsNs: 0n });
    reading.reader.close();
  });

  test('what was captured before the origin is left out', async () => {
    const packets = indexes(5).map((index) => speech(index, index * 20 - 40));
    const { reading, fed } = await readAll(packets, audio());
    expect(named(fed.get(1)!)).toEqual([2, 3, 4]);
    expect(reading.counts(1)).toEqual({ packets: 3, early: 2 });
    reading.reader.close();
  });

  test('video begins with a key frame, which is wished for once a second', async () => {
    const packets = [...indexes(60).map((index) => shot(index)), shot(60, true), shot(61)];
    const { reading, fed } = await readAll(packets, video());
    expect(fed.get(2)!.map(({ payload }) => payload[2])).toEqual([60, 61]);
    expect(reading.counts(2)).toEqual({ packets: 2, awaitingKeyframe: 60 });
    expect(reading.events.map(({ type }) => type)).toEqual(['keyframe', 'keyframe', 'began', 'end']);
    reading.reader.close();
  });

  test('after a loss a key frame is wished for until one comes', async () => {
    const lossy = [shot(0, true), shot(1), ...indexes(58, 3).map((index) => shot(index)), shot(61, true)];
    const { reading } = await readAll([...lossy, ...indexes(60, 62).map((index) => shot(index))], video());
    expect(reading.counts(2)).toEqual({ packets: 121, lost: 1 });
    expect(reading.of('keyframe')).toHaveLength(2);
    reading.reader.close();
  });
});

describe('silence', () => {
  /** Everything is in its place: no holes, no overlaps, and the counters of RTP agree. */
  function expectContinuous(packets: readonly Fed[]): void {
    packets.slice(1).forEach((packet, index) => {
      const before = packets[index]!;
      const hole = packet.ptsNs - before.ptsNs - durationOf(before);
      if (hole < 0 || hole >= 2.5e6) throw new Error(`a hole of ${hole} ns in front of packet ${index + 1}`);
    });
    expect(packets.map(({ sequence }) => sequence)).toEqual(indexes(packets.length).map((index) => index & 0xffff));
    expect(packets.map(({ timestamp }) => timestamp)).toEqual(
      packets.map(({ ptsNs }) => Math.floor((ptsNs * 48_000) / 1e9)),
    );
  }

  test('fills holes of any length exactly, from the origin on', async () => {
    let random = 1;
    const next = (most: number) => (random = (random * 48_271) % 2_147_483_647) % most;
    const packets: Uint8Array[] = [];
    const expected: number[] = [];
    for (let index = 0, ms = 1234.5, timestamp = 0; index < 400; index += 1) {
      expected.push(ms);
      packets.push(tapRtp({ ms, sequence: index, timestamp, payload: Uint8Array.of(0x48, index & 0xff, index >> 8) }));
      const hole = index % 3 === 0 ? next(40_000) / 10 : 0;
      ms += 20 + hole;
      timestamp += 960 + Math.floor(hole * 48);
    }
    const { reading, fed } = await readAll(packets, audio());
    const all = fed.get(1)!;
    expectContinuous(all);
    const spoken = all.filter((packet) => !isSilence(packet));
    expect(named(spoken)).toEqual(indexes(400));
    expect(spoken.map(({ ptsNs }) => Math.round(ptsNs / 1e5) / 10)).toEqual(
      expected.map((ms) => Math.round(ms * 10) / 10),
    );
    const silent = all.filter(isSilence);
    expect(reading.counts(1)).toEqual({ packets: 400, filled: silent.length });
    expect(Number(reading.stats(1).filledNs)).toBe(silent.reduce((sum, packet) => sum + durationOf(packet), 0));
    reading.reader.close();
  });

  test('is not put between packets that follow each other, though the capture clock is corrected', async () => {
    const packets = indexes(50).map((index) => speech(index, index * 20 + (index > 25 ? 50 : 0) + (index % 2) * 3));
    const { reading, fed } = await readAll(packets, audio());
    expect(fed.get(1)!.filter(isSilence)).toEqual([]);
    expect(reading.counts(1)).toEqual({ packets: 50 });
    reading.reader.close();
  });

  test('stands for what was lost', async () => {
    const order = [0, 1, 5, ...indexes(40, 6)];
    const { reading, fed } = await readAll(
      order.map((index) => speech(index)),
      audio(),
    );
    expectContinuous(fed.get(1)!);
    expect(reading.counts(1)).toEqual({ packets: 43, lost: 3, filled: 3 });
    reading.reader.close();
  });

  test('is filled in for one who says nothing as the time of others goes on, and up to the end', async () => {
    const packets = [speech(0), ...indexes(500).map((index) => speech(index, index * 20, 3))];
    const { reading, fed } = await readAll(packets, new Map([...audio(), [3, opusTrack()]]));
    const silent = fed.get(1)!.slice(1);
    expect(silent.every(isSilence)).toBe(true);
    expect(silent.at(-1)!.ptsNs).toBe(499 * 20e6 - 20e6);
    reading.reader.close();
  });

  test('is not filled in where packets only come late, but where they are later still', async () => {
    /** Two tracks; the second is behind by so many ms from 4 s on. */
    const behind = (ms: number) =>
      indexes(500).flatMap((index) => {
        const late = index * 20 - (index > 200 ? ms : 0);
        const packet =
          index > 200 && index * 20 - ms < 4000 ? [] : [speech(index > 200 ? index - ms / 20 : index, late, 3)];
        return [speech(index), ...packet];
      });
    const tracks = new Map([...audio(), [3, opusTrack()]]);
    const slow = await readAll(behind(500), tracks);
    expect(slow.fed.get(3)!.slice(0, 470).filter(isSilence)).toEqual([]);
    slow.reading.reader.close();
    const slower = await readAll(behind(2000), tracks);
    const { overlapped, filled } = slower.reading.stats(3);
    // 2 s behind, 600 ms of patience: 1.4 s are silence, once. Then it is known to be slow.
    expect(overlapped).toBeGreaterThan(60);
    expect(overlapped).toBeLessThan(75);
    expect(filled).toBeGreaterThan(60);
    expectContinuous(slower.fed.get(3)!.slice(0, 190));
    slower.reading.reader.close();
  });

  test('is silence of its length when decoded, whatever the piece', async () => {
    const reading = new Reading(descriptorOf(frame(speech(0, 57.5))));
    const decoder = new Collector('rtpopusdepay ! opusdec ! audio/x-raw,format=S16LE,channels=2');
    decoder.appsrc.set('caps', 'application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=111');
    await decoder.start();
    reading.reader.track(1, decoder.appsrc, opusTrack());
    reading.reader.start();
    await reading.event('end');
    expect(reading.counts(1)).toEqual({ packets: 1, filled: 5 });
    const samples = await decoder.bytes();
    expect(samples).toHaveLength(77.5 * 48 * 4);
    expect(samples.subarray(0, 57.5 * 48 * 4).every((byte) => byte === 0)).toBe(true);
    reading.reader.close();
  });
});

describe('frames that are none', () => {
  test('are counted and skipped', async () => {
    const noTime = tapRtp({ ms: 0, extensions: [], form: null });
    const bad = [new Uint8Array(0), Uint8Array.of(1, 2, 3), noTime, tapRtp({ ms: 5, payloadType: 99, sequence: 7 })];
    const frames = [speech(0), ...bad, speech(1)].map(frame);
    const reading = new Reading(descriptorOf(...frames, frame(speech(2)).subarray(0, 20)));
    const collector = await new Collector().start();
    reading.reader.track(1, collector.appsrc, opusTrack());
    reading.reader.start();
    await reading.event('end');
    expect(named(await collector.finish())).toEqual([0, 1]);
    expect(reading.reader.stats()).toMatchObject({ frames: 6, malformed: 5, unknown: 0 });
    reading.reader.close();
  });

  test('of an SSRC that nobody has named are kept for a while, and told of once', async () => {
    const reading = new Reading(descriptorOf(...indexes(300).map((index) => frame(speech(index)))));
    reading.reader.start();
    await reading.event('end');
    expect(reading.events).toEqual([{ type: 'unknown', ssrc: 1 }, { type: 'end' }]);
    expect(reading.reader.stats()).toMatchObject({ unknown: 300, malformed: 0 });
    const collector = await new Collector().start();
    reading.reader.track(1, collector.appsrc, opusTrack({ fill: 'none' }));
    await reading.event('began');
    reading.reader.untrack(1);
    await reading.event('released');
    expect(named(await collector.finish())).toEqual(indexes(256, 44));
    expect(reading.reader.stats()).toMatchObject({ unknown: 44 });
    reading.reader.close();
  });
});

describe('arguments', () => {
  const open = (options: object = {}) => new Reading(descriptorOf(), options);

  test.each([
    [{ patienceMs: -1 }, 'options.patienceMs must be an integer from 0 to 60000'],
    [{ fillLagMs: 'x' }, 'options.fillLagMs'],
  ])('%j', (options, message) => {
    const { name, message: said } = thrown(() => open(options));
    expect([name, said]).toEqual(['TypeError', expect.stringContaining(message)]);
  });

  test.each([
    [{ fill: 'noise' }, "options.fill must be 'none' or 'silence'"],
    [{ ...vp8Track(), fill: 'silence' }, "options.fill must be 'none' for video"],
    [{ origin: 5 }, "options.origin must be a bigint or 'first'"],
    [{ codec: 'vp8' }, 'options.codec'],
  ])('%j', async (change, message) => {
    const [{ reader }, collector] = [open(), new Collector()];
    const act = () => {
      reader.track(1, collector.appsrc, { ...opusTrack(), ...change } as never);
    };
    const { name, message: said } = thrown(act);
    expect([name, said]).toEqual(['TypeError', expect.stringContaining(message)]);
    reader.close();
    await collector.dispose();
  });

  test('an appsrc that was started in another format', async () => {
    const { reader } = open();
    const line = nodeGst.parseLaunch('appsrc name=a ! fakesink async=false');
    const appsrc = line.byName('a')!;
    await line.setState('PLAYING');
    const act = () => {
      reader.track(1, appsrc, opusTrack());
    };
    expect(thrown(act)).toEqual({ name: 'TypeError', message: 'the appsrc was started without format=time' });
    await line.setState('NULL');
    act();
    expect(appsrc.get('format')).toBe('time');
    reader.close();
    appsrc.dispose();
    line.dispose();
  });

  test('an SSRC is tracked once; others are not there', async () => {
    const [{ reader }, collector] = [open(), new Collector()];
    reader.track(5, collector.appsrc, opusTrack());
    const again = () => {
      reader.track(5, collector.appsrc, opusTrack());
    };
    expect(thrown(again)).toEqual({ name: 'TypeError', message: 'SSRC 5 is tracked already' });
    expect([reader.untrack(6), reader.switchTo(6, collector.appsrc, 'now', 'first'), reader.untrack(5)]).toEqual([
      false,
      false,
      true,
    ]);
    reader.close();
    reader.close();
    await collector.dispose();
  });
});
