/** What publishers do besides sending one steady stream, by the names their users have for it. */
import type { MediaHarness } from '../media.d.ts';
import {
  AUDIO,
  distance,
  drops,
  forwarder,
  level,
  MS,
  publisher,
  receiver,
  sent,
  type Sent,
  VIDEO,
} from './support/media.ts';
import { bye } from './support/rtcp.ts';
import { buildRtp, buildVp8, parseVp8, text, type RtpFields } from './support/rtp.ts';

const SILENCE = 127;

/** A device with a microphone and a camera; time is counted in its packets of 20 ms. */
class Device {
  readonly peer: MediaHarness;
  audioSsrc = 10;
  videoSsrc = 20;
  #audio = 65_530;
  #video = 65_500;

  constructor(csrc: number) {
    this.peer = publisher(csrc, AUDIO.track(), VIDEO.track());
  }

  /** The `tick`-th 20 ms of its life. */
  say(tick: number, fields: Partial<RtpFields> = {}): void {
    const sequence = this.#audio++ & 0xffff;
    const packet = buildRtp({ ssrc: this.audioSsrc, sequence, timestamp: tick * 960, ...level(30), ...fields });
    this.peer.receiveRtp(packet, at(tick));
  }

  show(tick: number, keyframe: boolean, pictureId = tick): void {
    const sequence = this.#video++ & 0xffff;
    const payload = buildVp8({ keyframe, pictureId: pictureId % 2 ** 15, tl0: pictureId % 256, temporal: 0 });
    this.peer.receiveRtp(
      buildRtp({ payloadType: 96, ssrc: this.videoSsrc, sequence, timestamp: tick * 1800, payload }),
      at(tick),
    );
  }
}

const at = (tick: number): bigint => BigInt(1000 + tick * 20) * MS;

function room(count = 1) {
  const device = new Device(1);
  const listeners = Array.from({ length: count }, () => receiver(AUDIO.slot(), VIDEO.slot()));
  const routes = forwarder();
  const hear = (listener: MediaHarness, from: Device | null): void => {
    listener.slots.forEach((slot, index) => routes.route(slot, from === null ? null : from.peer.tracks[index]!));
  };
  for (const listener of listeners) hear(listener, device);
  return { device, listeners, listener: listeners[0]!, hear };
}

const of = (mline: number, packets: readonly Sent[]): Sent[] => packets.filter((packet) => packet.mline === mline);
const steps = (packets: readonly Sent[], read: (packet: Sent) => number, bits: number): number[] =>
  packets.slice(1).map((packet, index) => distance(read(packets[index]!), read(packet), bits));
const bySequence = ({ sequence }: Sent): number => sequence;
const byTimestamp = ({ timestamp }: Sent): number => timestamp;

describe('muted', () => {
  test('by disabling the track, which then sends silence: the stream goes on as it is', () => {
    const { device, listener } = room();
    for (let tick = 0; tick < 10; tick += 1) device.say(tick, tick >= 5 ? level(SILENCE) : {});
    const packets = sent(listener);
    expect(packets).toHaveLength(10);
    expect(steps(packets, bySequence, 16)).toEqual(Array(9).fill(1));
    expect(packets.map(({ marker }) => marker)).toEqual([true, ...Array<boolean>(9).fill(false)]);
  });

  test('by sending nothing for a while: no hole in the numbers, and the time that passed', () => {
    const { device, listener } = room();
    device.say(0);
    // A browser counts its timestamps on while it sends nothing.
    device.say(3000, { marker: true });
    const packets = sent(listener);
    expect(steps(packets, bySequence, 16)).toEqual([1]);
    expect(steps(packets, byTimestamp, 32)).toEqual([3000 * 960]);
    expect(packets[1]!.marker).toBe(true);
  });

  test('a listener who comes meanwhile hears the first word, from its marker on', () => {
    const { device, listeners, hear } = room(2);
    device.say(0);
    hear(listeners[1]!, null);
    hear(listeners[1]!, device);
    sent(listeners[1]!);
    device.say(500);
    expect(sent(listeners[1]!).map(({ marker }) => marker)).toEqual([true]);
  });
});

