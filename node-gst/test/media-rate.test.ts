/** How much a publisher may send. */
import type { MediaHarness } from '../media.d.ts';
import { AUDIO, mediaHarness, MS, SECOND, VIDEO } from './support/media.ts';
import { buildRtp, text } from './support/rtp.ts';

const limited = (packets: number, bytes: number): MediaHarness =>
  mediaHarness({
    csrc: 1,
    rate: { packets, bytes },
    tracks: [AUDIO.track({ ssrcs: [10] }), VIDEO.track({ ssrcs: [20] })],
    slots: [],
  });

let sequence = 0;
/** 12 bytes of header and 88 of payload. */
const send = (to: MediaHarness, count: number, now: bigint, ssrc = 10): void => {
  for (let i = 0; i < count; i++) {
    sequence = (sequence + 1) & 0xffff;
    to.receiveRtp(
      buildRtp({ sequence, ssrc, payload: text('x'.repeat(88)), ...(ssrc === 20 ? { payloadType: 96 } : {}) }),
      now,
    );
  }
};
const taken = (of: MediaHarness): [number, number] => {
  const { packetsIn, dropped } = of.stats();
  return [packetsIn, dropped.rate];
};

describe('the rate of a publisher', () => {
  test('a second of packets at once, then as they are refilled; what is beyond is counted', () => {
    const peer = limited(100, 0);
    send(peer, 130, 5n * SECOND);
    expect(taken(peer)).toEqual([100, 30]);
    send(peer, 10, 5n * SECOND + 50n * MS);
    expect(taken(peer)).toEqual([105, 35]);
    send(peer, 200, 60n * SECOND);
    expect(taken(peer)).toEqual([205, 135]);
  });

  test('of bytes likewise', () => {
    const peer = limited(0, 1000);
    send(peer, 13, 0n);
    expect(taken(peer)).toEqual([10, 3]);
    send(peer, 3, 150n * MS);
    expect(taken(peer)).toEqual([11, 5]);
  });

  test('holds over all tracks together', () => {
    const peer = limited(10, 0);
    send(peer, 6, 0n);
    send(peer, 6, 0n, 20);
    expect(taken(peer)).toEqual([10, 2]);
  });

  test('time that goes back refills nothing, and takes nothing away', () => {
    const peer = limited(10, 0);
    send(peer, 5, SECOND);
    send(peer, 3, 0n);
    send(peer, 3, SECOND);
    expect(taken(peer)).toEqual([10, 1]);
  });

  test('by default there is none', () => {
    const peer = mediaHarness({ csrc: 1, tracks: [AUDIO.track({ ssrcs: [10] })], slots: [] });
    send(peer, 20_000, 0n);
    expect(taken(peer)).toEqual([20_000, 0]);
  });
});
