/** RFC 6464 levels, per track. */
import nodeGst from 'node-gst';
import { aTypeError, AUDIO, level, levelsOf, publisher, VIDEO } from './support/media.ts';
import { buildRtp, buildVp8, text } from './support/rtp.ts';

describe('takeLevels', () => {
  test('hands out what arrived since the last call, oldest first', () => {
    const from = publisher(1, AUDIO.track());
    expect(levelsOf(from.tracks)).toEqual([null]);
    const levels = [0x80 | 30, 0x80 | 12, 99];
    levels.forEach((byte, sequence) =>
      from.receiveRtp(buildRtp({ sequence, payload: text('12345'), ...level(byte) }), 0n),
    );
    from.receiveRtp(buildRtp({ sequence: 3, payload: text('x'), padding: 7 }), 0n);
    expect(levelsOf(from.tracks)).toEqual([{ packets: 4, bytes: 16, voiced: 2, levels: [30, 12, 99] }]);
    expect(levelsOf(from.tracks)).toEqual([null]);
  });

  test('has none where no packet had a level', () => {
    const from = publisher(1, AUDIO.track({ extensions: { mid: 4, audioLevel: 0, transportCc: 0 } }));
    from.receiveRtp(buildRtp(level(5)), 0n);
    expect(levelsOf(from.tracks)).toEqual([{ packets: 1, bytes: 4, voiced: 0, levels: [] }]);
  });

  test('silence is 127, the loudest is 0', () => {
    const from = publisher(1, AUDIO.track());
    from.receiveRtp(buildRtp(level(127)), 0n);
    from.receiveRtp(buildRtp({ sequence: 1, ...level(0) }), 0n);
    expect(levelsOf(from.tracks)).toMatchObject([{ levels: [127, 0] }]);
  });

  test.each([31, 32, 33, 64, 100])('of %i levels the newest 32 are kept', (count) => {
    const from = publisher(1, AUDIO.track());
    for (let sequence = 0; sequence < count; sequence += 1) {
      from.receiveRtp(buildRtp({ sequence, ...level(sequence) }), 0n);
    }
    const all = Array.from({ length: count }, (_, sequence) => sequence);
    expect(levelsOf(from.tracks)).toEqual([{ packets: count, bytes: count * 4, voiced: 0, levels: all.slice(-32) }]);
    // The next ones begin anew, wherever the ring was.
    from.receiveRtp(buildRtp({ sequence: count, ...level(7) }), 0n);
    expect(levelsOf(from.tracks)).toMatchObject([{ packets: 1, levels: [7] }]);
  });

  test('counts only what belongs to the track', () => {
    const from = publisher(1, AUDIO.track(), VIDEO.track());
    from.receiveRtp(buildRtp({ ssrc: 1 }), 0n);
    from.receiveRtp(buildRtp({ ssrc: 1, payloadType: 13 }), 0n);
    from.receiveRtp(buildRtp({ ssrc: 3 }), 0n);
    from.receiveRtp(buildRtp({ ssrc: 2, payloadType: 96, payload: buildVp8({}) }), 0n);
    expect(levelsOf(from.tracks).map((each) => each?.packets)).toEqual([1, 1]);
    expect(from.stats()).toMatchObject({ packetsIn: 2, dropped: { payloadType: 1, secondSource: 1 } });
  });

  test('writes one record for each track, in their order, into an array that may be longer', () => {
    const peers = [1, 2, 3, 4].map((csrc) => publisher(csrc, AUDIO.track()));
    for (const [i, count] of [1, 0, 2, 0].entries()) {
      for (let sequence = 0; sequence < count; sequence += 1)
        peers[i]!.receiveRtp(buildRtp({ sequence, ...level(i) }), 0n);
    }
    const into = new Int32Array(5 * nodeGst.LEVELS_SIZE).fill(-1);
    expect(
      nodeGst.takeLevels(
        peers.map((peer) => peer.tracks[0]!),
        into,
      ),
    ).toBe(2);
    const record = (i: number) => [...into.subarray(i * nodeGst.LEVELS_SIZE, (i + 1) * nodeGst.LEVELS_SIZE)];
    const untouched = (from: number) => Array.from({ length: nodeGst.LEVELS_SIZE - from }, () => -1);
    expect(record(0)).toEqual([1, 4, 0, 1, 0, ...untouched(5)]);
    expect(record(1)).toEqual([0, ...untouched(1)]);
    expect(record(2)).toEqual([2, 8, 0, 2, 2, 2, ...untouched(6)]);
    expect(record(3)).toEqual([0, ...untouched(1)]);
    expect(record(4)).toEqual(untouched(0));
    expect(nodeGst.takeLevels([], new Int32Array(0))).toBe(0);
  });

  test('a track that is named twice has its levels in the first record', () => {
    const from = publisher(1, AUDIO.track());
    from.receiveRtp(buildRtp(level(3)), 0n);
    expect(levelsOf([...from.tracks, ...from.tracks]).map((each) => each?.levels)).toEqual([[3], undefined]);
  });

  test('takes nothing where an argument does not fit', () => {
    const from = publisher(1, AUDIO.track());
    from.receiveRtp(buildRtp(level(3)), 0n);
    const [track] = from.tracks;
    const room = new Int32Array(nodeGst.LEVELS_SIZE);
    const detached = new Int32Array(nodeGst.LEVELS_SIZE);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    for (const args of [
      [],
      [track, room],
      [[track, {}], new Int32Array(2 * nodeGst.LEVELS_SIZE)],
      [[track]],
      [[track], [0]],
      [[track], new Int32Array(nodeGst.LEVELS_SIZE - 1)],
      [[track], detached],
      [[track], new Uint32Array(nodeGst.LEVELS_SIZE)],
    ]) {
      expect(() => void Reflect.apply(nodeGst.takeLevels, null, args)).toThrow(aTypeError());
    }
    expect(levelsOf(from.tracks)).toMatchObject([{ packets: 1 }]);
  });

  test('a track that is closed hears nothing', () => {
    const from = publisher(1, AUDIO.track());
    from.close();
    from.receiveRtp(buildRtp({}), 0n);
    expect(levelsOf(from.tracks)).toEqual([null]);
  });
});
