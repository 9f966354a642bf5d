import type { Clock, Timer } from '../../base/clock.ts';
import type { Listener, Member } from '../../conversation/types.ts';
import type { MediaTap, TapSlot, Track } from '../../media/types.ts';
import type { ShownSettings } from '../manifest/entries.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { FromRecorder, PipelineText, SegmentLimits, ToRecorder } from '../protocol.ts';
import type { Journal } from './journal.ts';
import type { SettingValues } from './pipelines.ts';
import { RecorderProcess, type ProcessEnd } from './process.ts';
import { summaryOf, type RecordingSummary } from './summary.ts';
import { Tracks } from './tracks.ts';
import type { RecordingName, RecordingReports } from './types.ts';

export interface RecordingOptions {
  readonly name: RecordingName;
  readonly pipeline: PipelineText;
  readonly settings: SettingValues;
  /** For the manifest. */
  readonly shownSettings: ShownSettings;
  readonly requestedBy: string;
  readonly startedMs: number;
  /** Of its files. */
  readonly directory: string;
  readonly limits: SegmentLimits;
  readonly program: string;
  readonly scratch: string;
  readonly journal: Journal;
  readonly openTap: () => MediaTap;
  /** Null where nobody is there any more. */
  readonly listen: (listener: Listener) => (() => void) | null;
  readonly clock: Clock;
  readonly reports: RecordingReports;
  /** Gets how many packets its recorder did not take in time, in turn. */
  readonly onOverflow: (packets: number) => void;
  readonly onFault: (error: unknown) => void;
}

/** A recorder's process with its tap. */
interface Run {
  readonly process: RecorderProcess;
  readonly tap: MediaTap;
  readonly slots: Map<Track, TapSlot>;
  readonly beganMs: number;
  endListening: () => void;
}

type State =
  /** The process has not yet said that it can use the pipeline; it is fed already. */
  | { readonly state: 'starting'; readonly run: Run }
  | { readonly state: 'recording'; readonly run: Run }
  /** The process has gone; the next one begins in a moment. */
  | { readonly state: 'restarting'; readonly timer: Timer; readonly firstSegment: number }
  /** Its tap is closed; it writes what it has, and ends. */
  | { readonly state: 'stopping'; readonly run: Run; readonly timers: readonly Timer[] }
  /** No process is there any more; the last entries are written. */
  | { readonly state: 'closing' }
  | { readonly state: 'ended' };

type Fact = Extract<
  FromRecorder,
  { type: 'segment-opened' | 'segment-closed' | 'skipped' | 'trouble' | 'measurement' }
>;

/** A page that is loaded again is gone for a moment. */
const ABSENCE_MS = 10_000;
const RESTART_MS = 250;
const MAX_RESTART_MS = 10_000;
/** So often in a row; a process that lives for a while begins the count anew. */
const MAX_RESTARTS = 8;
const HEALTHY_MS = 60_000;
/** The end of its tap ends a process; one that has not seen it by then is told. A tap takes 2 s at most to write what waits. */
const STOP_TOLD_MS = 2_500;
/** What the last files may take. */
const STOP_MS = 20_000;

/**
 * One recording: hears a conversation through a tap, feeds a recorder's process with it, and writes down what that tells.
 * A process that dies is replaced; what happens to it is no matter to the conversation.
 */
export class Recording implements Listener {
  readonly #options: RecordingOptions;
  readonly #tracks = new Tracks();
  #state: State;
  /** Runs while nobody is there. */
  #absence: Timer | null = null;
  #restarts = 0;
  #failure: string | null = null;
  #reason = '';
  readonly #ready = latch<string | null>();
  readonly #ended = latch<undefined>();

  /** Throws where no tap or no process can be made. */
  constructor(options: RecordingOptions) {
    this.#options = options;
    const { name, pipeline, shownSettings: settings, requestedBy, journal } = options;
    const { recording, conversation } = name;
    journal.add({ type: 'started', recording, conversation, pipeline: pipeline.name, settings, requestedBy });
    this.#state = { state: 'starting', run: this.#run(1) };
    this.#listen();
  }

  get name(): RecordingName {
    return this.#options.name;
  }

  get state(): State['state'] {
    return this.#state.state;
  }

  get manifest(): Manifest {
    return this.#options.journal.manifest;
  }

  get summary(): RecordingSummary {
    return summaryOf(this.manifest, this.state, this.directory);
  }

  /** Why it could not begin, or go on; null while it does, and where it was stopped. */
  get failure(): string | null {
    return this.#failure;
  }

  get requestedBy(): string {
    return this.#options.requestedBy;
  }

