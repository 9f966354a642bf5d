/**
 * What a slot has to do, written as slowly and plainly as possible: numbers never wrap, everything that was sent is
 * remembered. Packets name their place in the stream by an unbounded `index`; wrapping is left to the comparison.
 */

export interface ModelPacket {
  readonly track: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly keyframe: boolean;
  /** -dBov; null where it has none. */
  readonly level: number | null;
  readonly pictureId: number | null;
  readonly pictureIdBits: number;
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

  /** Of the first there ever was, nothing is known but what its `bits` said. */
  map(value: number, bits: number): number {
    this.#offset ??= (this.#highest === null ? value % 2 ** bits : this.#highest + this.#step) - value;
    const out = value + this.#offset;
    this.#highest = Math.max(this.#highest ?? out, out);
    return out;
  }
}

/** What a gate has to do. It remembers every packet of the track. */
export class GateModel {
  /** Packets above this level are held; null: none. */
  quietest: number | null = null;
  /** Packets that were held. */
  held = 0;
  #holding = false;
  readonly #seen: number[] = [];
  readonly #loudAt: number[] = [];

  /** `passes`, and `resumes` where held packets lie before it; nothing may be sent of those any more. */
  packet(packet: ModelPacket, nowMs: number): 'held' | 'passes' | 'resumes' {
    const overtaken = this.#holding && this.#seen.some((sequence) => sequence >= packet.sequence);
    this.#seen.push(packet.sequence);
    if (overtaken || this.#tooQuiet(packet, nowMs)) {
      this.#holding = true;
      this.held += 1;
      return 'held';
    }
    const resumes = this.#holding;
    this.#holding = false;
    return resumes ? 'resumes' : 'passes';
  }

  #tooQuiet({ level }: ModelPacket, nowMs: number): boolean {
    if (this.quietest === null || level === null) return false;
    if (level > this.quietest) return !this.#loudAt.some((at) => nowMs - at < 500);
    this.#loudAt.push(nowMs);
    return false;
  }
}

/** Seconds that are made good. */
const OVERLAP = 0.25;

export class SlotModel {
  readonly drops: Record<Drop, number> = { late: 0, duplicate: 0, awaitingKeyframe: 0 };
  readonly #video: boolean;
  readonly #leastStep: number;
  readonly #clockRate: number;
  #current: number | null = null;
  #next: number | null = null;
  #live = false;
  #spurt = 0;
  /** Every sequence number sent, counted from 0 at the first. */
  readonly #numbers = new Set<number>();
  #highest = -1;
  #floor = 0;
  /** Of each track, the highest sequence number that has arrived, whoever listened. */
  readonly #arrived = new Map<number, number>();
  #sequenceOffset = 0;
  #timestampOffset = 0;
  #newest: { timestamp: number; capture: number } | null = null;
  #ahead = 0;
  #debt = 0;
  #startedAt = 0;
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

  /** To be told of every packet, whoever listens: true where a later one of its track has come already. */
  arrives({ track, sequence }: ModelPacket): boolean {
    const newest = this.#arrived.get(track) ?? sequence;
    this.#arrived.set(track, Math.max(newest, sequence));
    return sequence < newest;
  }

  /**
   * `captureNs` of the packet where it was sent, else null: the model does not know clocks, so where a slot begins it
   * believes that what was left out was sound of a time that is filled. `spurt` counts up at each packet of the track that
   * resumes.
   */
  packet(
    packet: ModelPacket,
    captureNs: number | null,
    { spurt, isOvertaken }: { spurt: number; isOvertaken: boolean },
  ): Outcome {
    if (packet.track !== this.#current && packet.track !== this.#next) return { ignored: true };
    const starts = packet.track === this.#next || !this.#live;
    if (starts) {
      const reason = this.#cannotStart(packet, captureNs, isOvertaken);
      if (reason) return this.#drop(reason);
      this.#start(packet, captureNs!);
    }
    const resumes = !starts && spurt !== this.#spurt;
    if (resumes) this.#closeGap(packet);
    this.#spurt = spurt;
    const sequence = packet.sequence + this.#sequenceOffset;
    const refused = this.#refuses(sequence);
    if (refused) return this.#drop(refused);
    const timestamp = this.#timestamp(packet.timestamp, captureNs!);
    const marker = (starts || resumes) && !this.#video;
    return { send: { sequence, timestamp, marker, ...this.#counters(packet) } };
  }

  #cannotStart({ keyframe }: ModelPacket, captureNs: number | null, isOvertaken: boolean): Drop | null {
    if (this.#video && !keyframe) return 'awaitingKeyframe';
    return isOvertaken || (captureNs === null && !this.#video) ? 'late' : null;
  }

  /** Pictures get back to real time at half speed. */
  #timestamp(of: number, capture: number): number {
    const owed = Math.min(Math.max(this.#debt - Math.trunc((of - this.#startedAt) / 2), 0), this.#debt);
    const timestamp = of + this.#timestampOffset - this.#debt + owed;
    if (this.#newest === null || timestamp > this.#newest.timestamp) {
      this.#newest = { timestamp, capture };
      if (this.#debt > 0) this.#ahead = owed;
    }
    return timestamp;
  }

  #counters({ pictureId, pictureIdBits, tl0 }: ModelPacket) {
    return {
      pictureId: pictureId === null ? null : this.#pictureId.map(pictureId, pictureIdBits),
      tl0: tl0 === null ? null : this.#tl0.map(tl0, 8),
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
    this.#closeGap(packet);
    this.#timestampOffset = this.#startTimestamp(captureNs) - packet.timestamp;
    this.#startedAt = packet.timestamp;
    this.#debt = this.#video && this.#ahead <= OVERLAP * this.#clockRate ? this.#ahead : 0;
    this.#pictureId.restart();
    this.#tl0.restart();
  }

  #closeGap(packet: ModelPacket): void {
    this.#floor = this.#highest + 1;
    this.#sequenceOffset = this.#floor - packet.sequence;
  }

  #startTimestamp(captureNs: number): number {
    if (this.#newest === null) return 0;
    const elapsed = Math.trunc(((captureNs - this.#newest.capture) * this.#clockRate) / 1e9);
    const due = elapsed - this.#ahead;
    const step = Math.max(due, this.#leastStep);
    // Of sound, no more than half a packet is heard at the same time as another, or it is no question of two ways.
    const overlap = step - due;
    if (!this.#video) expect(overlap <= 480 || overlap > OVERLAP * this.#clockRate).toBe(true);
    this.#ahead = step - due;
    return this.#newest.timestamp + step;
  }

  #drop(reason: Drop): Outcome {
    this.drops[reason] += 1;
    return { drop: reason };
  }
}
