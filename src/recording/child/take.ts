import type { Clock, Timer } from '../../base/clock.ts';
import { ClosedError, WorkQueue } from '../../base/work-queue.ts';
import type { FromRecorder, SegmentLimits } from '../protocol.ts';
import type { RecordedTrack, SegmentEnd } from '../types.ts';
import type { FeedStats, Reader } from './reader.ts';
import { Run } from './run.ts';
import type { Segment } from './segment.ts';

/** What a take needs of its recorder. */
export interface TakeDeps {
  readonly reader: Reader;
  readonly clock: Clock;
  readonly limits: SegmentLimits;
  readonly fill: 'none' | 'silence';
  /** Several tracks in one pipeline, on one time: one that stands still must not hold up the others. */
  readonly isShared: boolean;
  /** Makes a segment for these tracks, ready for packets; rejects where that fails. */
  readonly open: (tracks: readonly RecordedTrack[], onFailure: (text: string) => void) => Promise<Segment>;
  /** A place where a track's packets are thrown away while they cannot be recorded. */
  readonly park: (track: RecordedTrack) => Promise<Segment>;
  readonly report: (message: FromRecorder) => void;
  /** The tap's time, ns since 1970. */
  readonly nowNs: () => bigint;
}

/** Tracks that come within this time come into one shared segment. */
const GATHER_MS = 200;
/** How soon one shared segment follows the other, however many tracks come. */
const MIN_SEGMENT_MS = 2_000;
/** How long a shared segment waits for the first picture of a camera: until then it cannot write. */
const FIRST_PICTURE_MS = 1_000;
/** How long an old segment goes on until a key frame comes; then the new one takes over without. */
const KEYFRAME_MS = 5_000;
/** After a failure: how long until the next try; doubles up to the other. */
const RETRY_MS = { first: 250, most: 10_000 } as const;
/** A segment that lasted so long was a success. */
const HEALTHY_MS = 30_000;
/** What the reader may take to give a track back. */
const RELEASE_MS = 2_000;

interface Member {
  readonly track: RecordedTrack;
  /** Where its packets go, and behind it where they will go, once the reader has switched. */
  readonly feeds: Run[];
  /** The reader knows it. */
  isTracked: boolean;
  isLeaving: boolean;
  /** The last of the feeds has its first packet. */
  hasBegun: boolean;
  /** When the last of the feeds was given to the reader. */
  since: number;
  /** Waits for the reader to give it back. */
  timer: Timer | null;
}

/**
 * The segments of one track, or of all tracks at once: opens them, hands the tracks from one to the next, closes them.
 * One that fails is reported and followed by another; nothing here ends the recording.
 *
 *   packets of a track ──► the segment before ──(key frame)──► the next segment
 *
 * A segment is closed when the reader has given back all of its tracks.
 */
export class Take {
  readonly #deps: TakeDeps;
  readonly #members = new Map<number, Member>();
  /** What takes its time, one after the other: a segment is opened, a track is parked. */
  readonly #queue = new WorkQueue();
  readonly #closing = new Set<Promise<void>>();
  #current: Run | null = null;
  #wanted: { readonly why: SegmentEnd; readonly timer: Timer } | null = null;
  #openedAt = -Infinity;
  #retryMs: number = RETRY_MS.first;
  #isOpening = false;
  #stopped: Promise<void> | null = null;
  #onEmpty: () => void = () => undefined;

  constructor(deps: TakeDeps) {
    this.#deps = deps;
  }

  /** Tracks that are in it, or not wholly out of it. */
  get size(): number {
    return this.#members.size;
  }

  add(track: RecordedTrack): void {
    const rest = { isTracked: false, isLeaving: false, hasBegun: false, since: 0, timer: null };
    this.#members.set(track.ssrc, { track, feeds: [], ...rest });
    this.#want('tracks', this.#deps.isShared ? GATHER_MS : 0);
  }

  remove(ssrc: number): void {
    this.#enqueue(() => this.#remove(ssrc));
  }