  /** Also while its process is replaced, and while everybody is away for a moment. */
  get isHearing(): boolean {
    const { state } = this.#state;
    return state === 'starting' || state === 'recording' || state === 'restarting';
  }

  /** Of its files. */
  get directory(): string {
    return this.#options.directory;
  }

  /** Of the recorder's process; null where there is none. */
  get pid(): number | null {
    return this.#current?.process.pid ?? null;
  }

  /** Resolves with why it cannot record, null where it can. */
  get ready(): Promise<string | null> {
    return this.#ready.promise;
  }

  /** Resolves when every file is closed and the manifest is on the disk. */
  get ended(): Promise<undefined> {
    return this.#ended.promise;
  }

  /** The last member has left: it ends, unless somebody comes back soon. */
  conversationEnded(): void {
    if (!this.isHearing) return;
    this.#absence ??= this.#options.clock.after(ABSENCE_MS, () => void this.stop('the conversation ended'));
  }

  /** Somebody is there again. */
  conversationOpened(): void {
    this.#absence?.cancel();
    this.#absence = null;
    this.#listen();
  }

  /** Resolves as `ended`. Idempotent. `reason` is for people. */
  stop(reason: string): Promise<undefined> {
    const { state } = this.#state;
    if (state === 'stopping' || state === 'closing' || state === 'ended') return this.ended;
    this.#reason = reason;
    this.#absence?.cancel();
    const run = this.#current;
    if (run === null) {
      if (this.#state.state === 'restarting') this.#state.timer.cancel();
      void this.#end();
      return this.ended;
    }
    const { clock } = this.#options;
    const timers = [
      clock.after(STOP_TOLD_MS, () => run.process.send({ type: 'stop' })),
      clock.after(STOP_MS, () => run.process.kill('it did not stop in time')),
    ];
    this.#state = { state: 'stopping', run, timers };
    this.#disconnect(run);
    return this.ended;
  }

  hear(member: Member, track: Track): TapSlot | null {
    const run = this.#current;
    if (run === null) return null;
    const slot = run.tap.slot(track, this.#tracks.ssrcOf(track));
    run.slots.set(track, slot);
    const { recorded, isNew } = this.#tracks.add(member, track, slot);
    if (isNew) {
      const { csrc, userid, clientid, ssrc, kind, codec, mid } = recorded;
      const { journal } = this.#options;
      if (this.#tracks.isNewParticipant(member)) journal.add({ type: 'participant', csrc, userid, clientid });
      journal.add({ type: 'track', ssrc, csrc, kind, codec, mid });
    }
    run.process.send({ type: 'track', ...recorded });
    return slot;
  }

  gone(_: Member, track: Track): void {
    const run = this.#current;
    const slot = run?.slots.get(track);
    if (run === null || slot === undefined) return;
    run.tap.removeSlot(slot);
    run.slots.delete(track);
    this.#endTrack(this.#tracks.remove(track));
    run.process.send({ type: 'untrack', ssrc: slot.ssrc });
  }

  /** The process that hears now. */
  get #current(): Run | null {
    return this.#state.state === 'starting' || this.#state.state === 'recording' ? this.#state.run : null;
  }

  #run(firstSegment: number): Run {
    const { program, scratch, clock, openTap, journal } = this.#options;
    const tap = openTap();
    try {
      const process: RecorderProcess = new RecorderProcess({
        program,
        scratch,
        packetsFd: tap.childFd,
        clock,
        onMessage: (message) => this.#take(process, message),
        onEnd: (end) => this.#processEnded(process, end),
      });
      tap.spawned();
      process.send(this.#startMessage(firstSegment));
      journal.recorderBegan(process.pid);
      return { process, tap, slots: new Map(), beganMs: clock.now(), endListening: () => undefined };
    } catch (error) {
      tap.close();
      throw error;
    }
  }

  #startMessage(firstSegment: number): ToRecorder {
    const { name, pipeline, settings, startedMs, directory, limits } = this.#options;
    return { type: 'start', ...name, startedMs, directory, pipeline, settings, limits, firstSegment };
  }

  #listen(): void {
    const run = this.#current;
    if (run === null) return;
    const end = this.#options.listen(this);
    for (const ssrc of this.#tracks.takeMissing()) this.#endTrack(ssrc);
    if (end === null) this.conversationEnded();
    else run.endListening = end;
  }

  /** Out of the conversation first; then the process gets what waits, sees the end, and ends. */
  #disconnect(run: Run): void {
    run.endListening();
    this.#overflow(run, true);
    run.tap.close();
  }

