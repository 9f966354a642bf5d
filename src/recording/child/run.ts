import type { FromRecorder } from '../protocol.ts';
import type { RecordedTrack, SegmentEnd, TrackFacts } from '../types.ts';
import { factsOf, msOf, nothingOf } from './facts.ts';
import type { FeedStats, Origin } from './reader.ts';
import type { Segment } from './segment.ts';

export interface RunOptions {
  readonly tracks: readonly RecordedTrack[];
  readonly origin: Origin;
  readonly fill: 'none' | 'silence';
  /** On the clock of the take. */
  readonly openedAt: number;
  /** Nothing of it is kept. */
  readonly isPark: boolean;
}

/** The life of one segment in a take: which of its tracks still go into it, and what is to be told of it. */
export class Run {
  readonly segment: Segment;
  readonly origin: Origin;
  readonly openedAt: number;
  readonly isPark: boolean;
  readonly #fill: 'none' | 'silence';
  readonly #tracks: readonly RecordedTrack[];
  readonly #missing: Set<number>;
  readonly #facts: TrackFacts[] = [];
  #originNs: bigint | null;
  #isReported = false;
  #why: SegmentEnd | null = null;

  constructor(segment: Segment, { tracks, origin, fill, openedAt, isPark }: RunOptions) {
    this.segment = segment;
    this.origin = origin;
    this.openedAt = openedAt;
    this.isPark = isPark;
    this.#fill = fill;
    this.#tracks = tracks;
    this.#missing = new Set(tracks.map(({ ssrc }) => ssrc));
    this.#originNs = origin === 'first' ? null : origin;
  }

  get hasFailed(): boolean {
    return this.#why === 'error';
  }

  /** Every track has ended in it. */
  get isOver(): boolean {
    return this.#missing.size === 0;
  }

  /** Why it is closed, or will be: the first reason counts. */
  endsFor(why: SegmentEnd): void {
    this.#why ??= why;
  }

  /** The first packet of a track is in it. Returns what is to be told, the first time. */
  begin(unixNs: bigint, ptsNs: bigint): FromRecorder | null {
    this.#originNs ??= unixNs - ptsNs;
    if (this.#isReported || this.isPark) return null;
    this.#isReported = true;
    const { number: segment, files } = this.segment;
    const tracks = this.#tracks.map(({ ssrc }) => ssrc);
    return { type: 'segment-opened', segment, originMs: msOf(this.#originNs), files, tracks };
  }

  /**
   * A track has had its last packet in it; again is no harm.
   *
   * @param stats null where it got none
   */
  endTrack({ ssrc, kind }: RecordedTrack, stats: FeedStats | null): void {
    if (!this.#missing.delete(ssrc)) return;
    const isFilled = this.#fill === 'silence' && kind === 'audio';
    this.#facts.push(stats === null ? nothingOf(ssrc) : factsOf(ssrc, stats, this.#originNs, isFilled));
    this.segment.endTrack(ssrc);
  }

  /** Resolves with what is to be told when everything is written. Files without a packet are removed. */
  async close(): Promise<FromRecorder | null> {
    await this.segment.finish();
    if (!this.#isReported) {
      await this.segment.removeFiles();
      return null;
    }
    const files = await this.segment.fileFacts();
    const { number: segment } = this.segment;
    return { type: 'segment-closed', segment, why: this.#why ?? 'ended', files, tracks: this.#facts };
  }
}
