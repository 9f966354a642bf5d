/** Routes, attach and detach, ends, and arguments. */
import type { PeerMediaOptions } from '../media.d.ts';
import {
  audioSlot,
  audioTrack,
  drops,
  forwarder,
  mediaHarness,
  MS,
  publisher,
  receiver,
  sent,
  videoSlot,
  videoTrack,
} from './support/media.ts';
import { buildRtp, buildVp8 } from './support/rtp.ts';

let sequence = 0;
const say = (from: ReturnType<typeof publisher>) => from.receiveRtp(buildRtp({ sequence: sequence++ & 0xffff }), BigInt(sequence) * 20n * MS);
const show = (from: ReturnType<typeof publisher>, keyframe: boolean) =>
  from.receiveRtp(
    buildRtp({ payloadType: 96, sequence: sequence++ & 0xffff, payload: buildVp8({ keyframe }) }),
    BigInt(sequence) * 20n * MS,
  );
const heard = (to: ReturnType<typeof receiver>) => sent(to).map(({ mline, csrcs }) => [mline, csrcs[0]]);

describe('routes', () => {
  test('one track fills many slots of many peers', () => {
    const from = publisher(7, audioTrack());
    const [one, two] = [receiver(audioSlot(), audioSlot({ mline: 3, ssrc: 9 })), receiver(audioSlot())];
    const routes = forwarder();
    for (const slot of [...one.slots, ...two.slots]) routes.route(slot, from.tracks[0]!);
    say(from);
    expect(heard(one)).toEqual([[0, 7], [3, 7]]);
    expect(heard(two)).toEqual([[0, 7]]);
  });

  test('a slot has one track: the last one wanted', () => {
    const [a, b, to, routes] = [publisher(1, audioTrack()), publisher(2, audioTrack()), receiver(audioSlot()), forwarder()];
    routes.route(to.slots[0]!, a.tracks[0]!);
    routes.route(to.slots[0]!, b.tracks[0]!);
    say(a);
    say(b);
    expect(heard(to)).toEqual([[0, 2]]);
  });

  test('the same route again changes nothing', () => {
    const [from, to, routes] = [publisher(1, audioTrack()), receiver(audioSlot()), forwarder()];
    routes.route(to.slots[0]!, from.tracks[0]!);
    say(from);
    routes.route(to.slots[0]!, from.tracks[0]!);
    say(from);
    expect(sent(to).map(({ marker }) => marker)).toEqual([true, false]);
  });

  test('a route to null empties the slot', () => {
    const [from, to, routes] = [publisher(1, audioTrack()), receiver(audioSlot()), forwarder()];
    routes.route(to.slots[0]!, from.tracks[0]!);
    routes.route(to.slots[0]!, null);
    say(from);
    expect(heard(to)).toEqual([]);
  });

  test('a closed forwarder has emptied what it filled, and fills nothing', () => {
    const [from, to, routes] = [publisher(1, audioTrack()), receiver(audioSlot(), audioSlot({ mline: 1 })), forwarder()];
    for (const slot of to.slots) routes.route(slot, from.tracks[0]!);
    routes.close();
    routes.close();
    routes.route(to.slots[0]!, from.tracks[0]!);
    say(from);
    expect(heard(to)).toEqual([]);
  });

  test('a forwarder leaves alone what another one has filled since', () => {
    const [a, b, to] = [publisher(1, audioTrack()), publisher(2, audioTrack()), receiver(audioSlot())];
    const [before, after] = [forwarder(), forwarder()];
    before.route(to.slots[0]!, a.tracks[0]!);
    after.route(to.slots[0]!, b.tracks[0]!);
    before.route(to.slots[0]!, null);
    before.close();
    say(a);
    say(b);
    expect(heard(to)).toEqual([[0, 2]]);
  });

  test('a forwarder forgets peers that are gone', () => {
    const [from, routes] = [publisher(1, audioTrack()), forwarder()];
    for (let round = 0; round < 500; round += 1) {
      const to = receiver(audioSlot());
      routes.route(to.slots[0]!, from.tracks[0]!);
      to.close();
    }
    const last = receiver(audioSlot());
    routes.route(last.slots[0]!, from.tracks[0]!);
    say(from);
    expect(heard(last)).toEqual([[0, 1]]);
    routes.close();
    say(from);
    expect(heard(last)).toEqual([]);
  });
});

