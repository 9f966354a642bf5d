/**
 * A switch to a publisher whose way is longer: what comes of him first was captured before what was heard last. The
 * receiver knows only the relation of timestamps to time that the last sender report told, and must not be misled.
 */
import { AUDIO, distance, drops, forwarder, receiver, sent, VIDEO, type Sent } from './support/media.ts';
import { Device } from './support/device.ts';

const HOUR_MS = 3_600_000;
const RATES = [48, 90] as const;

/** What came, with the moment it was captured in truth. */
interface Heard {
  readonly trueMs: number;
  readonly packet: Sent;
}

class Room {
  readonly peer = receiver(AUDIO.slot(), VIDEO.slot());
  readonly heard: Heard[] = [];
  readonly #forwarder = forwarder();
  readonly #devices: readonly Device[];

  constructor(...devices: Device[]) {
    this.#devices = devices;
  }

  listenTo(device: Device): void {
    this.peer.slots.forEach((slot, index) => this.#forwarder.route(slot, device.peer.tracks[index]!));
  }

  /**
   * All capture: audio each 20 ms, a picture each 40 ms, a key frame each 200 ms. Everything arrives when it is due; in the
   * midst of it, something is done.
   */
  run(fromMs: number, toMs: number, atMs: number, act: () => void): void {
    const events: { at: number; deliver: () => void }[] = [{ at: atMs, deliver: act }];
    for (const device of this.#devices) {
      for (let now = fromMs; now < toMs; now += 20) {
        const { audio, video } = device.delays(now);
        events.push({ at: now + audio, deliver: () => this.#deliver(now, () => device.audio(now)) });
        if (now % 40 === 0) {
          events.push({ at: now + video, deliver: () => this.#deliver(now, () => device.video(now, now % 200 === 0)) });
        }
        if (now % 500 === 0) events.push({ at: now + 5, deliver: () => device.report(now, 5) });
      }
    }
    events.sort((a, b) => a.at - b.at);
    for (const { deliver } of events) deliver();
  }

  of(mline: number): readonly Heard[] {
    return this.heard.filter(({ packet }) => packet.mline === mline);
  }

  #deliver(trueMs: number, act: () => void): void {
    act();
    for (const packet of sent(this.peer)) this.heard.push({ trueMs, packet });
  }
}

/** By how much later than in truth a receiver that goes by the relation of `known` plays each packet, ms. */
function errors(known: Heard, heard: readonly Heard[]): number[] {
  const rate = RATES[known.packet.mline]!;
  return heard.map(
    ({ packet, trueMs }) => distance(known.packet.timestamp, packet.timestamp, 32) / rate - (trueMs - known.trueMs),
  );
}

/** `near` is heard for 4 s, then `far` for 4 s, of whom most is on its way at that time. `known`: what was heard last before. */
function switched(near: Device, far: Device) {
  const room = new Room(near, far);
  room.listenTo(near);
  let known: Heard[] = [];
  room.run(0, 8000, 4000, () => {
    known = [0, 1].map((mline) => room.of(mline).at(-1)!);
    room.listenTo(far);
  });
  const after = room.heard.filter(({ packet }) => packet.csrcs[0] === far.csrc);
  return { room, known, after: [0, 1].map((mline) => after.filter(({ packet }) => packet.mline === mline)) };
}

const device = (csrc: number, audio: number, video: number): Device =>
  new Device({
    csrc,
    clockOffMs: csrc === 1 ? HOUR_MS : -HOUR_MS,
    audioDelayMs: () => audio,
    videoDelayMs: () => video,
  });

describe.each([
  ['equally far', 10, 30, 10, 30],
  ['farther', 10, 30, 60, 110],
  ['much farther', 10, 30, 200, 230],
  ['nearer', 200, 230, 10, 30],
  ['with a slow camera', 10, 30, 12, 220],
])('a publisher who is %s', (_name, nearAudio, nearVideo, farAudio, farVideo) => {
  const scene = () => switched(device(1, nearAudio, nearVideo), device(2, farAudio, farVideo));

  test('sound keeps real time from its first packet on', () => {
    const { known, after } = scene();
    const late = errors(known[0]!, after[0]!);
    expect(late.length).toBeGreaterThan(100);
    // Half a packet, and what the filters of the clocks forget in these seconds.
    for (const error of late) expect(Math.abs(error)).toBeLessThan(13);
  });

  test('pictures keep real time half a second after their first', () => {
    const { known, after } = scene();
    const begin = after[1]![0]!.trueMs;
    for (const error of errors(
      known[1]!,
      after[1]!.filter(({ trueMs }) => trueMs >= begin + 500),
    )) {
      expect(Math.abs(error)).toBeLessThan(5);
    }
    // Until then they are ahead, ever less.
    const early = errors(
      known[1]!,
      after[1]!.filter(({ trueMs }) => trueMs < begin + 500),
    );
    for (const [index, error] of early.entries()) {
      expect(error).toBeGreaterThan(-5);
      if (index > 0) expect(error).toBeLessThan(early[index - 1]! + 1);
    }
  });

  test('timestamps only go forward, and no number is left out', () => {
    const { room } = scene();
    for (const mline of [0, 1]) {
      const packets = room.of(mline).map(({ packet }) => packet);
      for (const [index, packet] of packets.slice(1).entries()) {
        expect(distance(packets[index]!.timestamp, packet.timestamp, 32)).toBeGreaterThan(0);
        expect(distance(packets[index]!.sequence, packet.sequence, 16)).toBe(1);
      }
    }
  });

  test('no more sound is left out than what was filled', () => {
    const { room, after } = scene();
    const overlap = Math.max(farAudio - nearAudio, 0);
    expect(drops(room.peer)['late'] ?? 0).toBeLessThanOrEqual(Math.ceil(overlap / 20) + 1);
    expect(after[0]![0]!.packet.marker).toBe(true);
  });
});

test('pictures that got back to real time stay there for days', () => {
  const far = device(2, 200, 230);
  const { room, known } = switched(device(1, 10, 30), far);
  // The range of half a timestamp is 6.6 hours of video.
  for (let hour = 1; hour <= 30; hour += 1) {
    const now = 8000 + hour * HOUR_MS;
    far.report(now, 5);
    far.video(now, false);
    const packet = sent(room.peer).at(-1)!;
    const elapsed = (now - known[1]!.trueMs) * 90;
    expect(Math.abs(distance((known[1]!.packet.timestamp + elapsed) % 2 ** 32, packet.timestamp, 32))).toBeLessThan(
      900,
    );
  }
});

test('packets of one picture keep one timestamp, and those that come late get the one they would have had', () => {
  const [near, far] = [device(1, 10, 30), device(2, 200, 230)];
  const room = new Room(near, far);
  room.listenTo(near);
  room.run(0, 4000, 4000, () => undefined);
  room.listenTo(far);
  far.video(3800, true);
  // Each picture in two packets; the second of one comes after the picture behind it.
  const order = [3800, 3840, 3840, 3880, 3920, 3880, 3920];
  for (const trueMs of order) far.video(trueMs, false);
  const packets = sent(room.peer).map(({ timestamp }) => timestamp);
  expect(packets).toHaveLength(8);
  const byPicture = new Map<number, Set<number>>();
  for (const [index, trueMs] of [3800, ...order].entries()) {
    byPicture.set(trueMs, (byPicture.get(trueMs) ?? new Set()).add(packets[index]!));
  }
  expect([...byPicture.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1]);
  const times = [...byPicture.values()].flatMap((each) => [...each]);
  // Half speed: 20 ms to a picture of 40.
  expect(times.slice(1).map((time, index) => distance(times[index]!, time, 32))).toEqual([1800, 1800, 1800]);
});
