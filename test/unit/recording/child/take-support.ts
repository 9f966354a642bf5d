import type { GstObject } from 'node-gst';
import type { FeedStats, Origin, Reader, ReaderTrackOptions } from '../../../../src/recording/child/reader.ts';
import type { Segment } from '../../../../src/recording/child/segment.ts';
import { Take, type TakeDeps } from '../../../../src/recording/child/take.ts';
import type { FromRecorder } from '../../../../src/recording/protocol.ts';
import type { FileFacts, RecordedTrack } from '../../../../src/recording/types.ts';
import { settled } from '../../../support/deferred.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

export const EPOCH_NS = 1_790_000_000_000_000_000n;

/** A segment that only remembers what was asked of it. */
export class FakeSegment implements Segment {
  readonly number: number;
  readonly files: readonly string[];
  readonly tracks: readonly RecordedTrack[];
  readonly fail: (text: string) => void;
  readonly ended: number[] = [];
  size = 0;
  state: 'open' | 'halted' | 'finished' | 'removed' = 'open';

  constructor(
    number: number,
    files: readonly string[],
    tracks: readonly RecordedTrack[],
    fail: (text: string) => void,
  ) {
    this.number = number;
    this.files = files;
    this.tracks = tracks;
    this.fail = fail;
  }

  /** Its name stands for the appsrc. */
  source(ssrc: number): GstObject {
    return `${this.number}/${ssrc}` as unknown as GstObject;
  }
  endTrack(ssrc: number): void {
    this.ended.push(ssrc);
  }
  bytes(): number {
    return this.size;
  }
  halt(): void {
    this.state = 'halted';
  }
  finish(): Promise<void> {
    this.state = 'finished';
    return Promise.resolve();
  }
  fileFacts(): Promise<FileFacts[]> {
    return Promise.resolve(this.files.map((name) => ({ name, bytes: this.size, sha256: '0'.repeat(64) })));
  }
  removeFiles(): Promise<void> {
    this.state = 'removed';
    return Promise.resolve();
  }
}

export const stats = (over: Partial<FeedStats> = {}): FeedStats => ({
  packets: 50,
  bytes: 4000,
  lost: 1,
  late: 0,
  duplicates: 0,
  filledNs: 20_000_000n,
  firstUnixNs: EPOCH_NS,
  endPtsNs: 1_000_000_000n,
  ...over,
});

/** A take with everything around it; the test plays the reader. */
export class Bench {
  readonly clock = new ManualClock();
  readonly told: FromRecorder[] = [];
  readonly asked: string[] = [];
  readonly segments: FakeSegment[] = [];
  readonly parks: FakeSegment[] = [];
  readonly take: Take;
  /** What opening a segment fails with. */
  refusal: string | null = null;
  readonly readerTracks = new Map<number, FeedStats>();
  readonly #start: number;

  constructor(over: Partial<Pick<TakeDeps, 'isShared' | 'limits' | 'fill'>> = {}) {
    this.#start = this.clock.now();
    const reader: Reader = {
      track: (ssrc: number, source: GstObject, { origin, fill }: ReaderTrackOptions) =>
        this.#ask('track', ssrc, source, fill, origin),
      switchTo: (ssrc: number, source: GstObject, at: string, origin: Origin) => {
        this.#ask('switch', ssrc, source, at, origin);
        return true;
      },
      untrack: (ssrc: number) => {
        this.asked.push(`untrack ${ssrc}`);
        return this.readerTracks.has(ssrc);
      },
      stats: () => ({ newestUnixNs: null, tracks: this.readerTracks }),
    };
    this.take = new Take({
      reader,
      clock: this.clock,
      limits: { seconds: 600, bytes: 1_000_000 },
      fill: 'none',
      isShared: false,
      open: (tracks, onFailure) => {
        if (this.refusal !== null) return Promise.reject(new Error(this.refusal));
        const number = this.segments.length + 1;
        const segment = new FakeSegment(number, [`${number}.webm`], tracks, onFailure);
        this.segments.push(segment);
        return Promise.resolve(segment);
      },
      park: (track) => {
        const segment = new FakeSegment(100 + this.parks.length, [], [track], () => undefined);
        this.parks.push(segment);
        return Promise.resolve(segment);
      },
      report: (message) => this.told.push(message),
      nowNs: () => this.nowNs,
      ...over,
    });
  }

  get nowNs(): bigint {
    return EPOCH_NS + BigInt(this.clock.now() - this.#start) * 1_000_000n;
  }

  async advance(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      this.clock.advance(Math.min(50, ms - passed));
      this.take.tick();
      await settled();
    }
  }

  async add(...tracks: readonly RecordedTrack[]): Promise<void> {
    for (const track of tracks) {
      this.take.add(track);
      this.readerTracks.set(track.ssrc, stats());
    }
    await this.advance(250);
  }

  began(ssrc: number): void {
    this.take.onBegan(ssrc, this.nowNs, 0n);
  }

  async released(ssrc: number, over: Partial<FeedStats> = {}): Promise<void> {
    this.take.onReleased(ssrc, stats(over));
    await settled();
  }

  /** What the reader was asked since the last call. */
  takeAsked(): string[] {
    return this.asked.splice(0);
  }

  of<T extends FromRecorder['type']>(type: T): Extract<FromRecorder, { type: T }>[] {
    return this.told.filter((message): message is Extract<FromRecorder, { type: T }> => message.type === type);
  }

  #ask(what: string, ssrc: number, source: unknown, how: string, origin: Origin): void {
    const from = origin === 'first' ? 'first' : `+${(origin - EPOCH_NS) / 1_000_000n}`;
    this.asked.push(`${what} ${ssrc} to ${String(source)} ${how} ${from}`);
  }
}
