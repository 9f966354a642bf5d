import type { Interval } from './types.ts';

/** A file that is ready to be read: one stream, Matroska. */
export interface Ready extends Interval {
  /** Its name in the workspace. */
  readonly name: string;
}

/** Silence that fills a time without a voice: its name in the workspace, and how long it is. */
export interface Silence {
  readonly name: string;
  readonly ms: number;
}

/** A file, or its beginning, at a time of the list. */
interface Entry {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly isCut: boolean;
}

/**
 * The list by which ffmpeg reads the files of one camera's cell one after the other. They stand in it as far apart as
 * their first packets were; what is shown between them is not decided here. Time 0 is the first packet of the first.
 */
export const pictureList = (files: readonly Ready[]): string => list(files.map((file) => ({ ...file, isCut: false })));

/**
 * Every list of voices begins with so much silence: it is stereo, and the decoder goes by what comes first. Otherwise a
 * list that begins with a mono voice would be mono, and quieter in the mix.
 */
export const LEAD_MS = 100;
/** Silence ends so much before what comes next, so that no packet of it lies over that. */
const SHORT_MS = 40;

/**
 * The same for voices, beginning `LEAD_MS` before time 0 of the composition. Mixing takes no notice of times, so holes are
 * filled here, with a file: filled in by a filter, an hour of silence would be in memory at once.
 */
export function voiceList(files: readonly Ready[], silence: Silence): string {
  const entries: Entry[] = [];
  let endMs = -LEAD_MS;
  for (const file of files) {
    entries.push(...filler(endMs, file.startMs - SHORT_MS, silence), { ...file, isCut: false });
    endMs = file.endMs;
  }
  return list(entries);
}

function filler(fromMs: number, toMs: number, { name, ms }: Silence): Entry[] {
  const entries: Entry[] = [];
  for (let startMs = fromMs; startMs < toMs; startMs += ms) {
    const endMs = Math.min(toMs, startMs + ms);
    entries.push({ name, startMs, endMs, isCut: endMs === toMs });
  }
  return entries;
}

/** Each entry lasts until the next begins: so their places do not depend on how long the files are. */
function list(entries: readonly Entry[]): string {
  const lines = entries.flatMap(({ name, startMs, endMs, isCut }, index) => {
    const nextMs = entries[index + 1]?.startMs ?? endMs;
    const lasts = [`file ${name}`, `duration ${seconds(nextMs - startMs)}`];
    return isCut ? [...lasts, `outpoint ${seconds(endMs - startMs)}`] : lasts;
  });
  return `${['ffconcat version 1.0', ...lines].join('\n')}\n`;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
