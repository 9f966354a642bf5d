/** A slot over random histories of everything that can happen to it: what it sends can always be received and played. */
import fc from 'fast-check';
import type { MediaHarness } from '../media.d.ts';
import { AUDIO, drops, forwarder, level, MS, publisher, receiver, sent, VIDEO } from './support/media.ts';
import { buildRtp, buildVp8 } from './support/rtp.ts';
import { identityBytes, StreamCheck, TICKS } from './support/stream-check.ts';

const PUBLISHERS = 3;
/** SSRCs that a publisher uses one after the other; a section takes 4. */
const LIVES = 3;
const [LOUD, QUIET] = [20, 90];
const GATE = 50;

type Kind = 'audio' | 'video';
type Step =
  | { readonly do: 'route'; readonly to: number | null }
  /** Packets in order; those of `lost` are kept back and may come by `late`. */
  | {
      readonly do: 'send';
      readonly from: number | null;
      readonly count: number;
      readonly lost: number;
      readonly key: boolean;
    }
  /** One of the past again, or for the first time. */
  | { readonly do: 'late'; readonly from: number | null; readonly back: number }
  | { readonly do: 'reborn' | 'leave' | 'gate' | 'murmur'; readonly from: number }
  | { readonly do: 'detach' | 'attach' };

const from = fc.integer({ min: 0, max: PUBLISHERS - 1 });
/** Null: whoever was put into the slot last. */
const sender = fc.option(from, { freq: 2 });
const target = fc.option(from, { freq: 8 });
const weighted = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary });
const step: fc.Arbitrary<Step> = fc.oneof(
  weighted(5, fc.record({ do: fc.constant('route' as const), to: target })),
  weighted(
    20,
    fc.record({
      do: fc.constant('send' as const),
      from: sender,
      count: fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 1, max: 8 }) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 150 }) },
      ),
      lost: fc.integer({ min: 0, max: 255 }),
      key: fc.boolean(),
    }),
  ),
  weighted(
    12,
    fc.record({
      do: fc.constant('late' as const),
      from: sender,
      back: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 100, max: 400 })),
    }),
  ),
  weighted(2, fc.record({ do: fc.constantFrom('reborn' as const, 'gate' as const, 'murmur' as const), from })),
  weighted(1, fc.record({ do: fc.constant('leave' as const), from })),
  weighted(1, fc.record({ do: fc.constantFrom('detach' as const, 'attach' as const) })),
);

interface Start {
  readonly sequence: number;
  readonly timestamp: number;
  readonly pictureId: number;
}

const edge = (bits: number) =>
  fc.oneof(fc.integer({ min: 0, max: 2 ** bits - 1 }), fc.integer({ min: 2 ** bits - 60, max: 2 ** bits - 1 }));
const start: fc.Arbitrary<Start> = fc.record({ sequence: edge(16), timestamp: edge(32), pictureId: edge(15) });

class Publisher {
  readonly peer: MediaHarness;
  readonly number: number;
  life = 0;
  /** Of the next packet. */
  index = 0;
  isQuiet = false;
  /** Which packets of this life are key frames, and which have arrived. */
  readonly #keys = new Set<number>();
  arrived = new Set<number>();
  readonly #kind: Kind;
  readonly #starts: readonly Start[];

  constructor(kind: Kind, number: number, starts: readonly Start[]) {
    this.#kind = kind;
    this.number = number;
    this.#starts = starts;
    this.peer = publisher(number, kind === 'audio' ? AUDIO.track() : VIDEO.track());
  }

  get track() {
    return this.peer.tracks[0]!;
  }

  /** A packet in front of the newest; a key frame begins only with an even one. */
  next(keyframe: boolean): number {
    if (keyframe && this.index % 2 === 0) this.#keys.add(this.index);
    return this.index++;
  }

  reborn(): void {
    this.life += 1;
    this.index = 0;
    this.#keys.clear();
    this.arrived = new Set();
  }

  packet(index: number): Uint8Array {
    const { sequence, timestamp, pictureId } = this.#starts[this.life]!;
    const isVideo = this.#kind === 'video';
    const keyframe = isVideo && this.#keys.has(index);
    const data = identityBytes({ publisher: this.number, life: this.life, index, keyframe });
    return buildRtp({
      payloadType: isVideo ? 96 : 111,
      ssrc: this.number * 10 + this.life + 1,
      sequence: (sequence + index) % 2 ** 16,
      timestamp: (timestamp + index * TICKS[this.#kind]) % 2 ** 32,
      payload: isVideo ? this.#vp8(pictureId, index, data) : data,
      ...(isVideo ? {} : level(this.isQuiet ? QUIET : LOUD)),
    });
  }

  #vp8(pictureId: number, index: number, data: Uint8Array): Uint8Array {
    const frame = Math.floor(index / 2);
    return buildVp8({
      start: index % 2 === 0,
      pictureId: (pictureId + frame) % 2 ** 15,
      tl0: frame % 256,
      temporal: 0,
      data,
    });
  }
}

class Bench {
  readonly #publishers: readonly Publisher[];
  readonly #to: MediaHarness;
  readonly #routes = forwarder();
  readonly #check: StreamCheck;
  readonly #kind: Kind;
  #now = 1000;
  #mayBegin = true;
  /** Where what is heard has begun: with what was sent first after a change. */
  #first = 0;
  #heard = 0;
  sent = 0;

