import { randomUUID } from 'node:crypto';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import { ServiceError } from '../../base/errors.ts';
import type { ConversationId } from '../../base/ids.ts';
import type { MediaPlane } from '../../media/types.ts';
import { mayStart } from '../disk-reserve.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { recordingName, safeName } from '../names.ts';
import { probeInChild } from '../prober.ts';
import type { PipelineText, SegmentLimits } from '../protocol.ts';
import { completeInterrupted } from './interrupted.ts';
import { Journal } from './journal.ts';
import { Recording } from './recording.ts';
import type { Conversations, RecordingReports } from './types.ts';

export interface RecordingsOptions {
  /** Of all recordings; made when it is needed. */
  readonly directory: string;
  readonly pipelines: ReadonlyMap<string, PipelineText>;
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
  /** The built program of a recorder; by default our own. */
  readonly program?: string;
}

export type RecordingsEvents = {
  /** Whether a conversation is recorded has changed. */
  changed: [conversation: ConversationId];
};

/** The built program: `src/` is not for running. */
const PROGRAM = fileURLToPath(new URL('../child/main.js', import.meta.url));
/** Where recorders live; begins with a dot, so it is no conversation's. */
const SCRATCH = '.recorder';
/** Recordings that have ended and can still be asked for. */
const MAX_ENDED = 100;
const RETRY_AFTER_SECONDS = 30;

/** All recordings of this process. */
export class Recordings {
  readonly events: Emitter<RecordingsEvents>;
  readonly #options: RecordingsOptions;
  readonly #recordings = new Map<string, Recording>();
  /** Those that are about to begin. */
  #beginning = 0;
  #isClosed = false;

  constructor(options: RecordingsOptions) {
    this.#options = options;
    this.events = new Emitter(options.onFault);
  }

  /** Those that run, and the last that have ended; oldest first. */
  get list(): readonly Recording[] {
    return [...this.#recordings.values()];
  }

  get(id: string): Recording | null {
    return this.#recordings.get(id) ?? null;
  }

  isRecorded(conversation: ConversationId): boolean {
    return this.list.some(({ name, isHearing }) => name.conversation === conversation && isHearing);
  }

  /** Ends what an earlier process has left. Resolves when it is done, with how many there were. */
  completeInterrupted(): Promise<number> {
    const { directory, wallMs, onFault } = this.#options;
    return completeInterrupted({
      directory,
      wallMs,
      onFault,
      probe: async (...args) => probeInChild(await this.#scratch())(...args),
      isRunning: (path) => this.list.some(({ directory: own }) => own === path),
    });
  }

  /**
   * Resolves when the recorder has taken the pipeline; it has heard the conversation from the beginning of the call.
   * Rejects with a ServiceError `recording-…`.
   *
   * @param requestedBy for the manifest
   */
  async start(conversation: ConversationId, pipelineName: string, requestedBy: string): Promise<Recording> {
    const pipeline = this.#options.pipelines.get(pipelineName);
    if (pipeline === undefined)
      throw new ServiceError('recording-pipeline', { detail: [...this.#options.pipelines.keys()].join(', ') });
    if (this.#options.conversations.membersOf(conversation).length === 0) throw new ServiceError('recording-nobody');
    this.#checkLimit();
    this.#beginning += 1;
    let recording: Recording;
    try {
      recording = await this.#open(conversation, pipeline, requestedBy);
    } finally {
      this.#beginning -= 1;
    }
    const refusal = await recording.ready;
    if (refusal !== null) throw new ServiceError('recording-refused', { detail: refusal });
    return recording;
  }

  /** Stops a recording and resolves with its manifest when every file is closed; null where there is none of this id. */
  async stop(id: string, reason: string): Promise<Manifest | null> {
    const recording = this.get(id);
    if (recording === null) return null;
    const stopped = recording.stop(reason);
    this.events.emit('changed', recording.name.conversation);
    await stopped;
    return recording.manifest;
  }

  /** Its last member has left. */
  conversationEnded(conversation: ConversationId): void {
    for (const recording of this.#running) {
      if (recording.name.conversation === conversation) void recording.stop('the conversation ended');
    }
    this.events.emit('changed', conversation);
  }

  /** Stops every recording; none begins any more. Resolves when every file is closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#running.map((recording) => recording.stop('the service ended')));
  }

  get #running(): readonly Recording[] {
    return this.list.filter(({ state }) => state !== 'ended');
  }

  async #open(conversation: ConversationId, pipeline: PipelineText, requestedBy: string): Promise<Recording> {
    const { directory: root, wallMs, limits, plane, tapBytes, conversations, clock, reports, onFault } = this.#options;
    const scratch = await this.#scratch();
    if (!mayStart(await statfs(root), this.#options.diskReserve)) throw new ServiceError('recording-disk');
    const startedMs = wallMs();
    const id = randomUUID();
    const directory = join(root, safeName(conversation), recordingName(startedMs, id));
    await mkdir(directory, { recursive: true, mode: 0o750 });
    if (this.#isClosed) throw new ServiceError('draining');
    try {
      const recording = new Recording({
        name: { recording: id, conversation },
        pipeline,
        requestedBy,
        startedMs,
        directory,
        limits,
        program: this.#options.program ?? PROGRAM,
        scratch,
        journal: new Journal({ directory, probe: probeInChild(scratch), wallMs, onFault }),
        openTap: () => plane.openTap({ maxBytes: tapBytes }),
        listen: (listener) => conversations.listen(conversation, listener),
        clock,
        reports,
        onFault,
      });
      this.#add(recording, pipeline, requestedBy);
      return recording;
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  #add(recording: Recording, pipeline: PipelineText, requestedBy: string): void {
    const { name } = recording;
    this.#recordings.set(name.recording, recording);
    this.#options.reports.recordingStarted(name, pipeline.name, requestedBy);
    this.events.emit('changed', name.conversation);
    void recording.ended.then(() => {
      this.events.emit('changed', name.conversation);
      const ended = this.list.filter(({ state }) => state === 'ended');
      for (const each of ended.slice(0, -MAX_ENDED)) this.#recordings.delete(each.name.recording);
    });
  }

  #checkLimit(): void {
    if (this.#isClosed) throw new ServiceError('draining');
    if (this.#running.length + this.#beginning >= this.#options.maxTaps) {
      throw new ServiceError('recording-limit', { detail: 'MAX_TAPS', retryAfter: RETRY_AFTER_SECONDS });
    }
  }

  async #scratch(): Promise<string> {
    const scratch = join(this.#options.directory, SCRATCH);
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    return scratch;
  }
}
