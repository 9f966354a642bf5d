/** Which section a packet belongs to, and which of a section's streams is forwarded. */
import type { MediaHarness, TrackOptions } from '../media.d.ts';
import { AUDIO, drops, forwarder, MS, publisher, receiver, sent, VIDEO } from './support/media.ts';
import { bye, senderReport } from './support/rtcp.ts';
import { buildRtp, buildVp8, text, type RtpFields } from './support/rtp.ts';

/** A publisher whose tracks are each heard in a slot with the m-line of the track. */
class Scene {
  readonly from: MediaHarness;
  readonly to: MediaHarness;
  #sequence = 0;

  constructor(...tracks: TrackOptions[]) {
    this.from = publisher(1, ...tracks);
    this.to = receiver(
      ...tracks.map(({ kind, mline, codec }) =>
        kind === 'audio' ? AUDIO.slot({ mline }) : VIDEO.slot({ mline, codec }),
      ),
    );
    const routes = forwarder();
    tracks.forEach((_, index) => routes.route(this.to.slots[index]!, this.from.tracks[index]!));
  }

  /** The m-line the packet came out at, or what it was dropped for. */
  send(fields: Partial<RtpFields>, nowMs = 0): number | string {
    const before = drops(this.from);
    const sequence = this.#sequence++ & 0xffff;
    const packet = { sequence, timestamp: nowMs * 48, payload: buildVp8({ keyframe: true }), ...fields };
    this.from.receiveRtp(buildRtp(packet), BigInt(nowMs) * MS);
    const [out] = sent(this.to);
    if (out) return out.mline;
    const after = drops(this.from);
    return Object.keys(after).find((name) => after[name] !== before[name]) ?? 'nothing';
  }
}

const mid = (value: string) => ({ extensions: [{ id: 4, data: text(value) }] });

describe('SSRC to section', () => {
  const two = () =>
    new Scene(
      AUDIO.track({ mline: 0, mid: '0', ssrcs: [10, 11] }),
      AUDIO.track({ mline: 1, mid: '1', ssrcs: [20] }),
      VIDEO.track({ mline: 2, mid: '2', ssrcs: [] }),
    );

  test('by mid first, and for good', () => {
    const scene = two();
    expect(scene.send({ ssrc: 10, ...mid('1') })).toBe(1);
    expect(scene.send({ ssrc: 10 })).toBe(1);
    expect(scene.send({ ssrc: 33, ...mid('0') })).toBe(0);
    expect(scene.send({ ssrc: 33 })).toBe(0);
  });

  test('by mid in the two-byte form', () => {
    expect(two().send({ ssrc: 33, form: 'two-byte', ...mid('1') })).toBe(1);
  });

  test('by announced SSRC', () => {
    const scene = two();
    expect(scene.send({ ssrc: 20 })).toBe(1);
    expect(scene.send({ ssrc: 11 })).toBe(0);
  });

  test('by a payload type that one section has', () => {
    const scene = two();
    expect(scene.send({ ssrc: 5, payloadType: 96 })).toBe(2);
    expect(scene.send({ ssrc: 6, payloadType: 111 })).toBe('unknownSsrc');
  });

  test.each([
    ['a mid of a section that does not receive', { ssrc: 10, ...mid('7') }, 'unknownSsrc'],
    ['a payload type nobody negotiated', { ssrc: 99, payloadType: 13 }, 'unknownSsrc'],
    ['a payload type of another section', { ssrc: 20, payloadType: 96 }, 'payloadType'],
    ['a payload type of another section than the mid', { ssrc: 9, payloadType: 96, ...mid('0') }, 'payloadType'],
  ])('%s is dropped and counted', (_name, fields, reason) => {
    const scene = two();
    expect(scene.send(fields)).toBe(reason);
    expect(scene.from.stats()).toMatchObject({ packetsIn: 0 });
    expect(scene.from.ranOn).toBe(false);
  });

  test('a mid is no mid where the extension was not negotiated', () => {
    const extensions = { mid: 0, audioLevel: 0, transportCc: 0 };
    expect(new Scene(AUDIO.track({ mid: '0', extensions })).send({ ssrc: 5, ...mid('7') })).toBe(0);
  });

  test('a stream that changes its payload type is dropped while it does', () => {
    const scene = two();
    expect(scene.send({ ssrc: 20 })).toBe(1);
    expect(scene.send({ ssrc: 20, payloadType: 13 })).toBe('payloadType');
    expect(scene.send({ ssrc: 20 })).toBe(1);
  });

  test('a packet with a wrong payload type takes no place', () => {
    const scene = new Scene(AUDIO.track({ ssrcs: [1, 2, 3, 4, 5, 6] }));
    for (let ssrc = 1; ssrc <= 5; ssrc += 1) expect(scene.send({ ssrc, payloadType: 13 })).toBe('payloadType');
    expect(scene.send({ ssrc: 6 })).toBe(0);
  });

  test('at most four SSRCs in a section, for life', () => {
    const scene = new Scene(AUDIO.track());
    for (let ssrc = 1; ssrc <= 4; ssrc += 1) expect(scene.send({ ssrc }, ssrc * 1000)).toBe(0);
    expect(scene.send({ ssrc: 5 }, 60_000)).toBe('ssrcLimit');
    expect(scene.send({ ssrc: 1 }, 60_000)).toBe(0);
  });
});