  /** Ends every track and closes every segment. Idempotent: the first reason counts. Never rejects. */
  stop(why: SegmentEnd): Promise<void> {
    return (this.#stopped ??= this.#stop(why));
  }

  async #stop(why: SegmentEnd): Promise<void> {
    this.#wanted?.timer.cancel();
    await this.#queue.close(() => {
      const members = [...this.#members.values()];
      for (const { feeds } of members) for (const run of feeds) run.endsFor(why);
      for (const { track } of members) this.#remove(track.ssrc);
    });
    while (this.#members.size > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
    await Promise.all(this.#closing);
  }

  onBegan(ssrc: number, unixNs: bigint, ptsNs: bigint): void {
    const member = this.#members.get(ssrc);
    const run = member?.feeds.at(-1);
    if (member === undefined || run === undefined) return;
    member.hasBegun = true;
    const told = run.begin(unixNs, ptsNs);
    if (told !== null) this.#deps.report(told);
    if (run.isPark) this.#want('tracks', GATHER_MS);
  }

  onReleased(ssrc: number, stats: FeedStats): void {
    const member = this.#members.get(ssrc);
    if (member !== undefined) this.#release(member, stats);
  }

  /** The track stands still: others in its segment would wait for it. */
  onStill(ssrc: number): void {
    const member = this.#members.get(ssrc);
    if (member !== undefined && this.#mayPark(member)) this.#park(member);
  }

  /** To be called several times a second. */
  tick(): void {
    for (const member of this.#members.values()) this.#watch(member);
    const run = this.#current;
    if (run === null || run.segment.files.length === 0 || this.#isOpening || this.#isChanging()) return;
    const { seconds, bytes } = this.#deps.limits;
    if (this.#age(run) >= seconds * 1000 || run.segment.bytes() >= bytes) this.#want('limit', 0);
  }

  #age(run: Run): number {
    return this.#deps.clock.now() - run.openedAt;
  }

  #isChanging(): boolean {
    return [...this.#members.values()].some(({ feeds }) => feeds.length > 1);
  }

  /** A segment that a track was to go into, and that it does not get into. */
  #watch(member: Member): void {
    const run = member.feeds.at(-1);
    if (run === undefined || member.hasBegun || member.isLeaving) return;
    const waited = this.#deps.clock.now() - member.since;
    if (this.#mayPark(member)) {
      if (waited > FIRST_PICTURE_MS) this.#park(member);
    } else if (member.feeds.length > 1 && waited > KEYFRAME_MS) {
      member.since = this.#deps.clock.now();
      const { ssrc } = member.track;
      this.#deps.reader.switchTo(ssrc, run.segment.source(ssrc), 'now', run.origin);
    }
  }

  /** A segment is wanted, in `ms`; of several wishes the first counts. */
  #want(why: SegmentEnd, ms: number): void {
    if (this.#wanted !== null || this.#stopped !== null) return;
    const { isShared, clock } = this.#deps;
    const soonest = isShared ? this.#openedAt + MIN_SEGMENT_MS - clock.now() : 0;
    const timer = clock.after(Math.max(ms, soonest), () => this.#enqueue(() => this.#next(why)));
    this.#wanted = { why, timer };
  }

  async #next(why: SegmentEnd): Promise<void> {
    this.#wanted = null;
    const members = [...this.#members.values()].filter(isReady);
    const run = members.length === 0 ? null : await this.#open(members);
    if (run === null) return;
    this.#current?.endsFor(why);
    this.#current = run;
    for (const member of members) this.#move(member, run);
  }

  async #open(members: readonly Member[]): Promise<Run | null> {
    const { isShared, nowNs, clock, open, fill } = this.#deps;
    const tracks = members.map(({ track }) => track);
    let run: Run | null = null;
    this.#openedAt = clock.now();
    this.#isOpening = true;
    try {
      const segment = await open(tracks, (text) => this.#onFailure(run, text));
      const origin = isShared ? nowNs() : 'first';
      run = new Run(segment, { tracks, origin, fill, openedAt: clock.now(), isPark: false });
      return run;
    } catch (error) {
      this.#retry((error as Error).message);
      return null;
    } finally {
      this.#isOpening = false;
    }
  }

  #onFailure(run: Run | null, text: string): void {
    if (run !== null) {
      run.endsFor('error');
      run.segment.halt();
      if (this.#age(run) > HEALTHY_MS) this.#retryMs = RETRY_MS.first;
      if (run === this.#current) this.#current = null;
    }
    this.#retry(text);
  }

  #retry(text: string): void {
    this.#deps.report({ type: 'trouble', text });
    this.#want('error', this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS.most);
  }

  /** A run that the track was to go into, and is not in yet, is skipped. */
  #move(member: Member, run: Run): void {
    const { track, feeds } = member;
    const skipped = feeds.length > 1 ? feeds.pop() : undefined;
    const at = run.isPark || feeds[0]?.hasFailed === true ? 'now' : 'keyframe';
    feeds.push(run);
    member.hasBegun = false;
    member.since = this.#deps.clock.now();
    const source = run.segment.source(track.ssrc);
    if (member.isTracked) {
      this.#deps.reader.switchTo(track.ssrc, source, at, run.origin);
    } else {
      const { kind, codec, payloadType, clockRate } = track;
      const fill = kind === 'audio' ? this.#deps.fill : 'none';
      this.#deps.reader.track(track.ssrc, source, { kind, codec, payloadType, clockRate, fill, origin: run.origin });
      member.isTracked = true;
    }
    if (skipped !== undefined) this.#end(skipped, track, null);
  }

  /** Pictures may stand still, and have to begin with a key frame: others must not wait for them. */
  #mayPark({ track, feeds, isLeaving }: Member): boolean {
    return this.#deps.isShared && track.kind === 'video' && !isLeaving && feeds.at(-1)?.isPark === false;
  }

  #park(member: Member): void {
    member.since = this.#deps.clock.now();
    this.#enqueue(async () => {
      if (!this.#mayPark(member)) return;
      const { track } = member;
      const segment = await this.#deps.park(track);
      const rest = { origin: 'first', fill: 'none', openedAt: this.#deps.clock.now(), isPark: true } as const;
      this.#move(member, new Run(segment, { tracks: [track], ...rest }));
    });
  }

  #remove(ssrc: number): void {
    const member = this.#members.get(ssrc);
    if (member === undefined || member.isLeaving) return;
    member.isLeaving = true;
    if (!member.isTracked) {
      this.#forget(member);
      return;
    }
    const stats = (): FeedStats | null => this.#deps.reader.stats().tracks.get(ssrc) ?? null;
    const before = stats();
    if (!this.#deps.reader.untrack(ssrc)) {
      this.#release(member, before);
      return;
    }
    // A reader that hangs gives nothing back.
    member.timer = this.#deps.clock.after(RELEASE_MS, () => this.#release(member, stats() ?? before));
  }

