import { sheetGraph, sheetOf, THUMBNAILS, thumbnailGraph } from './contact-sheet.ts';
import { ffmpeg, graphFrom } from './ffmpeg.ts';
import { videoGraph } from './filter-graph.ts';
import { makeReady, pictureInputs } from './inputs.ts';
import type { Timeline } from './types.ts';
import type { Workspace } from './workspace.ts';

const PICTURES = 'thumbnails.png';
const RESULT = 'result.png';
/** Twice that of a thumbnail, so that names have room. */
const SIZE = { width: 2 * THUMBNAILS.width, height: 2 * THUMBNAILS.height } as const;
const COUNT = THUMBNAILS.columns * THUMBNAILS.rows;
const ONE_PICTURE = ['-frames:v', '1', '-f', 'image2', '-c:v', 'png'];

/** Draws the sheet of a timeline. What takes time are the pictures: everything is decoded for them. */
export async function composeContactSheet(
  workspace: Workspace,
  timeline: Timeline,
  signal: AbortSignal,
): Promise<void> {
  const sheet = sheetOf(timeline);
  const files: string[] = [];
  for (const [index, { text }] of sheet.texts.entries()) {
    files.push(await workspace.write(`text-${index}.txt`, text));
  }
  const inputs = sheet.picturesY === null ? [] : await thumbnails(workspace, timeline, signal);
  const graph = await workspace.write('sheet.graph', sheetGraph(sheet, files));
  const args = [...inputs, ...(await graphFrom(graph)), '-map', '[sheet]', ...ONE_PICTURE, RESULT];
  await ffmpeg(workspace.directory, args, signal);
  await workspace.deliver(RESULT);
}

/** In the middle of as many equal parts of the time. */
async function thumbnails(workspace: Workspace, timeline: Timeline, signal: AbortSignal): Promise<string[]> {
  const { pieces, durationMs } = timeline;
  const ready = await makeReady(
    workspace,
    pieces.filter(({ kind }) => kind === 'video'),
    signal,
  );
  const { args, scene } = await pictureInputs(workspace, timeline, SIZE, ready, 0);
  const rhythm = { rate: `${COUNT * 1000}/${durationMs}`, fromMs: durationMs / COUNT / 2 };
  const graph = await workspace.write('video.graph', `${videoGraph(scene, rhythm)};\n${thumbnailGraph()}`);
  const made = [...(await graphFrom(graph)), '-map', '[thumbnails]', ...ONE_PICTURE, PICTURES];
  await ffmpeg(workspace.directory, [...args, ...made], signal);
  return ['-i', PICTURES];
}
