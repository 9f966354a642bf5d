/** The gate: quiet packets of a track go nowhere, and whoever hears it notices nothing but silence. */
import {
  AUDIO,
  distance,
  drops,
  forwarder,
  level,
  levelsOf,
  MS,
  pair,
  publisher,
  receiver,
  sent,
} from './support/media.ts';
import { buildRtp, type RtpFields } from './support/rtp.ts';

const GATE = 50;
const LOUD = 50;
const QUIET = 51;

/** A talker with a gate, heard in one slot. Packets are 20 ms long. */
function scene() {
  const { from, to, routes } = pair(AUDIO);
  routes.gate(from.tracks[0]!, GATE);
  /** The `index`-th packet of the stream arrives, when it is due or at `atMs`. What the slot sends for it, if anything. */
  const send = (index: number, byte: number | null, atMs = index * 20, fields: Partial<RtpFields> = {}) => {
    const packet = { sequence: index & 0xffff, timestamp: (index * 960) % 2 ** 32, ...fields };
    from.receiveRtp(buildRtp({ ...packet, ...(byte === null ? {} : level(byte)) }), BigInt(atMs) * MS);
    return sent(to)[0];
  };
  return { from, to, routes, track: from.tracks[0]!, slot: to.slots[0]!, send };
}

describe('a gate', () => {
  test('holds what is quieter, lets through what is as loud, and counts', () => {
    const { from, to, send } = scene();
    expect(send(0, QUIET)).toBeUndefined();
    expect(send(1, 127)).toBeUndefined();
    expect(send(2, LOUD)).toBeDefined();
    expect(drops(from)).toEqual({ gated: 2 });
    expect(drops(to)).toEqual({});
    expect(from.stats().packetsIn).toBe(3);
  });

  test('does not look at the voice bit', () => {
    const { send } = scene();
    expect(send(0, 0x80 | QUIET)).toBeUndefined();
    expect(send(1, 0x80 | LOUD)).toBeDefined();
  });

  test('stays open for 500 ms behind the last loud packet', () => {
    const { send } = scene();
    expect(send(0, LOUD, 1000)).toBeDefined();
    expect(send(1, QUIET, 1400)).toBeDefined();
    expect(send(2, LOUD, 1499)).toBeDefined();
    expect(send(3, QUIET, 1998)).toBeDefined();
    expect(send(4, QUIET, 1999)).toBeUndefined();
  });

  test('a loud packet that comes out of time shortens nothing', () => {
    const { send } = scene();
    send(0, LOUD, 1000);
    send(1, LOUD, 900);
    expect(send(2, QUIET, 1499)).toBeDefined();
  });

  test('lets packets without a level through, always', () => {
    const { from, send } = scene();
    for (let index = 0; index < 5; index += 1) expect(send(index, null, index * 1000)).toBeDefined();
    expect(drops(from)).toEqual({});
    // They open nothing.
    expect(send(5, QUIET, 4001)).toBeUndefined();
  });

  test('leaves no hole in the numbers, keeps the time, and marks what comes behind it', () => {
    const { send } = scene();
    const before = send(0, LOUD)!;
    for (let index = 1; index < 25; index += 1) expect(send(index, QUIET)?.marker).toBe(false);
    for (let index = 25; index < 300; index += 1) expect(send(index, QUIET)).toBeUndefined();
    const after = send(300, LOUD)!;
    expect(distance(before.sequence, after.sequence, 16)).toBe(25);
    expect(distance(before.timestamp, after.timestamp, 32)).toBe(300 * 960);
    expect([before.marker, after.marker]).toEqual([true, true]);
    const next = send(301, QUIET)!;
    expect(distance(after.sequence, next.sequence, 16)).toBe(1);
    expect(distance(after.timestamp, next.timestamp, 32)).toBe(960);
    expect(next.marker).toBe(false);
    expect(send(302, QUIET, 302 * 20, { marker: true })!.marker).toBe(true);
  });

  test('a loss while it is open is a hole as ever', () => {
    const { send } = scene();
    const before = send(0, LOUD)!;
    expect(distance(before.sequence, send(4, LOUD)!.sequence, 16)).toBe(4);
    expect(distance(before.sequence, send(3, QUIET)!.sequence, 16)).toBe(3);
  });

  test('however long it was closed', () => {
    const { send } = scene();
    const before = send(0, LOUD)!;
    for (let index = 25; index < 25 + 40_000; index += 1) send(index, QUIET);
    const after = send(40_100, LOUD)!;
    expect(distance(before.sequence, after.sequence, 16)).toBe(1);
    expect(distance(before.timestamp, after.timestamp, 32)).toBe(40_100 * 960);
  });

  test('is for everybody who hears the track', () => {
    const { from, track, routes, send } = scene();
    const others = [receiver(AUDIO.slot()), receiver(AUDIO.slot())];
    for (const other of others) routes.route(other.slots[0]!, track);
    send(0, QUIET);
    send(1, LOUD);
    send(2, QUIET, 5000);
    expect(others.map((other) => sent(other).length)).toEqual([1, 1]);
    expect(drops(from)).toEqual({ gated: 2 });
  });

  test('levels are taken of what it holds, too', () => {
    const { track, send } = scene();
    send(0, QUIET);
    send(1, LOUD);
    expect(levelsOf([track])).toMatchObject([{ packets: 2, levels: [QUIET, LOUD] }]);
  });
});

