/**
 * What a slot has to do, written as slowly and plainly as possible: numbers never wrap, everything that was sent is
 * remembered. Packets name their place in the stream by an unbounded `index`; wrapping is left to the comparison.
 */

export interface ModelPacket {
  readonly track: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly keyframe: boolean;
  readonly pictureId: number | null;
  readonly tl0: number | null;
}

export interface ModelSent {
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly pictureId: number | null;
  readonly tl0: number | null;
}

type Drop = 'late' | 'duplicate' | 'awaitingKeyframe';
type Outcome = { readonly drop: Drop } | { readonly send: ModelSent } | { readonly ignored: true };

/** A counter that follows the highest sent when another stream begins. */
class Follower {
  readonly #step: number;
  #offset: number | null = null;
  #highest: number | null = null;

  constructor(step: number) {
    this.#step = step;
  }

  restart(): void {
    this.#offset = null;
  }

  map(value: number): number {
    this.#offset ??= this.#highest === null ? 0 : this.#highest + this.#step - value;
    const out = value + this.#offset;
    this.#highest = Math.max(this.#highest ?? out, out);
    return out;
  }
}

export class SlotModel {
  readonly drops: Record<Drop, number> = { late: 0, duplicate: 0, awaitingKeyframe: 0 };
  readonly #video: boolean;
  readonly #leastStep: number;
  readonly #clockRate: number;
  #current: number | null = null;
  #next: number | null = null;
  #live = false;
  /** Every sequence number sent, counted from 0 at the first. */
  readonly #numbers = new Set<number>();
  #highest = -1;
  #floor = 0;
  #sequenceOffset = 0;
  #timestampOffset = 0;
  #newest: { timestamp: number; capture: number } | null = null;
  #ahead = 0;
  readonly #pictureId = new Follower(1);
  readonly #tl0 = new Follower(1);

  constructor(kind: 'audio' | 'video') {
    this.#video = kind === 'video';
    this.#clockRate = this.#video ? 90_000 : 48_000;
    this.#leastStep = this.#video ? 1 : 960;
  }

  route(track: number | null): void {
    if (track === null) {
      this.#current = this.#next = null;
      this.#live = false;
    } else if (track === this.#current) {
      this.#next = null;
    } else if (this.#video && this.#live) {
      this.#next = track;
    } else {
      this.#current = track;
      this.#live = false;
    }
  }

  /** `captureNs` of the packet where it is sent. */
  packet(packet: ModelPacket, captureNs: number): Outcome {
    if (packet.track !== this.#current && packet.track !== this.#next) return { ignored: true };
    const starts = packet.track === this.#next || !this.#live;
    if (starts && this.#video && !packet.keyframe) return this.#drop('awaitingKeyframe');
    if (starts) this.#start(packet, captureNs);
    const sequence = packet.sequence + this.#sequenceOffset;
    const refused = this.#refuses(sequence);
    if (refused) return this.#drop(refused);
    const timestamp = packet.timestamp + this.#timestampOffset;
    if (this.#newest === null || timestamp > this.#newest.timestamp) this.#newest = { timestamp, capture: captureNs };
    return {
      send: {
        sequence,
        timestamp,
        marker: starts && !this.#video,
        pictureId: packet.pictureId === null ? null : this.#pictureId.map(packet.pictureId),
        tl0: packet.tl0 === null ? null : this.#tl0.map(packet.tl0),
      },
    };
  }

  #refuses(sequence: number): Drop | null {
    if (sequence < this.#floor || sequence <= this.#highest - 128) return 'late';
    if (this.#numbers.has(sequence)) return 'duplicate';
    this.#numbers.add(sequence);
    this.#highest = Math.max(this.#highest, sequence);
    return null;
  }

  #start(packet: ModelPacket, captureNs: number): void {
    if (packet.track === this.#next) this.#current = packet.track;
    this.#next = null;
    this.#live = true;
    this.#floor = this.#highest + 1;
    this.#sequenceOffset = this.#floor - packet.sequence;
    this.#timestampOffset = this.#startTimestamp(captureNs) - packet.timestamp;
    this.#pictureId.restart();
    this.#tl0.restart();
  }

  #startTimestamp(captureNs: number): number {
    if (this.#newest === null) return 0;
    const elapsed = Math.trunc(((captureNs - this.#newest.capture) * this.#clockRate) / 1e9);
    const due = elapsed - this.#ahead;
    const step = Math.max(due, this.#leastStep);
    this.#ahead = step - due;
    return this.#newest.timestamp + step;
  }

  #drop(reason: Drop): Outcome {
    this.drops[reason] += 1;
    return { drop: reason };
  }
}