  #take(process: RecorderProcess, message: FromRecorder): void {
    if (!('run' in this.#state) || this.#state.run.process !== process) return;
    const { state, run } = this.#state;
    switch (message.type) {
      case 'ready':
        if (state === 'starting') this.#state = { state: 'recording', run };
        this.#ready.open(null);
        return;
      case 'refused':
        this.#fail(message.text);
        return;
      case 'progress':
        if (state === 'stopping') return;
        this.#overflow(run, false);
        if (run.tap.stats().isBroken) process.kill('it reads no packets any more');
        return;
      case 'keyframe': {
        const track = this.#tracks.trackOf(message.ssrc);
        if (track !== null) run.tap.requestKeyframe(track);
        return;
      }
      case 'checked':
      case 'stopped':
        return;
      default:
        this.#takeFact(process, message);
    }
  }

  /** What is to be written down, or told. */
  #takeFact(process: RecorderProcess, message: Fact): void {
    const { name, reports, journal } = this.#options;
    switch (message.type) {
      case 'segment-opened':
        if (!journal.segmentOpened(message)) process.kill(`it opened segment ${message.segment}`);
        return;
      case 'segment-closed': {
        const durationMs = journal.segmentClosed(message);
        if (durationMs === null) process.kill(`it closed segment ${message.segment}, which was not open`);
        else reports.segmentClosed(name, message.segment, durationMs, message.files.length);
        return;
      }
      case 'skipped':
      case 'trouble':
        this.#trouble(message.text);
        return;
      case 'measurement': {
        const of = message.ssrc === null ? null : this.#tracks.recordedOf(message.ssrc);
        reports.recordingMeasured(name, of?.userid ?? null, message.name, message.fields);
        return;
      }
      default:
        message satisfies never;
    }
  }

  #processEnded(process: RecorderProcess, { isWell, why }: ProcessEnd): void {
    const now = this.#state;
    if (!('run' in now) || now.run.process !== process) return;
    const { journal, clock } = this.#options;
    const isStopping = now.state === 'stopping';
    // One that ends before it is told to is trouble, however well it does so.
    journal.add({ type: 'recorder', what: isStopping && isWell ? 'stopped' : 'ended', text: why });
    if (isStopping) {
      for (const timer of now.timers) timer.cancel();
      void this.#end();
      return;
    }
    const livedMs = clock.now() - now.run.beganMs;
    this.#restarts = livedMs >= HEALTHY_MS ? 1 : this.#restarts + 1;
    const firstSegment = journal.abandoned();
    const timer = clock.after(Math.min(RESTART_MS * 2 ** (this.#restarts - 1), MAX_RESTART_MS), () => this.#restart());
    this.#state = { state: 'restarting', timer, firstSegment };
    // Not as the end of these tracks: the next process hears them again.
    this.#tracks.pause();
    this.#disconnect(now.run);
    this.#options.reports.recordingTrouble(this.name, `the recorder ended: ${why}`);
    if (this.#failure !== null || this.#restarts > MAX_RESTARTS) this.#fail(this.#failure ?? why);
  }

  #restart(): void {
    if (this.#state.state !== 'restarting') return;
    try {
      this.#state = { state: 'starting', run: this.#run(this.#state.firstSegment) };
    } catch (error) {
      this.#options.onFault(error);
      this.#fail(String(error));
      return;
    }
    this.#listen();
  }

  #fail(why: string): void {
    this.#failure ??= why;
    void this.stop(why);
  }

  async #end(): Promise<void> {
    this.#state = { state: 'closing' };
    for (const ssrc of this.#tracks.takeAll()) this.#endTrack(ssrc);
    const { journal, reports, name } = this.#options;
    const diskError = await journal.finish(this.#failure ?? this.#reason);
    this.#failure ??= diskError;
    if (this.#failure === null) reports.recordingFinished(name, journal.segments, false);
    else reports.recordingFailed(name, this.#failure);
    this.#state = { state: 'ended' };
    this.#ready.open(this.#failure ?? 'it was stopped before it began');
    this.#ended.open(undefined);
  }

  #endTrack(ssrc: number | null): void {
    if (ssrc !== null) this.#options.journal.add({ type: 'track-ended', ssrc });
  }

  #overflow({ tap }: Run, isLast: boolean): void {
    const packets = this.#options.journal.overflow(tap.stats(), isLast);
    if (packets === 0) return;
    this.#options.onOverflow(packets);
    this.#options.reports.recordingTrouble(this.name, `${packets} packets were not taken in time`);
  }

  #trouble(text: string): void {
    if (this.#options.journal.trouble(text)) this.#options.reports.recordingTrouble(this.name, text);
  }
}

function latch<T>(): { readonly promise: Promise<T>; readonly open: (value: T) => void } {
  let open: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (open = resolve));
  return { promise, open };
}
