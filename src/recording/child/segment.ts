import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BusMessage, GstObject } from 'node-gst';
import { fileFacts } from '../file-facts.ts';
import type { FileFacts } from '../types.ts';
import type { BuiltPipeline } from './build.ts';
import { mendDurationVoid } from './duration-void.ts';
import { Latch } from './latch.ts';

/** A pipeline that takes the packets of some tracks, for a while. */
export interface Segment {
  readonly number: number;
  /** Names, in the directory of the recording. */
  readonly files: readonly string[];
  source(ssrc: number): GstObject;
  /** This track has had its last packet. */
  endTrack(ssrc: number): void;
  /** Of its files, so far. */
  bytes(): number;
  /** Takes nothing more, at once. */
  halt(): void;
  /** Closes the files when every track has ended, at the latest after some seconds. Never rejects. */
  finish(): Promise<void>;
  /** What the files are, when it has finished. */
  fileFacts(): Promise<FileFacts[]>;
  removeFiles(): Promise<void>;
}

export interface SegmentEvents {
  /** The pipeline takes no more, or writes no more, by itself. At most once, and not after `halt()` or `finish()`. */
  readonly onFailure: (text: string) => void;
  /** An element posted a message: a GstStructure as text. */
  readonly onMessage: (structure: string) => void;
  /** Something that does no harm. */
  readonly onWarning: (text: string) => void;
}

/** What the appsrcs may take to be ready for packets: a file has to be opened for it. */
const START_MS = 5_000;
/** What a pipeline may take to write its last data; then it is ended as it is. */
const END_MS = 3_000;
/** What its threads may take to end; then they are left alone, and end with the process. */
const NULL_MS = 3_000;

export class GstSegment implements Segment {
  static #hanging = 0;
  /** A thread of GStreamer will not end: this process cannot exit, it can only be killed. */
  static get isHanging(): boolean {
    return GstSegment.#hanging > 0;
  }

  readonly number: number;
  readonly files: readonly string[];
  readonly #directory: string;
  readonly #pipeline: GstObject;
  readonly #sources: ReadonlyMap<number, GstObject>;
  readonly #events: SegmentEvents;
  readonly #notReady: Set<string>;
  readonly #notEnded: Set<number>;
  readonly #ready = new Latch();
  readonly #over = new Latch();
  #state: 'starting' | 'running' | 'ended' = 'starting';
  #failure: string | null = null;
  #nulled: Promise<unknown> | null = null;

  /** @param ssrcs in the order of the pipeline's sources */
  constructor(
    number: number,
    directory: string,
    { pipeline, sources, files }: BuiltPipeline,
    ssrcs: readonly number[],
    events: SegmentEvents,
  ) {
    this.number = number;
    this.files = files;
    this.#directory = directory;
    this.#pipeline = pipeline;
    this.#sources = new Map(sources.map((source, index) => [ssrcs[index] ?? 0, source]));
    this.#events = events;
    this.#notReady = new Set(sources.map(({ name }) => name));
    this.#notEnded = new Set(ssrcs);
    pipeline.onBus((message) => this.#onMessage(message), ['state-changed', 'error', 'eos', 'warning', 'element']);
  }

  /** Resolves when packets may come; rejects with GStreamer's words, and is to be finished then, too. */
  async start(): Promise<void> {
    // It may wait for the first packet. What goes wrong is told on the bus, with more words.
    this.#pipeline.setState('PLAYING').catch((error: unknown) => this.#fail((error as Error).message));
    const ready = await this.#ready.within(START_MS);
    if (this.#failure !== null) throw new Error(this.#failure);
    if (!ready) throw new Error(`the pipeline is not ready after ${START_MS / 1000} s`);
    this.#state = 'running';
  }

  source(ssrc: number): GstObject {
    const source = this.#sources.get(ssrc);
    if (source === undefined) throw new Error(`segment ${this.number} has no track ${ssrc}`);
    return source;
  }

  endTrack(ssrc: number): void {
    if (!this.#notEnded.delete(ssrc) || this.#nulled !== null) return;
    this.source(ssrc).emit('end-of-stream');
  }

  bytes(): number {
    return this.files.reduce((sum, name) => sum + sizeOf(join(this.#directory, name)), 0);
  }

  halt(): void {
    this.#state = 'ended';
    this.#over.open();
    // An appsrc that flushes refuses packets instead of keeping them.
    this.#nulled ??= this.#pipeline.setState('NULL').catch(() => undefined);
  }

  async finish(): Promise<void> {
    for (const ssrc of [...this.#notEnded]) this.endTrack(ssrc);
    if (this.#nulled === null && !(await this.#over.within(END_MS))) {
      this.#events.onWarning(`segment ${this.number} did not end within ${END_MS / 1000} s`);
    }
    this.halt();
    const nulled = new Latch();
    void this.#nulled?.then(() => nulled.open());
    if (!(await nulled.within(NULL_MS))) {
      GstSegment.#hanging += 1;
      void this.#nulled?.then(() => (GstSegment.#hanging -= 1));
      this.#events.onWarning(`segment ${this.number} hangs: it is left alone`);
      return;
    }
    for (const source of this.#sources.values()) source.dispose();
    this.#pipeline.dispose();
    await Promise.all(this.files.map((name) => this.#mend(name)));
  }

  fileFacts(): Promise<FileFacts[]> {
    return Promise.all(this.files.map((name) => fileFacts(join(this.#directory, name))));
  }

  async removeFiles(): Promise<void> {
    await Promise.all(this.files.map((name) => rm(join(this.#directory, name), { force: true })));
  }

  async #mend(name: string): Promise<void> {
    try {
      await mendDurationVoid(join(this.#directory, name));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') this.#events.onWarning(`${name} was not looked at again: ${message}`);
    }
  }

  #onMessage({ type, source, text }: BusMessage): void {
    switch (type) {
      case 'state-changed':
        if (text.includes('new-state=(GstState)paused') && this.#notReady.delete(source)) this.#checkReady();
        return;
      case 'error':
        this.#fail(`${source}: ${text}`);
        return;
      case 'eos':
        this.#over.open();
        if (this.#notEnded.size > 0) this.#fail('the pipeline ended by itself');
        return;
      case 'warning':
        this.#events.onWarning(`${source}: ${text}`);
        return;
      case 'element':
        this.#events.onMessage(text);
        return;
      default:
    }
  }

  #checkReady(): void {
    if (this.#notReady.size === 0) this.#ready.open();
  }

  #fail(text: string): void {
    if (this.#state === 'ended' || this.#failure !== null) return;
    this.#failure = text;
    this.#over.open();
    this.#ready.open();
    if (this.#state === 'running') this.#events.onFailure(text);
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
