import type { Clock } from '../../base/clock.ts';
import { structureOf } from '../gst-structure.ts';
import { newFilePath } from '../location.ts';
import { parsePipelineFile, type PipelineFile } from '../pipeline-file/pipeline-file.ts';
import { checkedSettings, type ValueContext } from '../pipeline-file/values.ts';
import type { FromRecorder, ToRecorder } from '../protocol.ts';
import type { RecordedTrack } from '../types.ts';
import { build } from './build.ts';
import { RateLimit } from './rate-limit.ts';
import type { Reader } from './reader.ts';
import { GstSegment, type Segment } from './segment.ts';
import { Take, type TakeDeps } from './take.ts';

export type StartMessage = Extract<ToRecorder, { type: 'start' }>;

export interface RecorderDeps {
  readonly reader: Reader;
  readonly clock: Clock;
  readonly report: (message: FromRecorder) => void;
}

/** Where a track's packets go while they cannot be recorded. */
const PARK = parsePipelineFile(
  'park',
  '# name: park\n# scope: track\n# kinds: audio, video\nappsrc name=track ! fakesink sync=false async=false',
);

const MEASUREMENTS_PER_SECOND = 200;
const TROUBLES_PER_SECOND = 5;

/** One recording, in its process: tracks come and go, takes make segments of them, facts are reported. */
export class Recorder {
  readonly #deps: RecorderDeps;
  readonly #start: StartMessage;
  readonly #file: PipelineFile;
  readonly #settings: ReadonlyMap<string, string | number>;
  readonly #takes = new Map<number, Take>();
  readonly #stopping = new Set<Promise<void>>();
  readonly #measurements = new RateLimit(MEASUREMENTS_PER_SECOND);
  readonly #troubles = new RateLimit(TROUBLES_PER_SECOND);
  #shared: Take | null = null;
  #segment: number;
  #isStopping = false;

  /** Throws a `PipelineFileError`, or a RangeError for a setting. */
  constructor(start: StartMessage, deps: RecorderDeps) {
    this.#start = start;
    this.#deps = deps;
    this.#file = parsePipelineFile(start.pipeline.name, start.pipeline.text);
    this.#settings = checkedSettings(this.#file.settings, start.settings);
    this.#segment = start.firstSegment;
  }

  /** One that comes when all of them stop gets no segment: nobody would close it. */
  track(track: RecordedTrack): void {
    const { ssrc, codec } = track;
    if (this.#isStopping) return;
    if (this.#takes.has(ssrc)) {
      this.#trouble(`the track ${ssrc} is here already`);
      return;
    }
    if (!this.#file.branches.has(codec)) {
      this.#deps.report({ type: 'skipped', ssrc, text: `${this.#file.name} has nothing for ${codec}` });
      return;
    }
    const take = this.#file.scope === 'track' ? this.#newTake() : (this.#shared ??= this.#newTake());
    this.#takes.set(ssrc, take);
    take.add(track);
  }

  untrack(ssrc: number): void {
    const take = this.#takes.get(ssrc);
    if (take === undefined) return;
    if (take === this.#shared) {
      take.remove(ssrc);
      return;
    }
    // The reader's last word about the track comes before it has stopped.
    const stopping = take.stop('ended').finally(() => {
      this.#takes.delete(ssrc);
      this.#stopping.delete(stopping);
    });
    this.#stopping.add(stopping);
  }

  /** Resolves when every file is closed and reported. Once. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const stopping = [...this.#stopping];
    const takes = new Set(this.#takes.values());
    await Promise.all([...stopping, ...[...takes].map((take) => take.stop('stopped'))]);
  }

  /** The take that a track is in, for what the reader tells. */
  takeOf(ssrc: number): Take | undefined {
    return this.#takes.get(ssrc);
  }

  /** To be called several times a second. */
  tick(): void {
    for (const take of new Set(this.#takes.values())) take.tick();
  }

  #newTake(): Take {
    const { reader, clock, report } = this.#deps;
    const deps: TakeDeps = {
      reader,
      clock,
      report: (message) => (message.type === 'trouble' ? this.#trouble(message.text) : report(message)),
      limits: this.#start.limits,
      fill: this.#file.fill,
      isShared: this.#file.scope === 'conversation',
      open: (tracks, onFailure) => this.#open(this.#file, tracks, onFailure),
      park: (track) => this.#open(PARK, [track], (text) => this.#trouble(text)),
      nowNs: () => reader.stats().newestUnixNs ?? BigInt(Math.round(this.#start.startedMs * 1e6)),
    };
    return new Take(deps);
  }

  async #open(
    file: PipelineFile,
    tracks: readonly RecordedTrack[],
    onFailure: (text: string) => void,
  ): Promise<Segment> {
    const number = this.#segment;
    this.#segment += 1;
    const { directory, recording, conversation, startedMs } = this.#start;
    const settings = this.#settings;
    const context: ValueContext = { recording, conversation, startedMs, segment: number, tracks, settings };
    const built = build(file, context, (name) => newFilePath(directory, name));
    const ssrcs = tracks.map(({ ssrc }) => ssrc);
    const segment = new GstSegment(number, directory, built, ssrcs, {
      onFailure,
      onMessage: (structure) => this.#measured(structure, ssrcs),
      onWarning: (text) => this.#trouble(text),
    });
    try {
      await segment.start();
      return segment;
    } catch (error) {
      await segment.finish();
      await segment.removeFiles();
      throw error;
    }
  }

  #measured(text: string, ssrcs: readonly number[]): void {
    const structure = structureOf(text);
    if (structure === null || !this.#file.messages.includes(structure.name)) return;
    if (!this.#measurements.allows(this.#deps.clock.now())) return;
    const ssrc = ssrcs.length === 1 ? (ssrcs[0] ?? null) : null;
    this.#deps.report({ type: 'measurement', ssrc, ...structure });
  }

  #trouble(text: string): void {
    if (this.#troubles.allows(this.#deps.clock.now()))
      this.#deps.report({ type: 'trouble', text: text.slice(0, 2000) });
  }
}