test('DTX: packets 400 ms apart, numbered without holes, keep their time and the markers of the publisher', () => {
  const { device, listener } = room();
  const ticks = [0, 1, 2, 22, 42, 62, 63, 64];
  for (const tick of ticks)
    device.say(tick, { marker: tick === 63, payload: text(tick > 2 && tick < 63 ? 'x' : 'word') });
  const packets = sent(listener);
  expect(steps(packets, bySequence, 16)).toEqual(Array(ticks.length - 1).fill(1));
  expect(steps(packets, byTimestamp, 32)).toEqual(ticks.slice(1).map((tick, index) => (tick - ticks[index]!) * 960));
  expect(packets.map(({ marker }) => marker)).toEqual(ticks.map((tick) => tick === 0 || tick === 63));
  expect(drops(listener)).toEqual({});
});

describe('a late joiner', () => {
  test('hears the next packet, and has a key frame asked for at once and sees from it on', () => {
    const { device, listener, hear } = room();
    device.say(0);
    device.show(0, true);
    sent(listener);
    const late = receiver(AUDIO.slot(), VIDEO.slot());
    device.peer.takeKeyframeRequests();
    hear(late, device);
    expect(device.peer.takeKeyframeRequests()).toEqual([device.videoSsrc]);
    device.say(1);
    device.show(1, false);
    device.show(2, true);
    const packets = sent(late);
    expect(packets.map(({ mline, marker }) => [mline, marker])).toEqual([
      [0, true],
      [1, false],
    ]);
    expect(drops(late)).toEqual({ awaitingKeyframe: 1 });
    // Nobody else notices but by the key frame.
    expect(sent(listener)).toHaveLength(3);
  });

  test('starts with nothing that was overtaken: what came after it would be missing for good', () => {
    const { device, listener, hear } = room();
    const key = (sequence: number) =>
      buildRtp({
        payloadType: 96,
        ssrc: 20,
        sequence,
        timestamp: sequence * 100,
        payload: buildVp8({ keyframe: true }),
      });
    const word = (sequence: number) => buildRtp({ ssrc: 10, sequence, timestamp: sequence * 960 });
    hear(listener, null);
    for (const packet of [word(101), key(205)]) device.peer.receiveRtp(packet, at(1));
    hear(listener, device);
    for (const packet of [word(100), key(204)]) device.peer.receiveRtp(packet, at(1));
    expect(sent(listener)).toEqual([]);
    expect(drops(listener)).toEqual({ late: 2 });
    for (const packet of [word(102), key(206)]) device.peer.receiveRtp(packet, at(2));
    expect(sent(listener)).toHaveLength(2);
  });

  test('has another key frame asked for where the first packet of one came too late', () => {
    const { device, listener } = room();
    const packet = (sequence: number, start: boolean) =>
      buildRtp({
        payloadType: 96,
        ssrc: 20,
        sequence,
        timestamp: 3000,
        payload: buildVp8(start ? { keyframe: true } : { start: false }),
      });
    // Its first packet was lost on the way and sent again.
    device.peer.receiveRtp(packet(11, false), at(0));
    expect(device.peer.takeKeyframeRequests()).toEqual([20]);
    device.peer.receiveRtp(packet(12, false), at(0));
    device.peer.receiveRtp(packet(10, true), at(1));
    expect(sent(listener)).toEqual([]);
    // Not before the publisher had the time to answer the first request.
    device.peer.receiveRtp(packet(13, false), at(24));
    expect(device.peer.takeKeyframeRequests()).toEqual([]);
    device.peer.receiveRtp(packet(14, false), at(25));
    expect(device.peer.takeKeyframeRequests()).toEqual([20]);
    device.peer.receiveRtp(packet(15, true), at(27));
    expect(sent(listener)).toHaveLength(1);
  });
});

