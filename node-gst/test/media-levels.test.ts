/** RFC 6464 levels, summarised per track. */
import { audioTrack, publisher, videoTrack } from './support/media.ts';
import { buildRtp, buildVp8, text } from './support/rtp.ts';

const level = (byte: number) => ({ extensions: [{ id: 1, data: Uint8Array.of(byte) }] });

describe('takeLevel', () => {
  test('sums up what arrived since the last call', () => {
    const from = publisher(1, audioTrack());
    const track = from.tracks[0]!;
    expect(track.takeLevel()).toBeNull();
    const levels = [0x80 | 30, 0x80 | 12, 99];
    levels.forEach((byte, sequence) =>
      from.receiveRtp(buildRtp({ sequence, payload: text('12345'), ...level(byte) }), 0n),
    );
    from.receiveRtp(buildRtp({ sequence: 3, payload: text('x'), padding: 7 }), 0n);
    expect(track.takeLevel()).toEqual({ packets: 4, bytes: 16, loudest: 12, mean: 47, voiced: 2 });
    expect(track.takeLevel()).toBeNull();
  });

  test('says -1 where no packet had a level', () => {
    const from = publisher(1, audioTrack({ extensions: { mid: 4, audioLevel: 0, transportCc: 0 } }));
    from.receiveRtp(buildRtp(level(5)), 0n);
    expect(from.tracks[0]!.takeLevel()).toEqual({ packets: 1, bytes: 4, loudest: -1, mean: -1, voiced: 0 });
  });

  test('silence is 127, the loudest is 0', () => {
    const from = publisher(1, audioTrack());
    from.receiveRtp(buildRtp(level(127)), 0n);
    expect(from.tracks[0]!.takeLevel()).toMatchObject({ loudest: 127, mean: 127 });
    from.receiveRtp(buildRtp({ sequence: 1, ...level(0) }), 0n);
    expect(from.tracks[0]!.takeLevel()).toMatchObject({ loudest: 0, mean: 0 });
  });

  test('counts only what belongs to the track', () => {
    const from = publisher(1, audioTrack(), videoTrack());
    from.receiveRtp(buildRtp({ ssrc: 1 }), 0n);
    from.receiveRtp(buildRtp({ ssrc: 1, payloadType: 13 }), 0n);
    from.receiveRtp(buildRtp({ ssrc: 3 }), 0n);
    from.receiveRtp(buildRtp({ ssrc: 2, payloadType: 96, payload: buildVp8({}) }), 0n);
    expect(from.tracks.map((track) => track.takeLevel()?.packets)).toEqual([1, 1]);
    expect(from.stats()).toMatchObject({ packetsIn: 2, dropped: { payloadType: 1, secondSource: 1 } });
  });

  test('a track that is closed hears nothing', () => {
    const from = publisher(1, audioTrack());
    from.close();
    from.receiveRtp(buildRtp({}), 0n);
    expect(from.tracks[0]!.takeLevel()).toBeNull();
  });
});