describe('attach and detach', () => {
  test('what comes for a slot that is not attached is dropped and counted', () => {
    const [from, to] = [publisher(1, audioTrack()), mediaHarness({ csrc: 9, tracks: [], slots: [audioSlot()] })];
    forwarder().route(to.slots[0]!, from.tracks[0]!);
    say(from);
    expect(drops(to)).toEqual({ detached: 1 });
    to.attach();
    say(from);
    expect(heard(to)).toEqual([[0, 1]]);
    to.detach();
    say(from);
    expect([heard(to), drops(to)]).toEqual([[], { detached: 2 }]);
  });

  test('audio goes on behind the gap as after a switch', () => {
    const [from, to] = [publisher(1, audioTrack()), receiver(audioSlot())];
    forwarder().route(to.slots[0]!, from.tracks[0]!);
    say(from);
    const before = sent(to)[0]!;
    to.detach();
    for (let lost = 0; lost < 10; lost += 1) say(from);
    to.attach();
    say(from);
    const after = sent(to)[0]!;
    expect(after.marker).toBe(true);
    expect(after.sequence).toBe((before.sequence + 1) & 0xffff);
    expect((after.timestamp - before.timestamp + 2 ** 32) % 2 ** 32).toBe(11 * 960);
  });

  test('video waits for a key frame', () => {
    const [from, to] = [publisher(1, videoTrack()), receiver(videoSlot())];
    forwarder().route(to.slots[0]!, from.tracks[0]!);
    show(from, true);
    to.detach();
    to.attach();
    to.attach();
    show(from, false);
    expect(heard(to)).toHaveLength(1);
    expect(drops(to)).toEqual({ awaitingKeyframe: 1 });
    show(from, true);
    expect(heard(to)).toHaveLength(1);
  });

  test('a video slot that is detached while it changes over gives the old one up', () => {
    const [a, b, to, routes] = [publisher(1, videoTrack()), publisher(2, videoTrack()), receiver(videoSlot()), forwarder()];
    routes.route(to.slots[0]!, a.tracks[0]!);
    show(a, true);
    sent(to);
    routes.route(to.slots[0]!, b.tracks[0]!);
    to.detach();
    to.attach();
    show(a, true);
    show(b, true);
    expect(heard(to)).toEqual([[1, 2]]);
  });

  test('attach and detach twice are as once', () => {
    const [from, to] = [publisher(1, audioTrack()), receiver(audioSlot())];
    forwarder().route(to.slots[0]!, from.tracks[0]!);
    say(from);
    to.attach();
    say(from);
    expect(sent(to).map(({ marker }) => marker)).toEqual([true, false]);
    to.detach();
    to.detach();
    say(from);
    expect(heard(to)).toEqual([]);
  });
});

describe('the end of a peer', () => {
  test('takes its slots and tracks out of every route, for good', () => {
    const from = publisher(1, audioTrack());
    const to = receiver(audioSlot());
    const other = receiver(audioSlot());
    const routes = forwarder();
    routes.route(to.slots[0]!, from.tracks[0]!);
    routes.route(other.slots[0]!, from.tracks[0]!);
    to.close();
    to.close();
    say(from);
    expect([heard(to), heard(other)]).toEqual([[], [[0, 1]]]);
    to.attach();
    routes.route(to.slots[0]!, from.tracks[0]!);
    say(from);
    expect(heard(to)).toEqual([]);
    from.close();
    say(from);
    sent(other);
    routes.route(other.slots[0]!, from.tracks[0]!);
    say(from);
    expect(heard(other)).toEqual([]);
  });

  test('a slot that a closed track is put into is empty', () => {
    const [a, b, to, routes] = [publisher(1, videoTrack()), publisher(2, videoTrack()), receiver(videoSlot()), forwarder()];
    routes.route(to.slots[0]!, a.tracks[0]!);
    show(a, true);
    sent(to);
    b.close();
    routes.route(to.slots[0]!, b.tracks[0]!);
    show(a, true);
    expect(heard(to)).toEqual([]);
  });

  test('counters stay readable', () => {
    const [from, to] = [publisher(1, audioTrack()), receiver(audioSlot())];
    forwarder().route(to.slots[0]!, from.tracks[0]!);
    const packet = buildRtp({});
    from.receiveRtp(packet, 0n);
    from.close();
    to.close();
    expect(from.stats()).toMatchObject({ packetsIn: 1, bytesIn: packet.length, packetsOut: 0, hooks: [] });
    const [out] = to.takeSent();
    expect(to.stats()).toMatchObject({ packetsIn: 0, packetsOut: 1, bytesOut: out!.packet.length });
    expect(to.idleMs()).toBe(-1);
  });

  test('tracks and slots outlive their peers', () => {
    let [from, to] = [publisher(1, audioTrack()), receiver(audioSlot())];
    const [track, slot] = [from.tracks[0]!, to.slots[0]!];
    from = to = publisher(0);
    for (let round = 0; round < 50; round += 1) publisher(round, audioTrack()).close();
    (globalThis as { gc?: () => void }).gc?.();
    expect(() => forwarder().route(slot, track)).not.toThrow();
    expect(track.takeLevel()).toBeNull();
  });
});

