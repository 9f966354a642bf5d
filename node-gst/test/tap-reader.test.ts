/** The reader of a tap: order, time, silence, and the way from one appsrc to the next. */
import { allGone } from './support.ts';
import { MS } from './support/media.ts';
import { buildVp8 } from './support/rtp.ts';
import {
  frame,
  descriptorOf,
  opusTrack,
  ORIGIN,
  readAll,
  Reading,
  removeFiles,
  tapRtp,
  vp8Track,
} from './support/tap-reader.ts';

afterEach(allGone);
afterAll(removeFiles);

/** 20 ms of Opus (SILK, wide band), number `index` of a stream. */
const speech = (index: number, ms = index * 20) =>
  tapRtp({
    ms,
    sequence: (65_500 + index) & 0xffff,
    timestamp: (index * 960 + 2 ** 32 - 5000) % 2 ** 32,
    payload: Uint8Array.of(0x48, index & 0xff),
  });
const indexes = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('order', () => {
  test('packets come out as they were sent, with their capture time as PTS, over wraps of both counters', async () => {
    const { reading, fed } = await readAll(
      indexes(100).map((index) => speech(index)),
      new Map([[1, opusTrack({ fill: 'none' })]]),
    );
    const packets = fed.get(1)!;
    expect(packets.map(({ payload }) => payload[1])).toEqual(indexes(100));
    expect(packets.map(({ ptsNs }) => ptsNs)).toEqual(indexes(100).map((index) => index * 20e6));
    expect(packets[60]).toMatchObject({
      sequence: 24,
      csrcs: [7],
      ssrc: 1,
      payloadType: 111,
      timestamp: 60 * 960 - 5000,
    });
    expect(reading.counts(1)).toEqual({ packets: 100 });
    expect(reading.stats(1)).toMatchObject({ firstUnixNs: ORIGIN, lastUnixNs: ORIGIN + 1980n * MS });
    expect(reading.events.map(({ type }) => type)).toEqual(['began', 'end']);
    reading.reader.close();
  });
});