describe('the window of numbers, with a gate', () => {
  test('a number that was sent is not sent again behind the gap', () => {
    const { to, send } = scene();
    send(0, LOUD);
    send(1, LOUD);
    expect(send(30, QUIET)).toBeUndefined();
    // A loud one from before, which would open the gate were it new.
    expect(send(1, LOUD, 2000)).toBeUndefined();
    expect(send(40, LOUD, 2020)).toBeDefined();
    expect(send(1, LOUD, 2040)).toBeUndefined();
    expect(send(0, QUIET, 2041)).toBeUndefined();
    expect(send(40, LOUD, 2042)).toBeUndefined();
    expect(drops(to)).toEqual({ late: 2, duplicate: 1 });
  });

  test('one that was overtaken by a held one is held: there is no place for it', () => {
    const { from, send } = scene();
    const before = send(0, LOUD)!;
    expect(send(31, QUIET)).toBeUndefined();
    expect(send(30, LOUD, 625)).toBeUndefined();
    expect(send(31, LOUD, 626)).toBeUndefined();
    expect(drops(from)).toEqual({ gated: 3 });
    const after = send(32, LOUD)!;
    expect(distance(before.sequence, after.sequence, 16)).toBe(1);
  });

  test('one that was held is late once the gate is open again', () => {
    const { to, send } = scene();
    send(0, LOUD);
    send(30, QUIET);
    const after = send(32, LOUD)!;
    expect(send(30, LOUD, 650)).toBeUndefined();
    expect(send(31, QUIET, 651)).toBeUndefined();
    expect(drops(to)).toEqual({ late: 2 });
    expect(distance(after.sequence, send(33, QUIET)!.sequence, 16)).toBe(1);
  });

  test('a late one that comes first behind the open time does not turn the numbers back', () => {
    const { send } = scene();
    const first = send(5, LOUD)!;
    expect(send(3, QUIET, 700)).toBeUndefined();
    // Newer than what is held, but not than what was sent.
    expect(send(4, LOUD, 701)).toBeUndefined();
    expect(send(5, LOUD, 702)).toBeUndefined();
    const next = send(36, LOUD)!;
    expect(distance(first.sequence, next.sequence, 16)).toBe(1);
    expect(distance(first.timestamp, next.timestamp, 32)).toBe(31 * 960);
  });

  test.each([30_000, 40_000])('a stream that starts anew behind a gap, at %i, starts as ever', (restart) => {
    const { send } = scene();
    const before = send(0, LOUD)!;
    for (let index = 1; index < 60; index += 1) send(index, QUIET);
    // Two in a row are a restart.
    expect(send(restart, QUIET, 1200)).toBeUndefined();
    expect(send(restart + 1, QUIET, 1220)).toBeUndefined();
    const after = send(restart + 2, LOUD, 1240)!;
    expect(distance(before.sequence, after.sequence, 16)).toBe(25);
    expect(after.marker).toBe(true);
  });
});

