/** Capture times and the timestamps of slots: what lip sync at the receivers hangs on. */
import { AUDIO, distance, forwarder, MS, publisher, receiver, sent, type Sent, VIDEO } from './support/media.ts';
import { Device, toNs, type DeviceOptions } from './support/device.ts';
import { senderReport } from './support/rtcp.ts';
import { buildRtp } from './support/rtp.ts';

const HOUR_MS = 3_600_000;
const jitter = (seed: number) => {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
};

/** What the receiver gets of the media captured at `trueMs`. */
interface Heard {
  readonly trueMs: number;
  readonly packet: Sent;
}

class Room {
  readonly peer = receiver(AUDIO.slot(), VIDEO.slot());
  readonly heard = { audio: [] as Heard[], video: [] as Heard[] };
  readonly #forwarder = forwarder();
  readonly #devices: readonly Device[];

  constructor(...devices: Device[]) {
    this.#devices = devices;
  }

  listenTo(device: Device): void {
    this.#forwarder.route(this.peer.slots[0]!, device.peer.tracks[0]!);
    this.#forwarder.route(this.peer.slots[1]!, device.peer.tracks[1]!);
  }

  /** All devices capture, every 20 ms audio and every 40 ms a frame, a key frame each second. Reports each second. */
  run(fromMs: number, toMs: number, reports: boolean): void {
    for (let now = fromMs; now < toMs; now += 20) {
      for (const device of this.#devices) {
        if (reports && now % 1000 === 500) device.report(now, 10);
        device.audio(now);
        this.#collect(now);
        if (now % 40 === 0) device.video(now, now % 1000 === 0);
        this.#collect(now);
      }
    }
  }

  #collect(trueMs: number): void {
    for (const packet of sent(this.peer)) this.heard[packet.mline === 0 ? 'audio' : 'video'].push({ trueMs, packet });
  }
}

/** How much later than it was captured a packet says it was, ms. */
const lateness = ({ trueMs, packet }: Heard) => Number(packet.captureNs) / 1e6 - trueMs;

/** The largest A/V skew among packets of one moment, ms. */
function worstSkew(room: Room, fromMs: number, toMs: number): number {
  const audio = new Map(room.heard.audio.map((heard) => [heard.trueMs, heard]));
  const skews = room.heard.video
    .filter(({ trueMs }) => trueMs >= fromMs && trueMs < toMs)
    .flatMap((video) => {
      const partner = audio.get(video.trueMs);
      return partner?.packet.csrcs[0] === video.packet.csrcs[0] ? [Math.abs(lateness(video) - lateness(partner!))] : [];
    });
  expect(skews.length).toBeGreaterThan(20);
  return Math.max(...skews);
}

/**
 * Where the timestamps say a packet belongs, by the relation (capture time, timestamp) that a report would have carried
 * with the packet before it: the error of a receiver that has not got the next report yet, ms.
 */
function worstStep(heard: readonly Heard[], clockRate: number): number {
  const errors = heard.slice(1).map(({ packet }, index) => {
    const before = heard[index]!.packet;
    const ticks = distance(before.timestamp, packet.timestamp, 32);
    expect(ticks).toBeGreaterThan(0);
    return Math.abs((ticks / clockRate) * 1000 - Number(packet.captureNs - before.captureNs) / 1e6);
  });
  return Math.max(...errors);
}

