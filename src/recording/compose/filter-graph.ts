import { LEAD_MS } from './concat-list.ts';
import { merged } from './intervals.ts';
import type { Rect } from './layout.ts';
import type { Interval } from './types.ts';

/** One input of ffmpeg that is shown in a cell. */
export interface Picture {
  /** The number of the input. */
  readonly input: number;
  readonly rect: Rect;
  /** When it is seen; in order. */
  readonly shown: readonly Interval[];
}

/** A tile without its picture. */
export interface Plate {
  readonly rect: Rect;
  readonly shown: readonly Interval[];
}

export interface Label extends Plate {
  /** A file with the text, in the workspace: so no text can say anything to the graph. */
  readonly file: string;
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
  readonly plates: readonly Plate[];
  readonly pictures: readonly Picture[];
  readonly labels: readonly Label[];
}

/** When pictures of the scene are made. */
export interface Rhythm {
  /** A second; may be a fraction, `12000/7000`. */
  readonly rate: string;
  /** When the first one is. */
  readonly fromMs: number;
}

export const COLOURS = { ground: '0x202124', plate: '0x3c4043', text: '0xe8eaed' } as const;

/**
 * The picture, as `[video]`: ground, plates, then each input over its cell while it is shown, then names.
 *
 *   color ─► drawbox… ─► overlay ─► overlay ─► … ─► drawtext… ─► [video]
 *                           ▲          ▲
 *   input ─► scale ─► pad ──┘   input ─┘
 *
 * The ground gives the time: whatever comes, and whether something comes, there is a picture at each of its beats, with
 * the latest of each input in it. Inputs change their size as cameras do; `scale` and `pad` follow.
 */
export function videoGraph({ width, height, durationMs, plates, pictures, labels }: Scene, rhythm: Rhythm): string {
  const ground = `color=c=${COLOURS.ground}:s=${width}x${height}:r=${rhythm.rate}:d=${seconds(durationMs)}`;
  const later = rhythm.fromMs === 0 ? [] : ['settb=1/1000', `setpts=PTS+${Math.round(rhythm.fromMs)}`];
  const boxes = plates.map(
    ({ rect, shown }) => `drawbox=${boxOf(rect)}:c=${COLOURS.plate}:t=fill:enable='${during(shown)}'`,
  );
  const inputs = pictures.map(({ input, rect }) => `[${input}:v:0]${fitted(rect)}[cell${input}]`);
  const stack = pictures.map(
    ({ input, rect, shown }, index) => `[${under(index)}][cell${input}]${over(rect, shown)}[${under(index + 1)}]`,
  );
  const texts = labels.map(({ rect, shown, file }) => `${labelOf(rect, file)}:enable='${during(shown)}'`);
  return [
    `${[ground, ...later, 'format=yuv420p', ...boxes].join(',')}[${under(0)}]`,
    ...inputs,
    ...stack,
    `[${under(pictures.length)}]${['format=yuv420p', ...texts].join(',')}[video]`,
  ].join(';\n');
}

const under = (index: number): string => `layer${index}`;

/** As large as it can be in the cell, with its own proportions. */
const fitted = ({ width, height }: Rect): string =>
  [
    `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2`,
    `pad=${width}:${height}:-1:-1:color=black:eval=frame`,
    'setsar=1',
    'format=yuv420p',
  ].join(',');

/**
 * While it is not shown it stands beside the picture. Not by `enable`: a filter with two inputs asks for that at whichever
 * frame came to it last, which may be the camera's; a place is asked for at the time of the picture.
 */
const over = ({ x, y }: Rect, shown: readonly Interval[]): string =>
  `overlay=x='if(${during(shown)},${x},W)':y=${y}:eof_action=repeat`;

const boxOf = ({ x, y, width, height }: Rect): string => `x=${x}:y=${y}:w=${width}:h=${height}`;

/** In the lower left corner. */
function labelOf({ x, y, width, height }: Rect, file: string): string {
  const size = Math.max(12, Math.min(28, Math.round(Math.min(width / 20, height / 12))));
  const place = `x=${x + size}:y=${y + height}-text_h-${size}`;
  return `drawtext=textfile=${file}:expansion=none:${place}:fontsize=${size}:fontcolor=${COLOURS.text}:box=1:boxcolor=black@0.6:boxborderw=${Math.round(size / 3)}`;
}

/** An expression of ffmpeg. Ends do not belong to it, so that of two that follow each other one is shown. */
export function during(intervals: readonly Interval[]): string {
  const terms = merged(intervals).map(({ startMs, endMs }) => `gte(t,${seconds(startMs)})*lt(t,${seconds(endMs)})`);
  return terms.length === 0 ? '0' : terms.join('+');
}

/**
 * All voices as one sound of this length, as `[audio]`. Each input begins at time 0. Voices are added up, not averaged:
 * nobody gets quieter because somebody else is there; what gets too loud is limited.
 *
 * @param inputs the numbers of the inputs, which begin `LEAD_MS` early; at least one
 */
export function audioGraph(inputs: readonly number[], durationMs: number): string {
  const voices = inputs.map((input) => `[${input}:a:0]${CONTINUOUS}[voice${input}]`);
  const all = inputs.map((input) => `[voice${input}]`).join('');
  const mix = [
    `amix=inputs=${inputs.length}:normalize=0:duration=longest`,
    'alimiter=limit=0.95:level=0',
    `atrim=start=${seconds(LEAD_MS)}`,
    'asetpts=PTS-STARTPTS',
    `apad=whole_dur=${seconds(durationMs)}`,
    `atrim=end=${seconds(durationMs)}`,
  ];
  return [...voices, `${all}${mix.join(',')}[audio]`].join(';\n');
}

/**
 * Holes are filled and overlaps cut, as soon as they are as long as a packet. What is less, the drift of a clock for
 * example, is stretched away, by a thousandth at most, which nobody hears. `flags=res`: the resampler is there from the
 * beginning; one that came later would forget the time.
 */
const CONTINUOUS =
  'aresample=48000:flags=res:async=48:first_pts=0:min_hard_comp=0.02,aformat=sample_fmts=fltp:channel_layouts=stereo';

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
