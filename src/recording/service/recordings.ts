import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import { ServiceError } from '../../base/errors.ts';
import type { ConversationId } from '../../base/ids.ts';
import type { MediaPlane } from '../../media/types.ts';
import { mayStart } from '../disk-reserve.ts';
import { onDisk } from '../disk-turns.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { recordingName, safeName } from '../names.ts';
import type { Prober } from '../probe.ts';
import { probeInChild } from '../prober.ts';
import type { SegmentLimits } from '../protocol.ts';
import { Archive, type Archived } from './archive.ts';
import { checkPipelines } from './check.ts';
import { completeInterrupted } from './interrupted.ts';
import { Journal } from './journal.ts';
import {
  pipelineNamed,
  settingsFor,
  shownSettings,
  type Pipeline,
  type Pipelines,
  type SettingValues,
} from './pipelines.ts';
import { Recording } from './recording.ts';
import type { RecordingSummary } from './summary.ts';
import type { Conversations, RecordingName, RecordingReports } from './types.ts';

export interface RecordingsOptions {
  /** Of all recordings; made when it is needed. */
  readonly directory: string;
  readonly pipelines: Pipelines;
  /** Recordings that may run at once. */
  readonly maxTaps: number;
  /** What may wait for one recorder, bytes. */
  readonly tapBytes: number;
  /** Bytes that must be free where one is to begin. */
  readonly diskReserve: number;
  readonly limits: SegmentLimits;
  readonly plane: Pick<MediaPlane, 'openTap'>;
  readonly conversations: Conversations;
  readonly clock: Clock;
  /** ms since 1970. */
  readonly wallMs: () => number;
  readonly reports: RecordingReports;
  readonly onFault: (error: unknown) => void;
  /** What the system has too little of for another one; by default it is not asked. */
  readonly shortOf?: () => string | null;
  /** The built program of a recorder; by default our own. */
  readonly program?: string;
  /** The built program that looks into files; by default our own. */
  readonly probeProgram?: string;
}

/** What is asked for. */
export interface Wish {
  /** The name of a pipeline. */
  readonly pipeline: string;
  /** Values of its settings; those that are left out have their defaults. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Who asks, for the manifest. */
  readonly requestedBy: string;
}

export type RecordingsEvents = {
  /** Whether a conversation is recorded has changed. */
  changed: [conversation: ConversationId];
};

/** The built program: `src/` is not for running. */
const PROGRAM = fileURLToPath(new URL('../child/main.js', import.meta.url));
/** Where recorders live; begins with a dot, so it is no conversation's. */
const SCRATCH = '.recorder';
/** Recordings that have ended and are listed; and as many at most are kept whose disk has failed. */
const MAX_ENDED = 100;
const RETRY_AFTER_SECONDS = 30;

/** All recordings of this process. */
export class Recordings {
  readonly events: Emitter<RecordingsEvents>;
  readonly #options: RecordingsOptions;
  readonly #recordings = new Map<string, Recording>();
  readonly #archive: Archive;
  /** Those that are about to begin. */
  #beginning = 0;
  #overflowPackets = 0;
  #isClosed = false;

  constructor(options: RecordingsOptions) {
    this.#options = options;
    this.events = new Emitter(options.onFault);
    this.#archive = new Archive(options.directory);
  }

  /** Those that run, and of those that have ended, in this process or before, the last; oldest first. */
  async list(): Promise<readonly RecordingSummary[]> {
    // As they are now: one that ends meanwhile is read from the disk only by whoever asks later.
    const own = this.#own.map(({ summary }) => summary);
    const ids = new Set(own.map(({ id }) => id));
    const before = await this.#archive.list(MAX_ENDED, (id) => ids.has(id));
    const running = own.filter(({ state }) => state !== 'ended');
    const ended = own.filter(({ state }) => state === 'ended');
    return [...[...before, ...ended].slice(-MAX_ENDED), ...running];
  }

  /** Null where there is none of this id. Rejects with a ServiceError `recording-damaged`. */
  async get(id: string): Promise<Archived | null> {
    return this.#recordings.get(id) ?? (await this.#archive.get(id));
  }

