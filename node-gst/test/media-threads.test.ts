/** Publishers' threads against each other and against the JS thread. */
import type { MediaHarness } from '../media.d.ts';
import { AUDIO, drops, forwarder, MS, publisher, receiver, sent, VIDEO } from './support/media.ts';
import { buildRtp, buildVp8 } from './support/rtp.ts';

const ROUND = 500;
const STEP_NS = 20n * MS;

/** A publisher that is fed by a thread of its own, in rounds, so that what was sent and not yet looked at has a bound. */
class Feed {
  readonly peer: MediaHarness;
  readonly #packet: Uint8Array;
  fed = 0;

  constructor(csrc: number, kind: 'audio' | 'video') {
    this.peer = publisher(csrc, kind === 'audio' ? AUDIO.track() : VIDEO.track());
    const payload = kind === 'audio' ? {} : { payloadType: 96, payload: buildVp8({ keyframe: true, pictureId: 5 }) };
    this.#packet = buildRtp({ sequence: 60_000, timestamp: 2 ** 32 - 9600, ...payload });
  }

  get track() {
    return this.peer.tracks[0]!;
  }

  /** Starts the next round when the last is over. */
  keepOn(): void {
    if (this.peer.stats().packetsIn < this.fed) return;
    const view = new DataView(this.#packet.buffer);
    this.peer.startFlood(this.#packet, ROUND, 960, BigInt(this.fed) * STEP_NS, STEP_NS);
    view.setUint16(2, (view.getUint16(2) + ROUND) & 0xffff);
    view.setUint32(4, view.getUint32(4) + ROUND * 960);
    this.fed += ROUND;
  }

  end(): void {
    this.peer.joinFloods();
    expect(this.peer.stats().packetsIn).toBe(this.fed);
  }
}

/** Polls: nothing tells JavaScript what native threads did. */
function until(condition: () => boolean): void {
  const deadline = Date.now() + 30_000;
  while (!condition()) if (Date.now() > deadline) throw new Error('it did not happen in 30 s');
}

/** Each number follows the one before, or nearly: two threads may pass each other between rewriting and sending. */
function expectContinuous(numbers: readonly number[]): void {
  const first = numbers[0]!;
  const offsets = numbers.map((number) => (number - first + 2 ** 16) % 2 ** 16);
  let wraps = 0;
  const unwrapped = offsets.map((offset, index) => {
    const before = offsets[index - 1] ?? 0;
    if (before - offset > 2 ** 15) wraps += 1;
    if (offset - before > 2 ** 15) wraps -= 1;
    return offset + wraps * 2 ** 16;
  });
  unwrapped.sort((a, b) => a - b);
  // Comparing whole arrays would take longer than the test.
  expect(unwrapped.findIndex((number, index) => number !== unwrapped[0]! + index)).toBe(-1);
}

describe('while other threads push', () => {
  test.each(['audio', 'video'] as const)(
    'switches of %s leave no hole and no number twice',
    (kind) => {
      const feeds = [new Feed(1, kind), new Feed(2, kind)];
      const to = receiver(kind === 'audio' ? AUDIO.slot() : VIDEO.slot());
      const routes = forwarder();
      const numbers: number[] = [];
      for (let switches = 0; switches < 40; switches += 1) {
        const wanted = feeds[switches % 2]!;
        routes.route(to.slots[0]!, wanted.track);
        until(() => {
          for (const feed of feeds) feed.keepOn();
          const packets = sent(to);
          numbers.push(...packets.map(({ sequence }) => sequence));
          return packets.at(-1)?.csrcs[0] === (switches % 2) + 1;
        });
      }
      for (const feed of feeds) feed.end();
      const last = sent(to);
      // Whoever was pruned or overtaken stays out.
      expect(last.slice(-1).map(({ csrcs }) => csrcs)).toEqual(last.length > 0 ? [[2]] : []);
      numbers.push(...last.map(({ sequence }) => sequence));
      expectContinuous(numbers);
      expect(numbers).toHaveLength(to.stats().packetsOut);
      expect(drops(to)).not.toHaveProperty('duplicate');
      expect(drops(to)).not.toHaveProperty('awaitingKeyframe');
    },
    60_000,
  );

  test('receivers come, are attached and detached, and go', () => {
    const feed = new Feed(1, 'audio');
    const witness = receiver(AUDIO.slot());
    const routes = forwarder();
    routes.route(witness.slots[0]!, feed.track);
    const numbers: number[] = [];
    for (let guests = 0; guests < 100; guests += 1) {
      feed.keepOn();
      const guest = receiver(AUDIO.slot(), AUDIO.slot({ mline: 1, ssrc: 5 }));
      for (const slot of guest.slots) routes.route(slot, feed.track);
      until(() => guest.stats().packetsOut > 0 || (feed.keepOn(), false));
      guest.detach();
      guest.attach();
      if (guests % 2 === 0) guest.close();
      else for (const slot of guest.slots) routes.route(slot, null);
      numbers.push(...sent(witness).map(({ sequence }) => sequence));
    }
    feed.end();
    numbers.push(...sent(witness).map(({ sequence }) => sequence));
    expect(numbers).toHaveLength(feed.fed);
    expectContinuous(numbers);
  }, 60_000);

  test('a publisher closes', () => {
    const feed = new Feed(1, 'audio');
    const to = receiver(AUDIO.slot());
    forwarder().route(to.slots[0]!, feed.track);
    feed.keepOn();
    until(() => to.stats().packetsOut > 0);
    feed.peer.close();
    feed.end();
    const heard = to.stats().packetsOut;
    feed.keepOn();
    feed.end();
    expect(to.stats().packetsOut).toBe(heard);
    expectContinuous(sent(to).map(({ sequence }) => sequence));
  });
});