describe('arguments', () => {
  const good: PeerMediaOptions = { csrc: 1, tracks: [audioTrack()], slots: [videoSlot()] };
  const bad = (change: (options: Record<string, unknown>) => unknown) => {
    const options = structuredClone(good) as unknown as Record<string, unknown>;
    const changed = change(options);
    return changed === undefined || typeof changed !== 'object' ? options : changed;
  };
  type Loose = Record<string, unknown>;
  const section = (options: Loose, list: 'tracks' | 'slots') => (options[list] as Loose[])[0]!;

  test.each([
    ['null', () => null, 'options must be an object'],
    ['no csrc', (o: Loose) => delete o.csrc, 'options.csrc must be an integer'],
    ['a csrc with a fraction', (o: Loose) => (o.csrc = 1.5), 'options.csrc'],
    ['a csrc of 2^32', (o: Loose) => (o.csrc = 2 ** 32), 'options.csrc'],
    ['tracks that are no array', (o: Loose) => (o.tracks = { length: 1 }), 'options.tracks must be an array'],
    ['a track that is none', (o: Loose) => (o.tracks = [null]), 'options.tracks[0] must be an object'],
    ['an m-line of -1', (o: Loose) => (section(o, 'tracks').mline = -1), 'options.tracks[0].mline'],
    ['a mid that is no text', (o: Loose) => (section(o, 'slots').mid = 3), 'options.slots[0].mid must be a string'],
    ['a mid of 97 bytes', (o: Loose) => (section(o, 'slots').mid = 'x'.repeat(97)), 'options.slots[0].mid'],
    ['an unknown kind', (o: Loose) => (section(o, 'slots').kind = 'smell'), "options.slots[0].kind must be 'audio' or 'video'"],
    ['an unknown codec', (o: Loose) => (section(o, 'slots').codec = 'vp9'), 'options.slots[0].codec'],
    ['a codec of another kind', (o: Loose) => (section(o, 'slots').codec = 'opus'), 'options.slots[0].codec'],
    ['a payload type of 128', (o: Loose) => (section(o, 'slots').payloadType = 128), 'options.slots[0].payloadType'],
    ['a clock rate of 0', (o: Loose) => (section(o, 'slots').clockRate = 0), 'options.slots[0].clockRate'],
    ['no extensions', (o: Loose) => delete section(o, 'tracks').extensions, 'options.tracks[0].extensions'],
    ['an extension id of 256', (o: Loose) => (section(o, 'slots').extensions = { mid: 256 }), 'options.slots[0].extensions.mid'],
    ['an SSRC that is no number', (o: Loose) => (section(o, 'slots').ssrc = '1'), 'options.slots[0].ssrc'],
    ['SSRCs with a hole', (o: Loose) => (section(o, 'tracks').ssrcs = [1, undefined]), 'options.tracks[0].ssrcs[1]'],
    ['NaN', (o: Loose) => (o.csrc = NaN), 'options.csrc'],
  ])('%s', (_name, change, message) => {
    const make = () => mediaHarness(bad(change as never) as PeerMediaOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  test('a route takes a slot and a track of its kind and codec', () => {
    const routes = forwarder();
    const peer = mediaHarness({ csrc: 1, tracks: [audioTrack(), videoTrack({ codec: 'h264' })], slots: [audioSlot(), videoSlot()] });
    const [audio, h264] = peer.tracks;
    const [slot, vp8] = peer.slots;
    const route = (...args: unknown[]) => () => (routes.route as (...args: unknown[]) => void)(...args);
    for (const args of [[], [slot], [slot, undefined], [audio, audio], [slot, slot], [{}, audio], [slot, {}], [1, 2]]) {
      expect(route(...args)).toThrow(TypeError);
    }
    expect(route(slot, h264)).toThrow('of one kind and codec');
    expect(route(vp8, h264)).toThrow('of one kind and codec');
    expect(route(vp8, audio)).toThrow('of one kind and codec');
    expect(route(slot, audio)).not.toThrow();
  });

  test('methods refuse another receiver and other types', () => {
    const peer = receiver(audioSlot());
    const { route } = forwarder();
    const track = publisher(1, audioTrack()).tracks[0]!;
    expect(() => peer.attach.call({} as never)).toThrow(TypeError);
    expect(() => track.takeLevel.call(peer as never)).toThrow(TypeError);
    expect(() => route.call(null as never, peer.slots[0]!, track)).toThrow(TypeError);
    const receive = peer.receiveRtp as (...args: unknown[]) => void;
    for (const args of [[], [new Uint8Array(12), 1], [new Uint16Array(12), 1n], ['x', 1n], [new Uint8Array(12), 2n ** 64n]]) {
      expect(() => receive.call(peer, ...args)).toThrow(TypeError);
    }
  });
});
