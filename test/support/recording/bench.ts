import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedTrack } from '../../../src/recording/types.ts';
import { play } from './ffprobe.ts';
import { RecorderProcess, recordingIn, startMessage } from './recorder-process.ts';

/** Recorders for one test file: each test has a directory of its own, and leaves no process behind. */
export class RecorderBench {
  readonly #top = mkdtempSync(join(tmpdir(), 'recorder-'));
  readonly #running: RecorderProcess[] = [];
  #directory = '';

  /** Of the recording of this test. */
  get directory(): string {
    return this.#directory;
  }

  beginTest(): void {
    this.#directory = recordingIn(mkdtempSync(join(this.#top, 'test-')));
  }

  async endTest(): Promise<void> {
    for (const recorder of this.#running.splice(0)) {
      recorder.child.kill('SIGKILL');
      await recorder.exit;
    }
  }

  close(): void {
    rmSync(this.#top, { recursive: true });
  }

  /** A process that was told nothing yet. What it learns of plugins is shared. */
  spawn(): RecorderProcess {
    const recorder = new RecorderProcess(join(this.#top, 'shared'));
    this.#running.push(recorder);
    return recorder;
  }

  /** A recorder that is ready. `pipeline`: the name of one of the repository, or a whole file. */
  async start(
    pipeline: string | { readonly name: string; readonly text: string },
    over: Parameters<typeof startMessage>[2] = {},
  ): Promise<RecorderProcess> {
    const recorder = this.spawn();
    const file = typeof pipeline === 'string' ? pipelineFile(pipeline) : pipeline;
    recorder.send(startMessage(this.#directory, file, over));
    await recorder.message('ready');
    return recorder;
  }

  /** What was closed of a track, each with its first file and what another player finds in it. */
  closedOf(recorder: RecorderProcess, { ssrc }: RecordedTrack) {
    return recorder
      .of('segment-closed')
      .filter(({ tracks }) => tracks.some((facts) => facts.ssrc === ssrc))
      .map(({ segment, why, files, tracks }) => {
        const file = files[0]!;
        const facts = tracks.find((each) => each.ssrc === ssrc)!;
        const played = play(join(this.#directory, file.name));
        return { segment, why, file, facts, startMs: facts.startMs!, played };
      });
  }
}

export const pipelineFile = (name: string): { name: string; text: string } => ({
  name,
  text: readFileSync(new URL(`../../../pipelines/${name}.gst`, import.meta.url), 'utf8'),
});
