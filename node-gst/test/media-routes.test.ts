/** Routes, attach and detach, ends, and arguments. */
import type { MediaHarness, PeerMediaOptions } from '../media.d.ts';
import {
  aTypeError,
  AUDIO,
  drops,
  forwarder,
  levelsOf,
  mediaHarness,
  MS,
  pair,
  publisher,
  receiver,
  rivals,
  sent,
  VIDEO,
} from './support/media.ts';
import { buildRtp, buildVp8, type RtpFields } from './support/rtp.ts';

let sequence = 0;
/** 20 ms of audio, or a frame, on a clock that all publishers share. */
const push = (from: MediaHarness, fields: Partial<RtpFields>, clockRate: number) => {
  sequence += 1;
  const timestamp = (sequence * clockRate) / 50;
  from.receiveRtp(buildRtp({ ...fields, sequence, timestamp }), BigInt(sequence) * 20n * MS);
};
const say = (from: MediaHarness) => push(from, {}, 48_000);
const show = (from: MediaHarness, keyframe: boolean) =>
  push(from, { payloadType: 96, payload: buildVp8({ keyframe }) }, 90_000);
const heard = (to: MediaHarness) => sent(to).map(({ mline, csrcs }) => [mline, csrcs[0]]);

describe('routes', () => {
  test('one track fills many slots of many peers', () => {
    const from = publisher(7, AUDIO.track());
    const [one, two] = [receiver(AUDIO.slot(), AUDIO.slot({ mline: 3, ssrc: 9 })), receiver(AUDIO.slot())];
    const routes = forwarder();
    for (const slot of [...one.slots, ...two.slots]) routes.route(slot, from.tracks[0]!);
    say(from);
    expect(heard(one)).toEqual([
      [0, 7],
      [3, 7],
    ]);
    expect(heard(two)).toEqual([[0, 7]]);
  });

  test('a slot has one track: the last one wanted', () => {
    const { a, b, to, routes } = rivals(AUDIO);
    routes.route(to.slots[0]!, a.tracks[0]!);
    routes.route(to.slots[0]!, b.tracks[0]!);
    say(a);
    say(b);
    expect(heard(to)).toEqual([[0, 2]]);
  });

  test('the same route again changes nothing', () => {
    const [from, to, routes] = [publisher(1, AUDIO.track()), receiver(AUDIO.slot()), forwarder()];
    routes.route(to.slots[0]!, from.tracks[0]!);
    say(from);
    routes.route(to.slots[0]!, from.tracks[0]!);
    say(from);
    expect(sent(to).map(({ marker }) => marker)).toEqual([true, false]);
  });

  test('a route to null empties the slot', () => {
    const [from, to, routes] = [publisher(1, AUDIO.track()), receiver(AUDIO.slot()), forwarder()];
    routes.route(to.slots[0]!, from.tracks[0]!);
    routes.route(to.slots[0]!, null);
    say(from);
    expect(heard(to)).toEqual([]);
  });

  test('a closed forwarder has emptied what it filled, and fills nothing', () => {
    const [from, to, routes] = [
      publisher(1, AUDIO.track()),
      receiver(AUDIO.slot(), AUDIO.slot({ mline: 1 })),
      forwarder(),
    ];
    for (const slot of to.slots) routes.route(slot, from.tracks[0]!);
    routes.close();
    routes.close();
    routes.route(to.slots[0]!, from.tracks[0]!);
    say(from);
    expect(heard(to)).toEqual([]);
  });

  test('a forwarder leaves alone what another one has filled since', () => {
    const [a, b, to] = [publisher(1, AUDIO.track()), publisher(2, AUDIO.track()), receiver(AUDIO.slot())];
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
    const [from, routes] = [publisher(1, AUDIO.track()), forwarder()];
    for (let round = 0; round < 500; round += 1) {
      const to = receiver(AUDIO.slot());
      routes.route(to.slots[0]!, from.tracks[0]!);
      to.close();
    }
    const last = receiver(AUDIO.slot());
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
    const [from, to] = [publisher(1, AUDIO.track()), mediaHarness({ csrc: 9, tracks: [], slots: [AUDIO.slot()] })];
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
    const { from, to } = pair(AUDIO);
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
    const { from, to } = pair(VIDEO);
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
    const { a, b, to, routes } = rivals(VIDEO);
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
    const { from, to } = pair(AUDIO);
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
    const from = publisher(1, AUDIO.track());
    const to = receiver(AUDIO.slot());
    const other = receiver(AUDIO.slot());
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
    const { a, b, to, routes } = rivals(VIDEO);
    routes.route(to.slots[0]!, a.tracks[0]!);
    show(a, true);
    sent(to);
    b.close();
    routes.route(to.slots[0]!, b.tracks[0]!);
    show(a, true);
    expect(heard(to)).toEqual([]);
  });

  test('counters stay readable', () => {
    const { from, to } = pair(AUDIO);
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
    const [track] = publisher(1, AUDIO.track()).tracks;
    const [slot] = receiver(AUDIO.slot()).slots;
    (globalThis as { gc?: () => void }).gc?.();
    expect(() => forwarder().route(slot!, track!)).not.toThrow();
    expect(levelsOf([track!])).toEqual([null]);
  });
});