  /** One that goes on in a conversation and was asked for by this. */
  running(conversation: ConversationId, requestedBy: string): Recording | null {
    const isIt = (each: Recording): boolean =>
      each.name.conversation === conversation && each.requestedBy === requestedBy;
    return this.#own.find((each) => each.isHearing && isIt(each)) ?? null;
  }

  /** Those that go on. */
  get size(): number {
    return this.#running.length;
  }

  /** What recorders did not take in time, since the start. */
  get overflowPackets(): number {
    return this.#overflowPackets;
  }

  isRecorded(conversation: ConversationId): boolean {
    return this.#own.some(({ name, isHearing }) => name.conversation === conversation && isHearing);
  }

  /**
   * Has GStreamer look at every pipeline file, and at what is going to be asked for. Rejects with a ServiceError: of
   * `pipelines`, or as `start`.
   */
  async checkPipelines(wishes: readonly Wish[]): Promise<void> {
    const files = [...this.#options.pipelines.values()].map(({ name, text }) => ({ name, text }));
    const wished = wishes.map((wish) => {
      const pipeline = pipelineNamed(this.#options.pipelines, wish.pipeline);
      return { name: pipeline.name, text: pipeline.text, settings: settingsFor(pipeline, wish.settings) };
    });
    // A service that may write nowhere can record nothing, but it can do all the rest.
    const own = await this.#scratch().catch(() => null);
    const scratch = own ?? (await mkdtemp(join(tmpdir(), 'pipelines-')));
    try {
      await checkPipelines([...files, ...wished], { program: this.#program, scratch });
    } finally {
      if (own === null) await rm(scratch, { recursive: true, force: true });
    }
  }

  /** Ends what an earlier process has left. Resolves when it is done, with how many there were. */
  completeInterrupted(): Promise<number> {
    const { directory, clock, wallMs, reports, onFault } = this.#options;
    return completeInterrupted({
      directory,
      clock,
      wallMs,
      onFault,
      probe: async (...args) => this.#prober(await this.#scratch())(...args),
      isRunning: (path) => this.#own.some(({ directory: own }) => own === path),
      onSegmentClosed: (manifest, { segment, durationMs, files }) =>
        reports.segmentClosed(nameOf(manifest), segment, durationMs, files),
      onCompleted: (manifest) => reports.recordingFinished(nameOf(manifest), manifest.segments.length, true),
    });
  }

  /**
   * Resolves when the recorder has taken the pipeline; it has heard the conversation from the beginning of the call.
   * Rejects with a ServiceError `recording-…`.
   */
  async start(
    conversation: ConversationId,
    { pipeline: name, settings: given, requestedBy }: Wish,
  ): Promise<Recording> {
    const pipeline = pipelineNamed(this.#options.pipelines, name);
    const settings = settingsFor(pipeline, given);
    if (this.#options.conversations.membersOf(conversation).length === 0) throw new ServiceError('recording-nobody');
    this.#checkLimit();
    this.#beginning += 1;
    let recording: Recording;
    try {
      recording = await this.#open(conversation, pipeline, settings, requestedBy);
    } finally {
      this.#beginning -= 1;
    }
    const refusal = await recording.ready;
    if (refusal !== null) throw new ServiceError('recording-refused', { detail: refusal });
    return recording;
  }

  /**
   * Stops a recording and resolves with its manifest when every file is closed; with that of one that has ended, at once;
   * null where there is none of this id. Nothing is deleted. Rejects with a ServiceError `recording-damaged`.
   */
  async stop(id: string, reason: string): Promise<Manifest | null> {
    const recording = this.#recordings.get(id);
    if (recording === undefined) return (await this.#archive.get(id))?.manifest ?? null;
    const stopped = recording.stop(reason);
    this.events.emit('changed', recording.name.conversation);
    await stopped;
    return recording.manifest;
  }

  /** Stops every recording of a conversation. Resolves when every file is closed. */
  async stopIn(conversation: ConversationId, reason: string): Promise<void> {
    const stopped = this.#runningIn(conversation).map((recording) => recording.stop(reason));
    if (stopped.length > 0) this.events.emit('changed', conversation);
    await Promise.all(stopped);
  }

  /** Its first member comes in. */
  conversationOpened(conversation: ConversationId): void {
    for (const recording of this.#runningIn(conversation)) recording.conversationOpened();
  }

  /** Its last member has left. */
  conversationEnded(conversation: ConversationId): void {
    for (const recording of this.#runningIn(conversation)) recording.conversationEnded();
  }

  /** Stops every recording; none begins any more. Resolves when every file is closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#running.map((recording) => recording.stop('the service ended')));
  }

  /** Oldest first. */
  get #own(): readonly Recording[] {
    return [...this.#recordings.values()];
  }

  #runningIn(conversation: ConversationId): readonly Recording[] {
    return this.#running.filter(({ name }) => name.conversation === conversation);
  }

  get #running(): readonly Recording[] {
    return this.#own.filter(({ state }) => state !== 'ended');
  }

  async #open(
    conversation: ConversationId,
    pipeline: Pipeline,
    settings: SettingValues,
    requestedBy: string,
  ): Promise<Recording> {
    const { directory: root, wallMs, limits, plane, tapBytes, conversations, clock, reports, onFault } = this.#options;
    const scratch = await this.#scratch();
    if (!mayStart(await onDisk(() => statfs(root)), this.#options.diskReserve))
      throw new ServiceError('recording-disk');
    const startedMs = wallMs();
    const id = randomUUID();
    const directory = join(root, safeName(conversation), recordingName(startedMs, id));
    await onDisk(() => mkdir(directory, { recursive: true, mode: 0o750 }));
    if (this.#isClosed) throw new ServiceError('draining');
    try {
      const name = { recording: id, conversation };
      const onDiskError = (text: string): void => reports.recordingTrouble(name, text);
      const recording = new Recording({
        name,
        pipeline: { name: pipeline.name, text: pipeline.text },
        settings,
        shownSettings: shownSettings(pipeline, settings),
        requestedBy,
        startedMs,
        directory,
        limits,
        program: this.#program,
        scratch,
        journal: new Journal({
          directory,
          probe: this.#prober(scratch),
          wallMs,
          onDiskError,
          onAbandonedClosed: ({ segment, durationMs, files }) =>
            reports.segmentClosed(name, segment, durationMs, files),
        }),
        openTap: () => plane.openTap({ maxBytes: tapBytes }),
        listen: (listener) => conversations.listen(conversation, listener),
        clock,
        reports,
        onOverflow: (packets) => (this.#overflowPackets += packets),
        onFault,
      });
      this.#add(recording, pipeline.name, requestedBy);
      return recording;
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  #add(recording: Recording, pipeline: string, requestedBy: string): void {
    const { name } = recording;
    this.#recordings.set(name.recording, recording);
    this.#archive.add(name.recording, recording.directory);
    this.#options.reports.recordingStarted(name, pipeline, requestedBy);
    this.events.emit('changed', name.conversation);
    void recording.ended.then(() => {
      this.events.emit('changed', name.conversation);
      void this.#letGo(recording);
    });
  }

  /** One that has ended is read from the disk, where it is asked for; one that the disk has not whole is kept. */
  async #letGo({ name }: Recording): Promise<void> {
    const onTheDisk = await this.#archive.get(name.recording).catch(() => null);
    if (onTheDisk?.summary.state === 'ended') this.#recordings.delete(name.recording);
    const kept = this.#own.filter(({ state }) => state === 'ended');
    for (const each of kept.slice(0, -MAX_ENDED)) this.#recordings.delete(each.name.recording);
  }

  #checkLimit(): void {
    if (this.#isClosed) throw new ServiceError('draining');
    if (this.#running.length + this.#beginning >= this.#options.maxTaps) {
      throw new ServiceError('recording-limit', { detail: 'MAX_TAPS', retryAfter: RETRY_AFTER_SECONDS });
    }
    const short = this.#options.shortOf?.() ?? null;
    if (short !== null) throw new ServiceError('recording-limit', { detail: short, retryAfter: RETRY_AFTER_SECONDS });
  }

  get #program(): string {
    return this.#options.program ?? PROGRAM;
  }

  #prober(scratch: string): Prober {
    return probeInChild(scratch, this.#options.probeProgram);
  }

  async #scratch(): Promise<string> {
    const scratch = join(this.#options.directory, SCRATCH);
    await onDisk(() => mkdir(scratch, { recursive: true, mode: 0o700 }));
    return scratch;
  }
}

const nameOf = ({ recording, conversation }: Manifest): RecordingName => ({
  recording,
  conversation: conversation as ConversationId,
});
