import type { TapStats } from '../../media/types.ts';
import type { Event } from '../manifest/entries.ts';
import { addFoundFiles, closeSegments, type ClosedSegment } from '../manifest/complete.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { ManifestStore } from '../manifest/store.ts';
import type { Prober } from '../probe.ts';
import { identityOf } from '../process-identity.ts';
import type { FromRecorder } from '../protocol.ts';
import type { TrackFacts } from '../types.ts';

export interface JournalOptions {
  /** Of the recording; empty. */
  readonly directory: string;
  readonly probe: Prober;
  /** ms since 1970. */
  readonly wallMs: () => number;
  /** The disk fails: gets what it says, once until something could be written again. */
  readonly onDiskError: (text: string) => void;
  /** A segment whose recorder has gone is closed. */
  readonly onAbandonedClosed: (segment: ClosedSegment) => void;
}

type SegmentOpened = Extract<FromRecorder, { type: 'segment-opened' }>;
type SegmentClosed = Extract<FromRecorder, { type: 'segment-closed' }>;

/** A recorder that complains without end does not fill the disk with it. */
const MAX_TROUBLES = 1_000;
/** Overflow is written down so often at most. */
const OVERFLOW_MS = 10_000;
/** A process that was killed may have used numbers without a word; the next one begins so far behind. */
const NUMBER_STEP = 1_000;

/** What is written down of one recording while it runs. Everything is on the disk a moment later. */
export class Journal {
  readonly #options: JournalOptions;
  readonly #store: ManifestStore;
  readonly #open = new Map<number, SegmentOpened>();
  /** What is being read from the files of segments that nobody closed. */
  #closing: Promise<void> = Promise.resolve();
  #segments = 0;
  #highest = 0;
  #troubles = 0;
  #overflow = { packets: 0, bytes: 0 };
  #overflowAt = -Infinity;
  /** What kept the last entries from the disk. */
  #diskError: string | null = null;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#store = ManifestStore.create(options.directory);
  }

  get manifest(): Manifest {
    return this.#store.manifest;
  }

  /** Those that were closed. */
  get segments(): number {
    return this.#segments;
  }

  add(event: Event): void {
    this.#store.add(this.#options.wallMs(), event);
    void this.#settle();
  }

  /** @param pid undefined where it could not be started */
  recorderBegan(pid: number | undefined): void {
    const process = pid === undefined ? null : identityOf(pid);
    const text = `process ${String(pid)}`;
    this.add({ type: 'recorder', what: 'began', text, ...(process !== null && { process }) });
  }

  /** False where it is not written down any more: there were too many. */
  trouble(text: string): boolean {
    this.#troubles += 1;
    if (this.#troubles > MAX_TROUBLES) return false;
    this.add({ type: 'recorder', what: 'trouble', text });
    return true;
  }

  /** False where the number is none that could be. */
  segmentOpened(message: SegmentOpened): boolean {
    const { segment, originMs, files, tracks } = message;
    if (!Number.isSafeInteger(segment) || this.#open.has(segment)) return false;
    this.#open.set(segment, message);
    this.#highest = Math.max(this.#highest, segment);
    this.add({ type: 'segment-opened', segment, originMs, files, tracks });
    return true;
  }

  /** The length of the segment, ms; null where it was not open. */
  segmentClosed({ segment, why, files, tracks }: SegmentClosed): number | null {
    const opened = this.#open.get(segment);
    if (opened === undefined) return null;
    this.#open.delete(segment);
    this.#segments += 1;
    this.add({ type: 'segment-closed', segment, why, files, tracks });
    return Math.max(0, ...tracks.map((track) => endOf(track) - opened.originMs));
  }

  /**
   * Writes down what a tap has dropped since the last time. Returns the number of packets, 0 where it is not the time.
   *
   * @param isLast it is the last time for this tap
   */
  overflow({ overflowPackets, overflowBytes }: TapStats, isLast: boolean): number {
    const now = this.#options.wallMs();
    const packets = overflowPackets - this.#overflow.packets;
    const bytes = overflowBytes - this.#overflow.bytes;
    const isDue = isLast || now - this.#overflowAt >= OVERFLOW_MS;
    if (packets > 0 && isDue) {
      this.add({ type: 'overflow', packets, bytes });
      this.#overflow = { packets: overflowPackets, bytes: overflowBytes };
      this.#overflowAt = now;
    }
    if (isLast) this.#overflow = { packets: 0, bytes: 0 };
    return isDue ? packets : 0;
  }

  /** The recorder's process has gone: closes what it left open, beside everything else. Returns the next segment's number. */
  abandoned(): number {
    const left = [...this.#open.values()];
    this.#open.clear();
    const { wallMs, probe, onAbandonedClosed } = this.#options;
    const onClosed = (segment: ClosedSegment): void => {
      this.#segments += 1;
      onAbandonedClosed(segment);
    };
    this.#closing = this.#closing
      .then(() => closeSegments(left, this.#store, wallMs, probe, onClosed))
      .catch((error: unknown) => this.#failed(error))
      .then(() => this.#settle());
    return (Math.floor(this.#highest / NUMBER_STEP) + 1) * NUMBER_STEP + 1;
  }

  /**
   * The last entry. No recorder's process is there any more. Resolves when everything is on the disk, with null; or with
   * what keeps it from there.
   */
  async finish(text: string): Promise<string | null> {
    const { wallMs, probe } = this.#options;
    this.abandoned();
    await this.#closing;
    await addFoundFiles(this.#store, wallMs, probe).catch((error: unknown) => this.#failed(error));
    this.add({ type: 'finished', interrupted: false, text });
    await this.#settle();
    return this.#diskError;
  }

  async #settle(): Promise<void> {
    try {
      await this.#store.settled();
      this.#diskError = null;
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const wasWell = this.#diskError === null;
    this.#diskError = `the disk failed: ${error instanceof Error ? error.message : String(error)}`;
    if (wasWell) this.#options.onDiskError(this.#diskError);
  }
}

const endOf = ({ startMs, durationMs }: TrackFacts): number => (startMs ?? 0) + durationMs;