describe('a second stream in a section', () => {
  test('is dropped while the first is alive', () => {
    const scene = new Scene(AUDIO.track());
    expect(scene.send({ ssrc: 1 }, 1000)).toBe(0);
    expect(scene.send({ ssrc: 2 }, 1199)).toBe('secondSource');
    expect(scene.send({ ssrc: 1 }, 1199)).toBe(0);
    expect(scene.send({ ssrc: 2 }, 1398)).toBe('secondSource');
  });

  test('takes over when the first was silent for 200 ms; then the first is the second', () => {
    const scene = new Scene(AUDIO.track());
    scene.send({ ssrc: 1 }, 1000);
    expect(scene.send({ ssrc: 2 }, 1200)).toBe(0);
    expect(scene.send({ ssrc: 1 }, 1210)).toBe('secondSource');
    expect(scene.send({ ssrc: 1 }, 1400)).toBe(0);
  });

  test('takes over at once after a BYE', () => {
    const scene = new Scene(AUDIO.track());
    scene.send({ ssrc: 1 }, 1000);
    scene.from.receiveRtcp(bye(9, 1), 1001n * MS);
    expect(scene.send({ ssrc: 2 }, 1020)).toBe(0);
    expect(scene.send({ ssrc: 1 }, 1021)).toBe('secondSource');
  });

  test('a stream that comes back has not said BYE, and may number anew', () => {
    const scene = new Scene(AUDIO.track());
    expect(scene.send({ ssrc: 1, sequence: 100 }, 1000)).toBe(0);
    scene.from.receiveRtcp(bye(1), 1001n * MS);
    expect(scene.send({ ssrc: 2, sequence: 5 }, 1020)).toBe(0);
    expect(scene.send({ ssrc: 1, sequence: 30_000 }, 1300)).toBe(0);
    expect(scene.send({ ssrc: 2, sequence: 6 }, 1301)).toBe('secondSource');
  });

  test('goes on in the slot as after a switch: next number, forward in time, marked', () => {
    const scene = new Scene(AUDIO.track());
    const out = (fields: Partial<RtpFields>, nowMs: number) => {
      scene.from.receiveRtp(buildRtp(fields), BigInt(nowMs) * MS);
      return sent(scene.to)[0]!;
    };
    const first = out({ ssrc: 1, sequence: 500, timestamp: 7 }, 1000);
    const second = out({ ssrc: 2, sequence: 9, timestamp: 123_456 }, 1500);
    expect(second.sequence).toBe((first.sequence + 1) & 0xffff);
    expect((second.timestamp - first.timestamp + 2 ** 32) % 2 ** 32).toBe(500 * 48);
    expect(second.marker).toBe(true);
    expect(second.csrcs).toEqual(first.csrcs);
  });
});