describe('who sets a gate', () => {
  test('may take it away, or move it, at any time', () => {
    const { routes, track, send } = scene();
    const before = send(0, LOUD)!;
    expect(send(50, QUIET)).toBeUndefined();
    routes.gate(track, QUIET);
    const after = send(51, QUIET)!;
    expect([distance(before.sequence, after.sequence, 16), after.marker]).toEqual([1, true]);
    routes.gate(track, GATE);
    // Open still: it was moved, not closed.
    expect(send(60, QUIET)).toBeDefined();
    expect(send(90, QUIET)).toBeUndefined();
    routes.gate(track, null);
    const last = send(91, 127)!;
    expect([distance(after.sequence, last.sequence, 16), last.marker]).toEqual([10, true]);
    expect(send(92, 127)!.marker).toBe(false);
  });

  test('takes it along when it closes', () => {
    const { routes, track, send } = scene();
    const other = receiver(AUDIO.slot());
    forwarder().route(other.slots[0]!, track);
    send(0, QUIET);
    routes.close();
    send(1, QUIET);
    expect(sent(other)).toHaveLength(1);
    routes.gate(track, 0);
    send(2, QUIET);
    expect(sent(other)).toHaveLength(1);
  });

  test('leaves that of another forwarder alone', () => {
    const { routes, track, send } = scene();
    const others = forwarder();
    others.gate(track, QUIET);
    routes.gate(track, null);
    expect(send(0, QUIET + 1)).toBeUndefined();
    routes.gate(track, GATE);
    others.close();
    expect(send(1, QUIET)).toBeUndefined();
  });

  test('may be gone before the track, and the track before it', () => {
    const routes = forwarder();
    const tracks = Array.from({ length: 200 }, (_, csrc) => {
      const peer = publisher(csrc, AUDIO.track());
      routes.gate(peer.tracks[0]!, GATE);
      peer.close();
      return peer.tracks[0]!;
    });
    expect(() => {
      routes.gate(tracks[0]!, null);
      routes.close();
    }).not.toThrow();
  });

  test.each([
    [0, [0], [1, 127]],
    [127, [0, 127], []],
    [63.9, [63], [64]],
  ])('at %d', (gate, passing, held) => {
    const { routes, track, send } = scene();
    routes.gate(track, gate);
    for (const each of held) expect(send(0, each)).toBeUndefined();
    passing.forEach((each, index) => expect(send(index + 1, each)).toBeDefined());
  });
});

describe('a slot of a gated track', () => {
  test('that is filled while the gate is closed starts with the first loud packet', () => {
    const { routes, track, send } = scene();
    for (let index = 0; index < 10; index += 1) send(index, QUIET);
    const late = receiver(AUDIO.slot());
    routes.route(late.slots[0]!, track);
    send(10, QUIET);
    send(11, LOUD);
    send(12, QUIET);
    expect(sent(late).map(({ marker }) => marker)).toEqual([true, false]);
  });

  test('that changes to another talker and back goes on by the real time', () => {
    const { to, routes, track, slot, send } = scene();
    const before = send(0, LOUD)!;
    const other = publisher(2, AUDIO.track());
    routes.route(slot, other.tracks[0]!);
    other.receiveRtp(buildRtp({ sequence: 900, timestamp: 5, ssrc: 9, ...level(127) }), 1000n * MS);
    const between = sent(to)[0]!;
    send(50, QUIET);
    routes.route(slot, track);
    const after = send(100, LOUD)!;
    expect([between, after].map(({ sequence }) => distance(before.sequence, sequence, 16))).toEqual([1, 2]);
    expect([between, after].map(({ timestamp }) => distance(before.timestamp, timestamp, 32))).toEqual([
      48_000, 96_000,
    ]);
    expect([between, after].map(({ marker }) => marker)).toEqual([true, true]);
  });
});