  constructor(kind: Kind, starts: readonly (readonly Start[])[]) {
    this.#kind = kind;
    this.#publishers = starts.map((each, number) => new Publisher(kind, number, each));
    this.#to = receiver(kind === 'audio' ? AUDIO.slot() : VIDEO.slot());
    this.#check = new StreamCheck(kind);
    this.run({ do: 'route', to: 0 });
  }

  run(step: Step): void {
    if (step.do === 'send') {
      this.#send(this.#publishers[step.from ?? this.#heard]!, step);
    } else if (step.do === 'late') {
      const from = this.#publishers[step.from ?? this.#heard]!;
      if (from.index > step.back) this.#deliver(from, from.index - 1 - step.back);
    } else {
      this.#mayBegin = true;
      this.#change(step);
    }
  }

  #change(step: Exclude<Step, { do: 'send' | 'late' }>): void {
    switch (step.do) {
      case 'route':
        this.#heard = step.to ?? this.#heard;
        this.#routes.route(this.#to.slots[0]!, step.to === null ? null : this.#publishers[step.to]!.track);
        return;
      case 'reborn':
        this.#reborn(this.#publishers[step.from]!);
        return;
      case 'leave':
        this.#publishers[step.from]!.peer.close();
        return;
      case 'gate':
        if (this.#kind === 'audio') this.#routes.gate(this.#publishers[step.from]!.track, GATE);
        return;
      case 'murmur':
        this.#publishers[step.from]!.isQuiet = !this.#publishers[step.from]!.isQuiet;
        return;
      case 'detach':
        this.#to.detach();
        return;
      case 'attach':
        this.#to.attach();
        return;
      default:
        step satisfies never;
    }
  }

  #send(from: Publisher, { count, lost, key }: Extract<Step, { do: 'send' }>): void {
    for (let i = 0; i < count; i += 1) {
      const index = from.next(key && i < 2);
      this.#now += 20;
      if ((lost >> (i % 8)) % 4 !== 3) this.#deliver(from, index);
    }
  }

  #reborn(from: Publisher): void {
    if (from.life === LIVES - 1) return;
    from.reborn();
    this.#now += 250;
  }

  #deliver(from: Publisher, index: number): void {
    const before = { ...drops(this.#to), ...drops(from.peer) };
    const isRepeat = from.arrived.has(index);
    from.arrived.add(index);
    from.peer.receiveRtp(from.packet(index), BigInt(this.#now) * MS);
    const out = sent(this.#to);
    const last = this.#check.segment;
    const highest = last?.highest ?? 0;
    for (const packet of out) this.#check.packet(packet, this.#mayBegin);
    if (out.length > 0 && this.#check.segment === last) {
      // A hole is a packet that has not come: asking for it again may bring it.
      for (let hole = highest + 1; hole < index; hole += 1) expect(from.arrived.has(hole)).toBe(false);
    }
    if (out.length > 0 && this.#mayBegin) this.#first = index;
    // A held packet may end a spurt.
    this.#mayBegin = out.length === 0 && (this.#mayBegin || from.isQuiet);
    this.sent += out.length;
    if (out.length > 0) {
      expect(out).toHaveLength(1);
      return;
    }
    const after: Record<string, number> = { ...drops(this.#to), ...drops(from.peer) };
    const reason = Object.keys(after).find((name) => after[name] !== before[name]);
    this.#excused(from, index, isRepeat, reason);
  }

  #excusedAsLate(from: Publisher, index: number): void {
    const segment = this.#check.segment;
    const isOvertaken = index < Math.max(...from.arrived);
    // Where something begins: or sound of a time that is filled.
    if (this.#mayBegin) expect(isOvertaken || this.#kind === 'audio').toBe(true);
    else if (segment?.publisher === from.number && segment.life === from.life) {
      // The same picture source, taken away and given back, begins again without a new segment.
      const first = this.#kind === 'video' ? Math.max(segment.first, this.#first) : segment.first;
      expect(index < first || index <= segment.highest - 128).toBe(true);
    } else expect(isOvertaken).toBe(true);
  }

  /** A hole in what is sent is one that the publisher's packets left, or has its reason. */
  #excused(from: Publisher, index: number, isRepeat: boolean, reason: string | undefined): void {
    switch (reason) {
      case 'duplicate':
        expect(isRepeat).toBe(true);
        return;
      case 'late':
        this.#excusedAsLate(from, index);
        return;
      case 'gated':
        expect(from.isQuiet || index <= Math.max(...from.arrived)).toBe(true);
        return;
      case 'awaitingKeyframe':
      case 'detached':
      case 'secondSource':
      case undefined:
        // Nobody listens to this publisher, or not yet; then nothing of this packet's time is in the stream.
        return;
      default:
        throw new Error(`dropped for ${reason}`);
    }
  }
}

test.each(['audio', 'video'] as const)('what a slot of %s sends can be received and played', (kind) => {
  let packets = 0;
  fc.assert(
    fc.property(
      fc.array(fc.array(start, { minLength: LIVES, maxLength: LIVES }), {
        minLength: PUBLISHERS,
        maxLength: PUBLISHERS,
      }),
      fc.array(step, { minLength: 20, maxLength: 100, size: 'max' }),
      (starts, steps) => {
        const bench = new Bench(kind, starts);
        for (const each of steps) bench.run(each);
        packets += bench.sent;
      },
    ),
    { numRuns: 60 },
  );
  // That something was looked at.
  expect(packets).toBeGreaterThan(2000);
});