  #release(member: Member, stats: FeedStats | null): void {
    const run = member.feeds.shift();
    if (run !== undefined) this.#end(run, member.track, stats);
    if (member.isLeaving) this.#forget(member);
  }

  /** What it was still to go into gets nothing of it. */
  #forget(member: Member): void {
    member.timer?.cancel();
    for (const run of member.feeds.splice(0)) this.#end(run, member.track, null);
    this.#members.delete(member.track.ssrc);
    if (this.#members.size === 0) this.#onEmpty();
  }

  #end(run: Run, track: RecordedTrack, stats: FeedStats | null): void {
    run.endTrack(track, stats);
    if (!run.isOver) return;
    if (run === this.#current) this.#current = null;
    const closed = this.#close(run).finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }

  async #close(run: Run): Promise<void> {
    try {
      const told = await run.close();
      if (told !== null) this.#deps.report(told);
    } catch (error) {
      this.#deps.report({ type: 'trouble', text: (error as Error).message });
    }
  }

  #enqueue(task: () => Promise<void> | void): void {
    this.#queue.run(task).catch((error: unknown) => {
      if (!(error instanceof ClosedError)) this.#deps.report({ type: 'trouble', text: (error as Error).message });
    });
  }
}

/** It is not leaving, and if it is parked, its first picture has come. */
const isReady = ({ feeds, isLeaving, hasBegun }: Member): boolean =>
  !isLeaving && (feeds.at(-1)?.isPark !== true || hasBegun);
