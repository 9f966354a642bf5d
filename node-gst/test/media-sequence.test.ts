/** The window of sequence numbers, at its edges. */
import { AUDIO, distance, drops, forwarder, MS, pair, publisher, receiver, sent } from './support/media.ts';
import { buildRtp } from './support/rtp.ts';

function stream(start: number) {
  const { from, to, routes } = pair(AUDIO);
  /** `index` counts from the start of the stream; the offset of what was sent from its first number, or what it was dropped for. */
  let first: number | undefined;
  let ticks = 0;
  const send = (index: number): number | string => {
    const before = drops(to);
    ticks += 1;
    const sequence = (start + index) & 0xffff;
    from.receiveRtp(buildRtp({ sequence, timestamp: ticks * 960 }), BigInt(ticks) * 20n * MS);
    const [packet] = sent(to);
    if (packet) return distance((first ??= packet.sequence), packet.sequence, 16);
    const after = drops(to);
    return Object.keys(after).find((name) => after[name] !== before[name]) ?? 'nothing';
  };
  return { from, to, routes, send };
}

describe.each([0, 65_530])('a stream that starts at %i', (start) => {
  test.each([1, 2, 63, 64, 65, 126, 127])('%i back comes late, once', (back) => {
    const { send } = stream(start);
    send(0);
    for (let index = 1; index <= 300; index += 1) if (index !== 300 - back) send(index);
    expect(send(300 - back)).toBe(300 - back);
    expect(send(300 - back)).toBe('duplicate');
    expect(send(301)).toBe(301);
    expect(send(300 - back)).toBe(back === 127 ? 'late' : 'duplicate');
  });

  test.each([128, 129, 300, 1000, 2999])('%i back is too late, hole or not', (back) => {
    const { send } = stream(start);
    for (let index = 0; index <= 3000; index += 1) if (index !== 3000 - back) send(index);
    expect(send(3000 - back)).toBe('late');
  });

  test.each([1, 2, 63, 64, 65, 127, 128, 129, 500])(
    'a loss of %i leaves a hole of its size, which can be filled',
    (lost) => {
      const { send } = stream(start);
      for (let index = 0; index < 200; index += 1) send(index);
      expect(send(200 + lost)).toBe(200 + lost);
      for (let back = 1; back <= lost && back < 128; back += 1) {
        expect(send(200 + lost - back)).toBe(200 + lost - back);
      }
      // What was there before the hole is remembered as far as the window reaches.
      for (let back = lost + 1; back < 128; back += 1) expect(send(200 + lost - back)).toBe('duplicate');
      expect(send(200 + lost)).toBe('duplicate');
    },
  );
});

describe('a switch', () => {
  test('lets nothing of the old stream’s numbers back, and nothing from before its first packet', () => {
    const { from, to, routes, send } = stream(100);
    for (let index = 0; index <= 10; index += 1) send(index);
    routes.route(to.slots[0]!, null);
    routes.route(to.slots[0]!, from.tracks[0]!);
    expect(send(20)).toBe(11);
    expect(send(19)).toBe('late');
    expect(send(10)).toBe('late');
    expect(send(20)).toBe('duplicate');
    expect(send(22)).toBe(13);
    expect(send(21)).toBe(12);
  });

  test('goes on from the newest packet, not from one that came late', () => {
    const publishers = [publisher(1, AUDIO.track()), publisher(2, AUDIO.track())];
    const to = receiver(AUDIO.slot());
    const routes = forwarder();
    const send = (from: number, sequence: number, nowMs: number) => {
      const packet = buildRtp({ sequence, timestamp: sequence * 960 });
      publishers[from]!.receiveRtp(packet, BigInt(nowMs) * MS);
      return sent(to)[0]!;
    };
    routes.route(to.slots[0]!, publishers[0]!.tracks[0]!);
    send(0, 1, 20);
    const newest = send(0, 10, 200);
    expect(distance(newest.sequence, send(0, 8, 201).sequence, 16)).toBe(-2);
    routes.route(to.slots[0]!, publishers[1]!.tracks[0]!);
    const after = send(1, 500, 225);
    expect(distance(newest.sequence, after.sequence, 16)).toBe(1);
    expect(distance(newest.timestamp, after.timestamp, 32)).toBe(25 * 48);
  });
});