describe('lip sync over a switch', () => {
  const devices = () => {
    const random = jitter(7);
    const ahead = new Device({
      csrc: 1,
      clockOffMs: HOUR_MS,
      driftPpm: 60,
      audioDelayMs: () => 15 + random() * 15,
      videoDelayMs: () => 60 + random() * 60,
    });
    const behind = new Device({
      csrc: 2,
      clockOffMs: -HOUR_MS,
      driftPpm: -80,
      audioDelayMs: () => 25 + random() * 15,
      videoDelayMs: () => 90 + random() * 20,
    });
    return [ahead, behind] as const;
  };

  test('publishers whose clocks are an hour off: skew below 20 ms before and after each switch', () => {
    const [ahead, behind] = devices();
    const room = new Room(ahead, behind);
    room.listenTo(ahead);
    room.run(0, 20_000, true);
    room.listenTo(behind);
    room.run(20_000, 40_000, true);
    room.listenTo(ahead);
    room.run(40_000, 60_000, true);
    // From the first report on.
    for (const [from, to] of [
      [1000, 20_000],
      [20_000, 40_000],
      [40_000, 60_000],
    ] as const) {
      expect(worstSkew(room, from, to)).toBeLessThan(20);
    }
    const csrcs = new Set(room.heard.video.map(({ packet }) => packet.csrcs[0]));
    expect(csrcs).toEqual(new Set([1, 2]));
  });

  test('timestamps go on by the real time between two publishers', () => {
    const [ahead, behind] = devices();
    const room = new Room(ahead, behind);
    room.run(0, 2000, true);
    room.listenTo(ahead);
    room.run(2000, 6000, true);
    room.listenTo(behind);
    room.run(6000, 10_000, true);
    // 20 ms of audio cannot overlap, so up to one packet more than real time.
    expect(worstStep(room.heard.audio, 48_000)).toBeLessThan(20);
    expect(worstStep(room.heard.video, 90_000)).toBeLessThan(5);
  });

  test('what was captured is never said to be younger than its arrival, nor much older than it is', () => {
    const [ahead] = devices();
    const room = new Room(ahead);
    room.listenTo(ahead);
    room.run(0, 60_000, true);
    const late = room.heard.audio.filter(({ trueMs }) => trueMs > 2000).map(lateness);
    // The way of the reports (10 ms) cannot be told from a clock that is off.
    expect(Math.min(...late)).toBeGreaterThan(5);
    expect(Math.max(...late)).toBeLessThan(20);
  });
});

describe('a slot’s timestamps', () => {
  const pair = () => {
    const [first, second] = [publisher(1, AUDIO.track()), publisher(2, AUDIO.track())];
    const to = receiver(AUDIO.slot());
    const routes = forwarder();
    const send = (from: typeof first, sequence: number, timestamp: number, nowMs: number) => {
      from.receiveRtp(buildRtp({ sequence, timestamp: timestamp % 2 ** 32 }), toNs(nowMs));
      return sent(to)[0]!;
    };
    return { first, second, to, send, route: (from: typeof first) => routes.route(to.slots[0]!, from.tracks[0]!) };
  };

  test('stand for the time that an empty slot was silent, days included', () => {
    const { first, second, send, route } = pair();
    route(first);
    const before = send(first, 1, 100, 0);
    route(second);
    const after = send(second, 1, 999_999, 3 * 24 * HOUR_MS + 7);
    const wanted = (3 * 24 * HOUR_MS + 7) * 48;
    expect((after.timestamp - before.timestamp + 2 ** 33) % 2 ** 32).toBe(wanted % 2 ** 32);
  });

  test('move forward by one packet where a publisher’s clock cannot be right, and pay that back', () => {
    const { first, second, send, route } = pair();
    // Arrival-based clocks: both agree with the time of arrival, so a packet that is late says so by its timestamp.
    second.receiveRtp(buildRtp({}), toNs(1000));
    route(first);
    send(first, 0, 0, 1000);
    const before = send(first, 100, 48 * 1000, 2000);
    route(second);
    // Captured at 1700, arrives at 2010.
    const late = send(second, 1, 48 * 700, 2010);
    expect(distance(before.timestamp, late.timestamp, 32)).toBe(960);
    const next = send(second, 2, 48 * 720, 2030);
    expect(distance(late.timestamp, next.timestamp, 32)).toBe(960);
    route(first);
    // Captured at 2100: 380 ms after `next`, of which 300 + 20 ms were given already.
    const paid = send(first, 105, 48 * 1100, 2100);
    expect(distance(next.timestamp, paid.timestamp, 32)).toBe(48 * (380 - 320));
  });
});

