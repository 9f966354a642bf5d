import type { PeerId } from '../../../../src/base/ids.ts';
import { advance, createSpeech, type SpeechState } from '../../../../src/conversation/speech/speech.ts';
import type { SpeechSample } from '../../../../src/conversation/speech/types.ts';

/** A conversation in simulated time: talkers send packets, ticks come every 100 ms, slots follow `heard`, gates are shut. */

export interface Packet {
  /** dBov, or null without RFC 6464. */
  readonly level: number | null;
  readonly bytes: number;
  readonly voiced: boolean;
  /** Is it part of what the talker says? For the figures, not for the choice. */
  readonly loud?: boolean;
}

/** What a talker sends at a time, in ms from the beginning; null for no packet. Called once for each 20 ms. */
export type Talker = (at: number) => Packet | null;

export type Random = () => number;

/** Mulberry32: the same seed, the same run. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const between = (random: Random, low: number, high: number): number => low + random() * (high - low);
/** A whole number of low..high. */
export const whole = (random: Random, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1));

export interface Options {
  readonly talkers: readonly Talker[];
  readonly slots: number;
  readonly seconds: number;
  readonly random: Random;
  /** Ms between ticks; 100 and a little by default. */
  readonly tick?: (random: Random) => number;
  /** Called for each packet: who of the receivers got it. Receivers are the talkers, and one who only listens. */
  readonly onPacket?: (event: Forwarded) => void;
  readonly onTick?: (state: SpeechState, now: number) => void;
}

export interface Forwarded {
  readonly at: number;
  readonly from: number;
  readonly packet: Packet;
  /** Indices of the talkers who got it; the listener is the index after the last talker. */
  readonly to: readonly number[];
}

export const peer = (index: number): PeerId => `peer${index}` as PeerId;

const OPEN_MS = 500;

export function simulate(options: Options): SpeechState {
  const { talkers, seconds, random, onPacket } = options;
  const conversation = new Simulation(options);
  const senders = talkers
    .map((talker, index) => ({ talker, index, phase: random() * 20 }))
    .sort((a, b) => a.phase - b.phase);
  for (let frame = 0; frame < seconds * 50; frame++) {
    for (const { talker, index, phase } of senders) {
      const at = frame * 20 + phase;
      conversation.tickUntil(at);
      const packet = talker(at);
      if (packet === null) continue;
      const to = conversation.forward(index, packet, at);
      onPacket?.({ at, from: index, packet, to });
    }
  }
  return conversation.state;
}

class Simulation {
  readonly #options: Options;
  readonly #present: readonly PeerId[];
  readonly #pending: readonly Collector[];
  /** Until when the gate of a talker is open, as the forwarder keeps it. */
  readonly #openUntil: number[];
  #receivers: readonly (readonly number[])[];
  #nextTick: number;
  state = createSpeech();

  constructor(options: Options) {
    this.#options = options;
    this.#present = options.talkers.map((_, i) => peer(i));
    this.#pending = options.talkers.map(() => new Collector());
    this.#openUntil = options.talkers.map(() => -Infinity);
    this.#receivers = receiversOf(this.state, this.#present, options.slots);
    this.#nextTick = options.random() * 100;
  }

  tickUntil(at: number): void {
    const { random, tick, onTick } = this.#options;
    for (; this.#nextTick <= at; this.#nextTick += tick?.(random) ?? between(random, 100, 103)) {
      this.#tick(this.#nextTick);
      onTick?.(this.state, this.#nextTick);
    }
  }

  /** Who gets this packet. */
  forward(index: number, packet: Packet, at: number): readonly number[] {
    this.#pending[index]?.add(packet);
    const gate = this.state.result.gates.get(peer(index));
    const receivers = this.#receivers[index] ?? [];
    if (gate === undefined || packet.level === null) return receivers;
    if (packet.level >= gate) this.#openUntil[index] = at + OPEN_MS;
    return at < (this.#openUntil[index] ?? 0) ? receivers : [];
  }

  #tick(now: number): void {
    const samples = new Map<PeerId, SpeechSample>();
    this.#pending.forEach((collector, i) => collector.take(samples, peer(i)));
    this.state = advance(this.state, samples, this.#present, now);
    this.#receivers = receiversOf(this.state, this.#present, this.#options.slots);
  }
}

/** For each talker, who hears it: the first slots of the order, without the receiver itself. */
function receiversOf(state: SpeechState, present: readonly PeerId[], slots: number): readonly (readonly number[])[] {
  const { heard } = state.result;
  const order = [...heard, ...present.filter((id) => !heard.includes(id))].map((id) => present.indexOf(id));
  return present.map((_, talker) => {
    const place = order.indexOf(talker);
    const to: number[] = [];
    for (let receiver = 0; receiver <= present.length; receiver++) {
      if (receiver === talker) continue;
      const own = receiver === present.length ? present.length : order.indexOf(receiver);
      if (place - (own < place ? 1 : 0) < slots) to.push(receiver);
    }
    return to;
  });
}

class Collector {
  #packets: Packet[] = [];

  add(packet: Packet): void {
    this.#packets.push(packet);
  }

  take(samples: Map<PeerId, SpeechSample>, id: PeerId): void {
    if (this.#packets.length === 0) return;
    samples.set(id, {
      packets: this.#packets.length,
      bytes: this.#packets.reduce((sum, { bytes }) => sum + bytes, 0),
      levels: this.#packets.flatMap(({ level }) => level ?? []).slice(-32),
      voiced: this.#packets.filter(({ voiced }) => voiced).length,
    });
    this.#packets = [];
  }
}

/** The value below which this share of them is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