const method = (object: object, name: string) => (object as Record<string, (...args: unknown[]) => unknown>)[name]!;

describe('arguments', () => {
  type Path = readonly (string | number)[];
  /** Good options with one member replaced; `undefined` stands for a missing one. */
  const optionsWith = (path: Path, value: unknown): PeerMediaOptions => {
    const options: unknown = structuredClone({ csrc: 1, tracks: [AUDIO.track()], slots: [VIDEO.slot()] });
    let at = options as Record<string | number, unknown>;
    for (const name of path.slice(0, -1)) at = at[name] as typeof at;
    at[path.at(-1)!] = value;
    return options as PeerMediaOptions;
  };

  test.each<[Path, unknown, string]>([
    [['csrc'], undefined, 'an integer from 0 to 4294967295'],
    [['csrc'], 1.5, 'an integer'],
    [['csrc'], 2 ** 32, 'an integer'],
    [['csrc'], NaN, 'an integer'],
    [['tracks'], { length: 1 }, 'an array'],
    [['tracks', 0], null, 'an object'],
    [['tracks', 0, 'mline'], -1, 'an integer'],
    [['slots', 0, 'mid'], 3, 'a string'],
    [['slots', 0, 'mid'], 'x'.repeat(97), 'at most 96 bytes'],
    [['slots', 0, 'kind'], 'smell', "'audio' or 'video'"],
    [['slots', 0, 'codec'], 'vp9', "'opus', 'vp8' or 'h264'"],
    [['slots', 0, 'codec'], 'opus', "of the section's kind"],
    [['slots', 0, 'payloadType'], 128, 'an integer from 0 to 127'],
    [['slots', 0, 'clockRate'], 0, 'an integer from 1000 to 1000000'],
    [['tracks', 0, 'extensions'], undefined, 'an object'],
    [['slots', 0, 'extensions', 'mid'], 256, 'an integer from 0 to 255'],
    [['slots', 0, 'ssrc'], '1', 'an integer'],
    [['tracks', 0, 'ssrcs', 0], null, 'an integer'],
  ])('options %j = %j', (path, value, wanted) => {
    const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
    expect(() => mediaHarness(optionsWith(path, value))).toThrow(aTypeError(`options${name} must be ${wanted}`));
  });

  test('options that are none', () => {
    for (const options of [undefined, null, 5, 'x']) {
      expect(() => mediaHarness(options as never)).toThrow(aTypeError('options must be an object'));
    }
  });

  test('a route takes a slot and a track of its kind and codec', () => {
    const routes = forwarder();
    const peer = mediaHarness({
      csrc: 1,
      tracks: [AUDIO.track(), VIDEO.track({ codec: 'h264' })],
      slots: [AUDIO.slot(), VIDEO.slot()],
    });
    const [audio, h264] = peer.tracks;
    const [slot, vp8] = peer.slots;
    const route =
      (...args: unknown[]) =>
      () =>
        Reflect.apply(method(routes, 'route'), routes, args);
    for (const args of [[], [slot], [slot, undefined], [audio, audio], [slot, slot], [{}, audio], [slot, {}], [1, 2]]) {
      expect(route(...args)).toThrow(aTypeError());
    }
    expect(route(slot, h264)).toThrow(aTypeError('of one kind and codec'));
    expect(route(vp8, h264)).toThrow(aTypeError('of one kind and codec'));
    expect(route(vp8, audio)).toThrow(aTypeError('of one kind and codec'));
    expect(route(slot, audio)).not.toThrow();
  });

  test('methods refuse another receiver and other types', () => {
    const peer = receiver(AUDIO.slot());
    const routes = forwarder();
    const track = publisher(1, AUDIO.track()).tracks[0]!;
    for (const [object, name] of [
      [peer, 'attach'],
      [peer, 'takeSent'],
      [track, 'requestKeyframe'],
      [routes, 'close'],
    ] as const) {
      for (const receiver of [{}, null, 1, new Proxy(object, {}), object === peer ? track : peer]) {
        expect(() => void Reflect.apply(method(object, name), receiver, [])).toThrow(aTypeError('expected a '));
      }
    }
    for (const args of [[], [track], [track, '5'], [track, -1], [track, 128], [track, NaN], [peer, 5]]) {
      expect(() => void Reflect.apply(method(routes, 'gate'), routes, args)).toThrow(aTypeError('expected '));
    }
    const [video] = publisher(2, VIDEO.track()).tracks;
    expect(() => routes.gate(video!, 50)).toThrow(aTypeError('expected an audio track'));
    for (const args of [
      [],
      [new Uint8Array(12), 1],
      [new Uint16Array(12), 1n],
      ['x', 1n],
      [new Uint8Array(12), 2n ** 64n],
    ]) {
      expect(() => void Reflect.apply(method(peer, 'receiveRtp'), peer, args)).toThrow(aTypeError('expected a '));
    }
  });
});