describe('sequence numbers that jump', () => {
  const scene = () => {
    const made = new Scene(AUDIO.track());
    let ticks = 0;
    const send = (sequence: number) => {
      ticks += 1;
      const packet = buildRtp({ sequence: sequence & 0xffff, timestamp: ticks * 960 });
      made.from.receiveRtp(packet, BigInt(ticks) * 20n * MS);
      return sent(made.to)[0]?.sequence;
    };
    return { send, from: made.from, to: made.to };
  };

  test('two in a row behind a jump start the stream anew: no hole', () => {
    const { send, from } = scene();
    const first = send(100)!;
    expect(send(30_000)).toBeUndefined();
    expect(send(30_001)).toBe((first + 1) & 0xffff);
    expect(send(30_002)).toBe((first + 2) & 0xffff);
    expect(send(101)).toBeUndefined();
    expect(drops(from)).toEqual({ late: 2 });
  });

  test('a stray one is dropped and forgotten', () => {
    const { send } = scene();
    const first = send(100)!;
    send(30_000);
    expect(send(101)).toBe((first + 1) & 0xffff);
    expect(send(30_001)).toBeUndefined();
    expect(send(102)).toBe((first + 2) & 0xffff);
  });

  test('a loss of up to 2 999 is a loss', () => {
    const { send } = scene();
    const first = send(65_000)!;
    expect(send(65_000 + 2999)).toBe((first + 2999) & 0xffff);
  });

  test('repeats of 300 ago never get through, alone or in a row', () => {
    const { send, to } = scene();
    for (let sequence = 0; sequence < 400; sequence += 1) send(sequence);
    for (let sequence = 90; sequence < 100; sequence += 1) expect(send(sequence)).toBeUndefined();
    for (let sequence = 390; sequence < 400; sequence += 1) expect(send(sequence)).toBeUndefined();
    expect(drops(to)).toEqual({ late: 10, duplicate: 10 });
  });
});

describe('what runs on into the jitterbuffer', () => {
  const scene = () => new Scene(AUDIO.track({ ssrcs: [1] }), VIDEO.track({ ssrcs: [2] }));
  const ranOn = (scene: Scene, ssrc: number) => {
    scene.from.receiveRtcp(senderReport(ssrc, 10n ** 18n, 0), 0n);
    return scene.from.ranOn;
  };

  test('video does, audio does not', () => {
    const { from } = scene();
    from.receiveRtp(buildRtp({ ssrc: 1 }), 0n);
    expect(from.ranOn).toBe(false);
    from.receiveRtp(buildRtp({ ssrc: 2, payloadType: 96 }), 0n);
    expect(from.ranOn).toBe(true);
  });

  test('reports do where their stream did', () => {
    const made = scene();
    expect([ranOn(made, 1), ranOn(made, 2), ranOn(made, 3)]).toEqual([false, false, false]);
    made.send({ ssrc: 1 });
    made.send({ ssrc: 2, payloadType: 96 });
    expect([ranOn(made, 1), ranOn(made, 2), ranOn(made, 3)]).toEqual([false, true, false]);
  });

  test('a second stream of video and its report do not', () => {
    const made = scene();
    made.send({ ssrc: 2, payloadType: 96 });
    expect(made.send({ ssrc: 3, payloadType: 96 })).toBe('secondSource');
    expect(made.from.ranOn).toBe(false);
    expect(ranOn(made, 3)).toBe(false);
  });

  test('what is no sender report does not', () => {
    const made = scene();
    made.send({ ssrc: 2, payloadType: 96 });
    made.from.receiveRtcp(bye(2), 0n);
    expect(made.from.ranOn).toBe(false);
  });
});