describe('a change of the device', () => {
  test('by replaceTrack, which keeps the SSRC: the stream goes on as it is', () => {
    const { device, listener } = room();
    device.show(0, true, 10);
    device.show(2, false, 11);
    // Another camera, after half a second; its encoder starts anew.
    device.show(27, true, 12);
    device.show(29, false, 13);
    const packets = of(1, sent(listener));
    expect(steps(packets, bySequence, 16)).toEqual([1, 1, 1]);
    expect(steps(packets, byTimestamp, 32)).toEqual([2 * 1800, 25 * 1800, 2 * 1800]);
    expect(packets.map(({ payload }) => parseVp8(payload).pictureId)).toEqual([10, 11, 12, 13]);
  });

  test.each(['after a silence', 'after a BYE'])('by a new SSRC, %s: the slot goes on as after a switch', (how) => {
    const { device, listener } = room();
    device.say(0);
    device.show(0, true, 500);
    const before = sent(listener);
    if (how === 'after a BYE') device.peer.receiveRtcp(bye(device.audioSsrc, device.videoSsrc), at(1));
    const tick = how === 'after a BYE' ? 2 : 50;
    [device.audioSsrc, device.videoSsrc] = [11, 21];
    device.peer.takeKeyframeRequests();
    device.say(tick);
    device.show(tick, false, 9);
    expect(device.peer.takeKeyframeRequests()).toEqual([21]);
    device.show(tick + 1, true, 10);
    const after = sent(listener);
    for (const mline of [0, 1]) {
      const both = [...of(mline, before), ...of(mline, after)];
      expect(both.map(({ ssrc }) => ssrc)).toEqual(Array(2).fill(both[0]!.ssrc));
      expect(both.map(({ csrcs }) => csrcs)).toEqual([[1], [1]]);
      expect(steps(both, bySequence, 16)).toEqual([1]);
      expect(steps(both, byTimestamp, 32)).toEqual([mline === 0 ? tick * 960 : (tick + 1) * 1800]);
    }
    expect(of(0, after)[0]!.marker).toBe(true);
    expect(parseVp8(of(1, after)[0]!.payload).pictureId).toBe(501);
  });
});

describe('a publisher that sends nothing', () => {
  test('leaves a slot silent and harms nobody; it is heard from its first packet on', () => {
    const { device, listener, hear } = room();
    const mute = new Device(2);
    hear(listener, mute);
    device.say(0);
    device.show(0, true);
    expect(sent(listener)).toEqual([]);
    mute.say(100);
    mute.show(100, true);
    expect(sent(listener).map(({ csrcs }) => csrcs)).toEqual([[2], [2]]);
  });

  test('does not take away the picture that is there', () => {
    const { device, listener, hear } = room();
    device.show(0, true);
    hear(listener, new Device(2));
    device.show(2, false);
    device.show(4, false);
    expect(of(1, sent(listener)).map(({ csrcs }) => csrcs)).toEqual([[1], [1], [1]]);
  });
});

describe('a publisher whose packets come twice, late, or 300 too late', () => {
  /** Everything a network and a retransmission can do to the packets of one stream, and who was sent what of it. */
  test('every number leaves once, in the window of SRTP, to every listener', () => {
    const { device, listeners } = room(5);
    const packet = (index: number) =>
      buildRtp({
        payloadType: 96,
        ssrc: 20,
        sequence: (65_000 + index) & 0xffff,
        timestamp: index * 1800,
        payload: buildVp8({ keyframe: index === 0 }),
      });
    const receive = (index: number, now = index) => device.peer.receiveRtp(packet(index), at(now));
    for (let index = 0; index < 2000; index += 1) {
      // One is held back until its retransmission is here; one comes 300 late.
      if (index % 50 !== 7 && index % 70 !== 9) receive(index);
      receive(index - (index % 2), index);
      if (index % 50 === 20) receive(index - 13, index);
      if (index % 50 === 21) receive(index - 14, index);
      if (index >= 300) receive(index - 300, index);
    }
    for (const listener of listeners) {
      const numbers = sent(listener).map(bySequence);
      expect(new Set(numbers).size).toBe(numbers.length);
      let highest = numbers[0]!;
      for (const number of numbers) {
        const ahead = distance(highest, number, 16);
        expect(ahead).toBeGreaterThan(-128);
        if (ahead > 0) highest = number;
      }
      expect(distance(numbers[0]!, highest, 16)).toBe(1999);
      expect(numbers.length).toBeGreaterThan(1900);
      expect(Object.keys(drops(listener)).toSorted()).toEqual(['duplicate', 'late']);
      expect(listener.stats().dropped.egress).toBe(0);
    }
    // Afterwards everybody hears on.
    for (let index = 2000; index < 2050; index += 1) receive(index);
    for (const listener of listeners) expect(sent(listener)).toHaveLength(50);
  });
});
