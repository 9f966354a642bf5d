import { ffmpeg, graphFrom } from './ffmpeg.ts';
import { audioGraph, videoGraph } from './filter-graph.ts';
import { makeReady, pictureInputs, voiceInputs, type Inputs } from './inputs.ts';
import { shownText } from './text.ts';
import type { Timeline } from './types.ts';
import type { Workspace } from './workspace.ts';

const SIZE = { width: 1280, height: 720 } as const;
const FRAMES_PER_SECOND = 25;
const RESULT = 'result.webm';
const NONE: Inputs = { args: [], count: 0 };
const TITLE = 200;

/** Fast enough to be faster than the conversation was; a key frame each ten seconds, so that players can jump. */
const VP8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '2M', '-crf', '12', '-g', '250'];
const OPUS = ['-c:a', 'libopus', '-b:a', '96k'];

/** Writes the whole timeline as one file: sound where there is a voice, a picture where somebody sent one. */
export async function composeOutput(
  workspace: Workspace,
  timeline: Timeline,
  signal: AbortSignal,
  onShare: (share: number) => void,
): Promise<void> {
  const { pieces, durationMs, conversation, originMs } = timeline;
  const voices = pieces.filter(({ kind }) => kind === 'audio');
  const hasPictures = voices.length < pieces.length;
  const ready = await makeReady(workspace, pieces, signal);
  const sound = voices.length === 0 ? NONE : await voiceInputs(workspace, voices, ready, signal);
  const maps: string[] = [];
  const inputs = [...sound.args];
  if (hasPictures) {
    const { args, scene } = await pictureInputs(workspace, timeline, SIZE, ready, sound.count);
    const graph = videoGraph(scene, { rate: String(FRAMES_PER_SECOND), fromMs: 0 });
    inputs.push(...args);
    maps.push(...(await graphFrom(await workspace.write('video.graph', graph))), '-map', '[video]', ...VP8);
  }
  if (sound.count > 0) {
    const graph = audioGraph([...Array(sound.count).keys()], durationMs);
    maps.push(...(await graphFrom(await workspace.write('audio.graph', graph))), '-map', '[audio]', ...OPUS);
  }
  const title = ['-metadata', `title=${shownText(conversation, TITLE)}`];
  const time = ['-metadata', `creation_time=${new Date(originMs).toISOString()}`];
  const args = [...inputs, ...maps, ...title, ...time, '-f', 'webm', RESULT];
  await ffmpeg(workspace.directory, args, signal, (ms) => onShare(ms / durationMs));
  await workspace.deliver(RESULT);
}
