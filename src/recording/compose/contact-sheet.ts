import { COLOURS } from './filter-graph.ts';
import { merged } from './intervals.ts';
import type { Rect } from './layout.ts';
import { clockTime } from './progress.ts';
import { shownText } from './text.ts';
import type { Interval, Timeline } from './types.ts';

export interface Box extends Rect {
  readonly colour: string;
}

export interface SheetText {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly text: string;
}

/** A recording at a glance: title, who was there and sent what when, and below it pictures at regular times. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly texts: readonly SheetText[];
  /** Where the first picture is; null where there are none. */
  readonly picturesY: number | null;
}

export const THUMBNAILS = { columns: 4, rows: 3, width: 320, height: 180 } as const;
export const BAR_COLOURS = { there: '0x5f6368', audio: '0x8ab4f8', video: '0x81c995' } as const;

const WIDTH = THUMBNAILS.columns * THUMBNAILS.width;
const MARGIN = 16;
const HEADER = 76;
const ROW = 28;
const NAMES = 240;
const AXIS = 28;
/** Characters. */
const [TITLE, NAME] = [80, 24] as const;
const TICKS = 6;
const BARS = { x: NAMES, width: WIDTH - NAMES - MARGIN } as const;

export function sheetOf({ conversation, originMs, durationMs, people, pieces }: Timeline): Sheet {
  const rows = people.map((person, index) => {
    const y = HEADER + index * ROW;
    const of = (kind: string): Interval[] =>
      pieces.filter((piece) => piece.person === person.key && piece.kind === kind).flatMap(({ runs }) => runs);
    return {
      text: { x: MARGIN, y: y + 6, size: 16, text: shownText(person.name, NAME) },
      boxes: [
        ...bars(person.there, durationMs, y + 2, ROW - 4, BAR_COLOURS.there),
        ...bars(of('audio'), durationMs, y + 5, 8, BAR_COLOURS.audio),
        ...bars(of('video'), durationMs, y + 15, 8, BAR_COLOURS.video),
      ],
    };
  });
  const bottom = HEADER + people.length * ROW;
  const when = new Date(Math.round(originMs / 1000) * 1000)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
  const hasPictures = pieces.some(({ kind }) => kind === 'video');
  const pictures = hasPictures ? THUMBNAILS.rows * THUMBNAILS.height : 0;
  return {
    width: WIDTH,
    height: bottom + AXIS + pictures,
    boxes: rows.flatMap(({ boxes }) => boxes),
    texts: [
      { x: MARGIN, y: 14, size: 24, text: shownText(conversation, TITLE) },
      { x: MARGIN, y: 48, size: 16, text: `${when}, ${clockTime(durationMs)}, ${counted(people.length)}` },
      ...rows.map(({ text }) => text),
      ...ticks(durationMs, bottom + 6),
    ],
    picturesY: hasPictures ? bottom + AXIS : null,
  };
}

const counted = (people: number): string => (people === 1 ? '1 participant' : `${people} participants`);

/** What is less than a pixel apart is one bar, and each has a pixel: so a long recording has no more of them. */
function bars(intervals: readonly Interval[], durationMs: number, y: number, height: number, colour: string): Box[] {
  const pixelMs = durationMs / BARS.width;
  return merged(intervals, pixelMs).map(({ startMs, endMs }) => {
    const from = Math.floor(startMs / pixelMs);
    const to = Math.max(from + 1, Math.min(BARS.width, Math.ceil(endMs / pixelMs)));
    return { x: BARS.x + from, y, width: to - from, height, colour };
  });
}

function ticks(durationMs: number, y: number): SheetText[] {
  return Array.from({ length: TICKS + 1 }, (_, index) => {
    const text = clockTime((durationMs * index) / TICKS);
    const x = BARS.x + (BARS.width * index) / TICKS;
    // The last one must not leave the sheet.
    return { x: Math.round(Math.min(x, WIDTH - MARGIN - text.length * 8)), y, size: 14, text };
  });
}

/** @param files the texts of the sheet, in order, as files of the workspace */
export function sheetGraph({ width, height, boxes, texts, picturesY }: Sheet, files: readonly string[]): string {
  const ground = `color=c=${COLOURS.ground}:s=${width}x${height}:r=1:d=1,format=rgb24`;
  const drawn = boxes.map(
    (box) => `drawbox=x=${box.x}:y=${box.y}:w=${box.width}:h=${box.height}:c=${box.colour}:t=fill`,
  );
  const written = texts.map(
    ({ x, y, size }, index) =>
      `drawtext=textfile=${files[index] ?? ''}:expansion=none:x=${x}:y=${y}:fontsize=${size}:fontcolor=${COLOURS.text}`,
  );
  const sheet = [ground, ...drawn, ...written].join(',');
  return picturesY === null ? `${sheet}[sheet]` : `${sheet}[ground];\n[ground][0:v:0]overlay=x=0:y=${picturesY}[sheet]`;
}

/** Small pictures beside each other, each with its time, from the pictures of a scene. */
export const thumbnailGraph = (): string =>
  [
    `[video]scale=${THUMBNAILS.width}:${THUMBNAILS.height}`,
    `drawtext=text='%{pts\\:hms}':x=w-text_w-6:y=6:fontsize=14:fontcolor=${COLOURS.text}:box=1:boxcolor=black@0.6`,
    `tile=${THUMBNAILS.columns}x${THUMBNAILS.rows}:color=${COLOURS.ground}[thumbnails]`,
  ].join(',');
