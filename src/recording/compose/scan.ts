import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Interval } from './types.ts';

/** One stream of a file, as ffprobe finds it. Times are ms on the time of the file. */
export interface ScannedStream {
  readonly index: number;
  /** `audio`, `video` and others. */
  readonly kind: string;
  readonly codec: string;
  /** Its packets, without the times in which none came for long. At least one. */
  readonly runs: readonly Interval[];
}

export interface ScannedFile {
  readonly path: string;
  readonly isMatroska: boolean;
  /** Those with packets, in the order of the file. */
  readonly streams: readonly ScannedStream[];
}

/** What has not come for so long is not there: a picture is not shown any longer. Still screens are sent once a second. */
const STILL_MS = 3_000;
/** Of a packet that has no duration of its own: a picture. */
const PICTURE_MS = 40;
const MAX_STDERR = 2_000;

/** Formats that a recording may have; ffmpeg is not to read anything else, playlists of other files for example. */
export const FORMATS = 'matroska,webm,ogg';
export const MATROSKA = 'matroska,webm';

/** What is in a file, by reading all of it. Memory does not depend on its length. Rejects where it is no media file. */
export async function scan(path: string): Promise<ScannedFile> {
  const show = 'format=format_name:stream=index,codec_name,codec_type:packet=stream_index,pts_time,duration_time';
  const args = ['-v', 'error', '-format_whitelist', FORMATS, '-show_entries', show, '-of', 'compact', `file:${path}`];
  const reader = new ScanReader();
  const child = spawn('ffprobe', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = `${stderr}${text}`.slice(-MAX_STDERR)));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // Before the first wait, so that nobody misses its failure.
  ended.catch(() => undefined);
  for await (const line of createInterface({ input: child.stdout })) reader.take(line);
  // What is cut off, or damaged, is read as far as it goes.
  if ((await ended) !== 0 && !reader.hasPackets) throw new Error(stderr.trim().split('\n').at(-1) ?? 'ffprobe failed');
  return { path, ...reader.result };
}

interface Found {
  readonly runs: Interval[];
  kind: string;
  codec: string;
}

/** Takes the lines that ffprobe prints with `-of compact`. */
export class ScanReader {
  readonly #streams = new Map<number, Found>();
  #format = '';

  take(line: string): void {
    const [section, ...members] = line.split('|');
    const values = new Map(members.map((member) => member.split('=', 2) as [string, string]));
    if (section === 'packet') this.#packet(values);
    else if (section === 'format') this.#format = values.get('format_name') ?? '';
    else if (section === 'stream') this.#stream(values);
  }

  get hasPackets(): boolean {
    return this.#streams.size > 0;
  }

  get result(): { readonly isMatroska: boolean; readonly streams: readonly ScannedStream[] } {
    const streams = [...this.#streams]
      .filter(([, { runs, kind }]) => runs.length > 0 && kind !== '')
      .map(([index, found]) => ({ index, ...found }))
      .sort((a, b) => a.index - b.index);
    return { isMatroska: this.#format === MATROSKA, streams };
  }

  #packet(values: ReadonlyMap<string, string>): void {
    const startMs = Math.round(Number(values.get('pts_time')) * 1000);
    if (Number.isNaN(startMs)) return;
    const lengthMs = Number(values.get('duration_time')) * 1000;
    const endMs = startMs + (lengthMs > 0 ? Math.round(lengthMs) : PICTURE_MS);
    const { runs } = this.#of(Number(values.get('stream_index')));
    const last = runs.at(-1);
    if (last === undefined || startMs - last.endMs > STILL_MS) runs.push({ startMs, endMs });
    else runs[runs.length - 1] = { startMs: last.startMs, endMs: Math.max(last.endMs, endMs) };
  }

  #stream(values: ReadonlyMap<string, string>): void {
    const found = this.#of(Number(values.get('index')));
    found.kind = values.get('codec_type') ?? '';
    found.codec = values.get('codec_name') ?? '';
  }

  #of(index: number): Found {
    const found = this.#streams.get(index) ?? { runs: [], kind: '', codec: '' };
    this.#streams.set(index, found);
    return found;
  }
}
