/** Key frame requests: who is asked, and how seldom. */
import { AUDIO, forwarder, MS, publisher, receiver, VIDEO } from './support/media.ts';
import { bye, fir, pli, receiverReport } from './support/rtcp.ts';
import { buildRtp, buildVp8, concat } from './support/rtp.ts';
import type { MediaHarness } from '../media.d.ts';

const SSRC = 77;
const SLOT = 0xb0b0b0b0;

class Camera {
  readonly peer = publisher(1, VIDEO.track());
  #sequence = 0;

  get track() {
    return this.peer.tracks[0]!;
  }

  send(nowMs: number, keyframe = false, ssrc = SSRC): void {
    const packet = buildRtp({ payloadType: 96, ssrc, sequence: this.#sequence++, payload: buildVp8({ keyframe }) });
    this.peer.receiveRtp(packet, BigInt(nowMs) * MS);
  }

  asked(): readonly number[] {
    return this.peer.takeKeyframeRequests();
  }
}

const feedback = (to: MediaHarness, packet: Uint8Array, nowMs: number) => to.receiveRtcp(packet, BigInt(nowMs) * MS);

describe('a slot that waits', () => {
  test('asks at once, and again with what arrives, every 500 ms', () => {
    const [camera, to] = [new Camera(), receiver(VIDEO.slot())];
    camera.send(1000, true);
    forwarder().route(to.slots[0]!, camera.track);
    expect(camera.asked()).toEqual([SSRC]);
    for (let now = 1010; now < 2500; now += 10) camera.send(now);
    expect(camera.asked()).toEqual([SSRC, SSRC]);
    camera.send(2500, true);
    for (let now = 2510; now < 4000; now += 10) camera.send(now);
    expect(camera.asked()).toEqual([]);
    expect(camera.peer.stats().keyframeRequestsOut).toBe(3);
  });

  test('that is filled before the publisher sends asks with the first packet', () => {
    const [camera, to] = [new Camera(), receiver(VIDEO.slot())];
    forwarder().route(to.slots[0]!, camera.track);
    expect(camera.asked()).toEqual([]);
    camera.send(1000);
    camera.send(1001);
    expect(camera.asked()).toEqual([SSRC]);
  });

  test('asks the publisher only once for many', () => {
    const camera = new Camera();
    const peers = Array.from({ length: 5 }, () => receiver(VIDEO.slot()));
    camera.send(1000, true);
    const routes = forwarder();
    for (const peer of peers) routes.route(peer.slots[0]!, camera.track);
    camera.send(1010);
    for (const peer of peers) feedback(peer, pli(SLOT), 1020);
    expect(camera.asked()).toEqual([SSRC]);
  });

  test('asks when it is attached, not before', () => {
    const camera = new Camera();
    const to = receiver(VIDEO.slot());
    to.detach();
    camera.send(1000, true);
    forwarder().route(to.slots[0]!, camera.track);
    camera.send(1010);
    expect(camera.asked()).toEqual([]);
    to.attach();
    expect(camera.asked()).toEqual([SSRC]);
  });

  test('asks the stream that the publisher sends now', () => {
    const [camera, to] = [new Camera(), receiver(VIDEO.slot())];
    forwarder().route(to.slots[0]!, camera.track);
    camera.send(1000);
    camera.send(2000, false, 78);
    expect(camera.asked()).toEqual([SSRC, 78]);
  });

  test('asks where the publisher’s stream was replaced by one that does not begin with a key frame', () => {
    const [camera, to] = [new Camera(), receiver(VIDEO.slot())];
    forwarder().route(to.slots[0]!, camera.track);
    camera.send(1000, true);
    camera.send(2000, false, 78);
    expect(camera.asked()).toEqual([78]);
  });

  test('whose old publisher goes away asks the new one again', () => {
    const [old, next, to] = [new Camera(), new Camera(), receiver(VIDEO.slot())];
    const routes = forwarder();
    routes.route(to.slots[0]!, old.track);
    old.send(1000, true);
    next.send(1000, true);
    routes.route(to.slots[0]!, next.track);
    expect(next.asked()).toEqual([SSRC]);
    // Only time passes.
    feedback(next.peer, receiverReport(), 1600);
    old.peer.close();
    expect(next.asked()).toEqual([SSRC]);
  });
});

describe('a receiver’s request', () => {
  const pair = () => {
    const [camera, to, routes] = [new Camera(), receiver(VIDEO.slot(), AUDIO.slot()), forwarder()];
    routes.route(to.slots[0]!, camera.track);
    camera.send(0, true);
    camera.asked();
    return { camera, to, routes };
  };

  test('goes to the publisher in the slot', () => {
    const { camera, to } = pair();
    feedback(to, concat(receiverReport(), pli(SLOT)), 1000);
    expect(camera.asked()).toEqual([SSRC]);
    expect(to.stats().keyframeRequestsIn).toBe(1);
  });

  test('goes to the one that is still seen while another is awaited', () => {
    const { camera, to, routes } = pair();
    const next = new Camera();
    next.send(0, true, 99);
    routes.route(to.slots[0]!, next.track);
    expect(next.asked()).toEqual([99]);
    feedback(to, pli(SLOT), 1000);
    expect([camera.asked(), next.asked()]).toEqual([[SSRC], []]);
  });

  test('that was held back is made good, unless a key frame came', () => {
    const { camera, to } = pair();
    feedback(to, pli(SLOT), 1000);
    feedback(to, pli(SLOT), 1100);
    camera.send(1200);
    expect(camera.asked()).toEqual([SSRC]);
    camera.send(1501);
    expect(camera.asked()).toEqual([SSRC]);
    feedback(to, pli(SLOT), 1600);
    camera.send(1700, true);
    camera.send(2600);
    expect(camera.asked()).toEqual([]);
  });

  test('by FIR counts once however often it is repeated', () => {
    const { camera, to } = pair();
    feedback(to, fir([5, 1], [SLOT, 9]), 1000);
    feedback(to, fir([SLOT, 9]), 2000);
    expect(camera.asked()).toEqual([SSRC]);
    camera.send(2500, true);
    feedback(to, fir([SLOT, 10]), 3000);
    expect(camera.asked()).toEqual([SSRC]);
    expect(to.stats().keyframeRequestsIn).toBe(2);
  });

  test.each([
    ['of an empty slot', pli(SLOT), true],
    ['of a slot that is not ours', pli(4), false],
    ['that is cut short', pli(SLOT).subarray(0, 11), false],
    ['in a compound that breaks off before', concat(Uint8Array.of(1, 2, 3, 4), pli(SLOT)), false],
    ['that is a FIR without entries', fir(), false],
  ])('%s is ignored', (_name, packet, empty) => {
    const { camera, to, routes } = pair();
    if (empty) routes.route(to.slots[0]!, null);
    feedback(to, packet, 1000);
    expect(camera.asked()).toEqual([]);
    expect(to.stats().keyframeRequestsIn).toBe(0);
  });

  test('of a slot whose publishers are gone is ignored', () => {
    const { camera, to, routes } = pair();
    const next = new Camera();
    next.send(0, true, 99);
    routes.route(to.slots[0]!, next.track);
    next.peer.close();
    camera.peer.close();
    feedback(to, pli(SLOT), 1000);
    expect(to.stats().keyframeRequestsIn).toBe(0);
  });

  test('of a slot that is not attached is ignored', () => {
    const { camera, to } = pair();
    to.detach();
    feedback(to, pli(SLOT), 1000);
    expect(camera.asked()).toEqual([]);
    expect(to.stats().keyframeRequestsIn).toBe(0);
  });

  test('of audio asks nobody', () => {
    const { to, routes } = pair();
    const from = publisher(5, AUDIO.track());
    routes.route(to.slots[1]!, from.tracks[0]!);
    from.receiveRtp(buildRtp({}), 0n);
    feedback(to, pli(0xa0a0a0a0), 1000);
    expect(from.takeKeyframeRequests()).toEqual([]);
    expect(from.tracks[0]!.requestKeyframe()).toBe(false);
  });
});

describe('requestKeyframe', () => {
  test('tells whether a request went out', () => {
    const camera = new Camera();
    expect(camera.track.requestKeyframe()).toBe(false);
    camera.send(1000, true);
    expect(camera.track.requestKeyframe()).toBe(true);
    expect(camera.track.requestKeyframe()).toBe(false);
    camera.send(1500, true);
    expect(camera.track.requestKeyframe()).toBe(true);
    expect(camera.asked()).toEqual([SSRC, SSRC]);
  });

  test('asks nobody once the publisher is closed', () => {
    const camera = new Camera();
    camera.send(1000, true);
    camera.peer.close();
    expect(camera.track.requestKeyframe()).toBe(false);
    expect(camera.asked()).toEqual([]);
  });
});

test('a BYE asks nobody and harms nobody', () => {
  const camera = new Camera();
  camera.send(1000, true);
  feedback(camera.peer, bye(SSRC, 5), 1010);
  feedback(camera.peer, bye(), 1010);
  expect(camera.asked()).toEqual([]);
});

describe('a packet that never comes', () => {
  const seen = (): { camera: Camera } => {
    const [camera, to] = [new Camera(), receiver(VIDEO.slot())];
    forwarder().route(to.slots[0]!, camera.track);
    camera.send(1000, true);
    camera.send(1040);
    camera.send(1080);
    camera.asked();
    return { camera };
  };
  const lose = ({ peer }: Camera, sequence: number, nowMs: number, ssrc = SSRC): void =>
    peer.loseRtp(ssrc, sequence, BigInt(nowMs) * MS);

  test('has the publisher asked for a key frame where somebody sees it, and until it comes', () => {
    const { camera } = seen();
    lose(camera, 1, 2000);
    lose(camera, 0, 2010);
    expect(camera.asked()).toEqual([SSRC]);
    camera.send(2499);
    expect(camera.asked()).toEqual([]);
    camera.send(2500);
    expect(camera.asked()).toEqual([SSRC]);
    camera.send(2600, true);
    camera.send(4000);
    expect(camera.asked()).toEqual([]);
  });

  test('does not where nobody sees it', () => {
    const camera = new Camera();
    camera.send(1000);
    camera.send(1040);
    lose(camera, 0, 2000);
    expect(camera.asked()).toEqual([]);
  });

  test('does not where it was only expected, or is of no stream that is known', () => {
    const { camera } = seen();
    lose(camera, 2, 2000);
    lose(camera, 3, 2000);
    lose(camera, 65_535, 2000, 5);
    expect(camera.asked()).toEqual([]);
    lose(camera, 65_535, 2000);
    expect(camera.asked()).toEqual([SSRC]);
  });
});
