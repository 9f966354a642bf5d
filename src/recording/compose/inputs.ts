import { pictureList, voiceList, type Ready } from './concat-list.ts';
import { ffmpeg } from './ffmpeg.ts';
import { type Label, type Picture, type Scene } from './filter-graph.ts';
import { lanesOf, merged } from './intervals.ts';
import { layoutOf, type Cell } from './layout.ts';
import { FORMATS } from './scan.ts';
import { shownText } from './text.ts';
import type { Piece, Timeline } from './types.ts';
import type { Workspace } from './workspace.ts';

/** The words with which ffmpeg opens its inputs; how many there are does not depend on the length of a recording. */
export interface Inputs {
  readonly args: readonly string[];
  readonly count: number;
}

/** So much silence is in one file. */
const SILENCE_MS = 60_000;
const LABEL = 32;

/** Makes files of the workspace that lists can name: links where they will do, copies of single streams elsewhere. */
export async function makeReady(
  workspace: Workspace,
  pieces: readonly Piece[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Piece, string>> {
  const names = new Map<Piece, string>();
  const toCopy = new Map<string, Piece[]>();
  for (const piece of pieces) {
    if (piece.isToBeCopied) toCopy.set(piece.path, [...(toCopy.get(piece.path) ?? []), piece]);
    else names.set(piece, await workspace.link(piece.path));
  }
  for (const [path, streams] of toCopy) {
    const outputs = streams.map((piece) => ({ piece, name: workspace.nextName() }));
    const copies = outputs.flatMap(({ piece, name }) => ['-map', `0:${piece.stream}`, '-c', 'copy', name]);
    const from = ['-copyts', '-format_whitelist', FORMATS, '-i', `file:${path}`];
    await ffmpeg(workspace.directory, [...from, ...copies], signal);
    for (const { piece, name } of outputs) names.set(piece, name);
  }
  return names;
}

/** The voices: as many inputs as there are at once. */
export async function voiceInputs(
  workspace: Workspace,
  voices: readonly Piece[],
  ready: ReadonlyMap<Piece, string>,
  signal: AbortSignal,
): Promise<Inputs> {
  const silence = { name: 'silence.mkv', ms: SILENCE_MS };
  const quiet = ['-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=stereo', '-t', String(SILENCE_MS / 1000)];
  await ffmpeg(workspace.directory, [...quiet, '-c:a', 'libopus', '-b:a', '6k', silence.name], signal);
  const lanes = lanesOf(voices);
  const args: string[] = [];
  for (const [index, lane] of lanes.entries()) {
    const list = await workspace.write(`voice-${index}.txt`, voiceList(filesOf(lane, ready), silence));
    args.push(...listInput(list));
  }
  return { args, count: lanes.length };
}

/** The pictures, one input per cell, and how they stand in the scene. `firstInput`: the number of the first of them. */
export async function pictureInputs(
  workspace: Workspace,
  timeline: Timeline,
  size: { readonly width: number; readonly height: number },
  ready: ReadonlyMap<Piece, string>,
  firstInput: number,
): Promise<Inputs & { readonly scene: Scene }> {
  const cells = layoutOf(timeline, size.width, size.height);
  const args: string[] = [];
  const pictures: Picture[] = [];
  for (const { rect, pieces } of cells.flatMap(streamsOf)) {
    const list = await workspace.write(`picture-${pictures.length}.txt`, pictureList(filesOf(pieces, ready)));
    const offset = ((pieces[0]?.startMs ?? 0) / 1000).toFixed(3);
    args.push('-reinit_filter', '0', '-itsoffset', offset, ...listInput(list));
    const shown = merged(pieces.flatMap(({ runs }) => runs));
    pictures.push({ input: firstInput + pictures.length, rect, shown });
  }
  const plates = cells.map(({ rect, tiles }) => ({ rect, shown: merged(tiles) }));
  const labels = await labelsOf(workspace, cells);
  return {
    args,
    count: pictures.length,
    scene: { ...size, durationMs: timeline.durationMs, plates, pictures, labels },
  };
}

/** One decoder takes one codec. */
function streamsOf({ rect, tiles }: Cell): { rect: Cell['rect']; pieces: Piece[] }[] {
  const pieces = tiles.flatMap((tile) => tile.pieces);
  const codecs = [...new Set(pieces.map(({ codec }) => codec))];
  return codecs.map((codec) => ({ rect, pieces: pieces.filter((piece) => piece.codec === codec) }));
}

async function labelsOf(workspace: Workspace, cells: readonly Cell[]): Promise<Label[]> {
  const labels: Label[] = [];
  for (const { rect, tiles } of cells) {
    for (const name of new Set(tiles.map((tile) => tile.name))) {
      const file = await workspace.write(`name-${labels.length}.txt`, shownText(name, LABEL));
      labels.push({ rect, file, shown: merged(tiles.filter((tile) => tile.name === name)) });
    }
  }
  return labels;
}

const filesOf = (pieces: readonly Piece[], ready: ReadonlyMap<Piece, string>): Ready[] =>
  pieces.map((piece) => ({ name: ready.get(piece) ?? '', startMs: piece.startMs, endMs: piece.endMs }));

/** One thread per decoder: many small ones run at once. */
const listInput = (list: string): string[] => [
  '-threads',
  '1',
  '-protocol_whitelist',
  'file',
  '-format_whitelist',
  `concat,${FORMATS}`,
  '-f',
  'concat',
  '-i',
  list,
];