describe('capture times of one stream', () => {
  const stream = (ssrc = 10) => {
    const from = publisher(1, AUDIO.track({ ssrcs: [ssrc] }));
    const to = receiver(AUDIO.slot());
    forwarder().route(to.slots[0]!, from.tracks[0]!);
    let sequence = 0;
    return {
      from,
      send: (timestampMs: number, nowMs: number) => {
        const timestamp = Math.round(timestampMs * 48) % 2 ** 32;
        from.receiveRtp(buildRtp({ ssrc, sequence: sequence++ & 0xffff, timestamp }), toNs(nowMs));
        return Number(sent(to)[0]!.captureNs) / 1e6;
      },
      report: (ntpMs: number, timestampMs: number, nowMs: number) =>
        from.receiveRtcp(senderReport(ssrc, toNs(ntpMs), Math.round(timestampMs * 48) % 2 ** 32), toNs(nowMs)),
    };
  };

  test('follow the least delay before the first report', () => {
    const { send } = stream();
    expect(send(0, 1050)).toBe(1050);
    expect(send(20, 1030)).toBe(1030);
    expect(send(40, 1250)).toBeCloseTo(1050, 0);
    expect(send(60, 1075)).toBeCloseTo(1070, 0);
  });

  test('start anew where a stream jumps by more than a second', () => {
    const { send } = stream();
    send(0, 1000);
    expect(send(90_000, 1020)).toBe(1020);
    expect(send(90_020, 1045)).toBeCloseTo(1040, 0);
    expect(send(50, 1060)).toBe(1060);
  });

  test('follow a report, and its clock when it is set', () => {
    const { send, report } = stream();
    send(0, 1000);
    report(500_000, 20, 1045);
    expect(send(30, 1080)).toBeCloseTo(1055, 0);
    report(9_500_000, 2020, 3055);
    expect(send(2030, 3080)).toBeCloseTo(3065, 0);
  });

  test('are those of the arrival where a report does not fit its stream', () => {
    const { send, report } = stream();
    send(0, 100_000);
    report(500_000, 3_600_000, 100_010);
    expect(send(20, 100_020)).toBe(100_020);
    expect(send(40, 100_050)).toBeCloseTo(100_040, 0);
  });

  test('a report without a wall clock is none', () => {
    const { send, report } = stream();
    send(0, 1000);
    report(0, 500, 1010);
    expect(send(20, 1030)).toBeCloseTo(1020, 0);
  });

  test('last for days without a report: the timestamp wraps', () => {
    const { send, report } = stream();
    send(0, 1000);
    report(500_000, 0, 1000);
    const hours = 60;
    for (let hour = 1; hour <= hours; hour += 1) {
      const now = hour * HOUR_MS + 1000;
      expect(Math.abs(send(hour * HOUR_MS, now + 5) - now)).toBeLessThan(6);
    }
  });
});

describe('the way of reports and packets', () => {
  const room = (options: Partial<DeviceOptions>) => {
    const device = new Device({
      csrc: 1,
      clockOffMs: -HOUR_MS,
      audioDelayMs: () => 15,
      videoDelayMs: () => 70,
      ...options,
    });
    const made = new Room(device);
    made.listenTo(device);
    return { device, room: made, last: () => [made.heard.audio.at(-1)!, made.heard.video.at(-1)!].map(lateness) };
  };

  test('a first report that took long is put right by what took less, audio and video together', () => {
    const { device, room: made, last } = room({});
    made.run(0, 1000, false);
    device.report(1000, 300);
    made.run(1300, 2000, false);
    const [audio, video] = last();
    expect(audio).toBeCloseTo(15, 0);
    expect(video).toBeCloseTo(15, 0);
  });

  test('a later report that took long changes nothing', () => {
    const { device, room: made, last } = room({});
    made.run(0, 2000, true);
    const before = last();
    device.report(2000, 400);
    made.run(2400, 2500, false);
    last().forEach((value, index) => expect(Math.abs(value - before[index]!)).toBeLessThan(2));
  });

  test.each([
    ['with reports', true, 200],
    ['with reports', true, -200],
    ['without', false, 200],
    ['without', false, -200],
  ])(
    'a clock that drifts is followed, %s: %s %i ppm',
    (_name, reports, driftPpm) => {
      const { room: made, last } = room({ driftPpm });
      made.run(0, 600_000, reports);
      // 120 ms of drift; the least way is 10 ms for reports, 15 and 70 ms for packets.
      const [audio, video] = last();
      expect(audio).toBeGreaterThan(0);
      expect(audio).toBeLessThan(20);
      expect(video).toBeGreaterThan(0);
      expect(video).toBeLessThan(75);
    },
    30_000,
  );
});

test('a clock that is set does not move the device’s other stream', () => {
  const device = new Device({ csrc: 1, clockOffMs: 0, audioDelayMs: () => 20, videoDelayMs: () => 70 });
  const room = new Room(device);
  room.listenTo(device);
  room.run(0, 2000, true);
  const before = room.heard.video.at(-1)!;
  // Only the audio's report comes with the new time, half an hour on.
  device.peer.receiveRtcp(
    senderReport(10, toNs(HOUR_MS / 2) + 3_786_825_600_000n * MS, 4_294_900_000 + 2000 * 48),
    2010n * MS,
  );
  room.run(2000, 3000, false);
  const after = room.heard.video.at(-1)!;
  expect(Math.abs(lateness(after) - lateness(before))).toBeLessThan(5);
  expect(Math.abs(lateness(room.heard.audio.at(-1)!) - 10)).toBeLessThan(5);
});
