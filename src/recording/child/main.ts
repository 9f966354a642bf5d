import gst, { type TapReader, type TapReaderEvent } from 'node-gst';
import { systemClock } from '../../base/clock.ts';
import { parsePipelineFile } from '../pipeline-file/pipeline-file.ts';
import { checkedSettings } from '../pipeline-file/values.ts';
import { EXIT, LineCutter, lineOf, PACKETS_FD, type FromRecorder, type ToRecorder } from '../protocol.ts';
import { checkPipelineFile, sampleSettings } from './check.ts';
import { Latch } from './latch.ts';
import { Recorder } from './recorder.ts';
import { GstSegment } from './segment.ts';

/**
 * A recorder's process: `node dist/recording/child/main.js`. What it is to do comes as lines on standard input, what it
 * has to say goes to standard output (`protocol.ts`), packets come on descriptor 3. It ends by itself when the service
 * says so, when the service is gone, or when nothing more can come.
 */

const TICK_MS = 250;
const PROGRESS_MS = 1_000;
/** What closing all files may take, whatever hangs. */
const STOP_MS = 12_000;
/** What the service may leave unread before messages that it can do without are dropped. */
const MAX_UNREAD = 1024 * 1024;

class Child {
  readonly #lines = new LineCutter();
  #reader: TapReader | null = null;
  #recorder: Recorder | null = null;
  #isStopping = false;

  run(): void {
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', (text: string) => this.#guard(() => this.#read(text)));
    process.stdin.on('end', () => void this.#stop(EXIT.well));
    process.stdin.on('error', () => void this.#stop(EXIT.well));
    // The service has gone, and hears nothing any more: the files are closed all the same.
    process.stdout.on('error', () => undefined);
    setInterval(() => this.#recorder?.tick(), TICK_MS);
    setInterval(() => this.#progress(), PROGRESS_MS);
  }

  #read(text: string): void {
    for (const line of this.#lines.push(text)) this.#take(JSON.parse(line) as ToRecorder);
  }

  #take(message: ToRecorder): void {
    switch (message.type) {
      case 'start': {
        this.#start(message);
        return;
      }
      case 'track':
        return this.#recorder?.track(message);
      case 'untrack':
        return this.#recorder?.untrack(message.ssrc);
      case 'stop':
        return void this.#stop(EXIT.well);
      case 'check': {
        this.#check(message);
        return;
      }
      default:
        message satisfies never;
    }
  }

  #check({ pipelines }: Extract<ToRecorder, { type: 'check' }>): void {
    try {
      for (const { name, text, settings } of pipelines) {
        const file = parsePipelineFile(name, text);
        checkPipelineFile(
          file,
          settings === undefined ? sampleSettings(file) : checkedSettings(file.settings, settings),
        );
        this.#report({ type: 'checked', name });
      }
      void this.#stop(EXIT.well);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #start(message: Extract<ToRecorder, { type: 'start' }>): void {
    if (this.#recorder !== null) throw new Error('it has started already');
    try {
      const file = parsePipelineFile(message.pipeline.name, message.pipeline.text);
      checkPipelineFile(file, checkedSettings(file.settings, message.settings));
      const reader = gst.tapReader(PACKETS_FD, {}, (event) => this.#guard(() => this.#onEvent(event)));
      this.#reader = reader;
      this.#recorder = new Recorder(message, { reader, clock: systemClock, report: (each) => this.#report(each) });
      reader.start();
      this.#report({ type: 'ready' });
    } catch (error) {
      this.#refuse(error);
    }
  }

  #refuse(error: unknown): void {
    this.#report({ type: 'refused', text: (error as Error).message });
    void this.#stop(EXIT.refused);
  }

  #onEvent(event: TapReaderEvent): void {
    if (event.type === 'end') return void this.#stop(EXIT.well);
    if (event.type === 'keyframe') {
      this.#report({ type: 'keyframe', ssrc: event.ssrc });
      return;
    }
    const take = this.#recorder?.takeOf(event.ssrc);
    if (event.type === 'began') take?.onBegan(event.ssrc, event.unixNs, event.ptsNs);
    if (event.type === 'released') take?.onReleased(event.ssrc, event.stats);
    if (event.type === 'still') take?.onStill(event.ssrc);
  }

  #progress(): void {
    const stats = this.#reader?.stats();
    if (stats === undefined) return;
    this.#report({ type: 'progress', blocked: stats.blocked, frames: stats.frames, malformed: stats.malformed });
  }

  #report(message: FromRecorder): void {
    const isNeeded = message.type !== 'measurement' && message.type !== 'progress';
    if (isNeeded || process.stdout.writableLength < MAX_UNREAD) process.stdout.write(lineOf(message));
  }

  /** A mistake in here, or in what the service says, ends this process and nothing else; the files are closed. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#report({ type: 'trouble', text: String((error as Error).stack) });
      void this.#stop(EXIT.protocol);
    }
  }

  async #stop(code: number): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const done = new Latch();
    void (this.#recorder?.stop() ?? Promise.resolve()).finally(() => done.open());
    const isDone = await done.within(STOP_MS);
    if (isDone) this.#report({ type: 'stopped' });
    this.#reader?.close();
    const exit = (): void => {
      // Node waits for every thread of its pool when it exits, and one of them waits for the pipeline.
      if (!isDone || GstSegment.isHanging) process.kill(process.pid, 'SIGKILL');
      process.exit(code);
    };
    // What was written is read by the service first, as far as it reads at all.
    process.stdout.end(exit);
    setTimeout(exit, PROGRESS_MS);
  }
}

// Signals that a terminal or a service manager sends to everybody: the service decides what they mean.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.umask(0o027);
gst.init();
new Child().run();
