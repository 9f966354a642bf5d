import gst, { type GstObject } from 'node-gst';
import { compose, descriptionOf, type Composed } from '../pipeline-file/compose.ts';
import { PipelineFileError, type Position } from '../pipeline-file/error.ts';
import { locate } from '../pipeline-file/locate.ts';
import type { PipelineFile } from '../pipeline-file/pipeline-file.ts';
import { valuesOf, type ValueContext } from '../pipeline-file/values.ts';
import type { Codec, MediaKind, RecordedTrack } from '../types.ts';
import { setValues } from './build.ts';

type Settings = ValueContext['settings'];

/**
 * Makes every pipeline that a file can become, and sets every value, so that a mistake ends the start and not a
 * recording. Throws a `PipelineFileError` with GStreamer's own words. It loads the operator's plugins: call it in a
 * process that may crash.
 */
export function checkPipelineFile(file: PipelineFile, settings: Settings): void {
  for (const codecs of setsOf(file)) {
    const composed = compose(file, codecs);
    const pipeline = parsed(file, composed);
    try {
      for (const source of composed.sources) refuseOther(file, pipeline, source);
      tryValues(file, composed, pipeline, { ...SAMPLE, tracks: codecs.map(sampleTrack), settings });
    } finally {
      pipeline.dispose();
    }
  }
}

/** One of each codec; and, where there may be several tracks, two of each at once. */
function setsOf(file: PipelineFile): Codec[][] {
  const codecs = [...file.branches.keys()];
  const single = codecs.map((codec) => [codec]);
  return file.scope === 'track' ? single : [...single, [...codecs, ...codecs]];
}

function parsed(file: PipelineFile, composed: Composed): GstObject {
  try {
    return gst.parseLaunch(descriptionOf(composed.words));
  } catch (error) {
    const text = wordsOf(error);
    throw new PipelineFileError(`${file.name}.gst`, locate(composed.words, text, attempt), text);
  }
}

function attempt(description: string): string | null {
  try {
    gst.parseLaunch(description).dispose();
    return null;
  } catch (error) {
    return wordsOf(error);
  }
}

/** node-gst puts the name of its function in front. */
const wordsOf = (error: unknown): string => (error as Error).message.replace(/^parseLaunch: /, '');

function refuseOther(file: PipelineFile, pipeline: GstObject, name: string): void {
  const source = pipeline.byName(name);
  const type = source?.type;
  source?.dispose();
  if (type !== 'GstAppSrc') throw new PipelineFileError(`${file.name}.gst`, START, `${name} is no appsrc`);
}

const START: Position = { line: 1, column: 1 };

function tryValues(file: PipelineFile, composed: Composed, pipeline: GstObject, context: ValueContext): void {
  for (const assignment of composed.assignments) {
    try {
      setValues(pipeline, valuesOf([assignment], context), (name) => name);
    } catch (error) {
      throw new PipelineFileError(`${file.name}.gst`, assignment, (error as Error).message);
    }
  }
}

/** What an operator may give; those without a default have some value of their type. */
export const sampleSettings = (file: PipelineFile): Settings =>
  new Map(file.settings.map(({ name, type, default: value }) => [name, value ?? (type === 'text' ? 'x' : 1)]));

const SAMPLE = { recording: 'x'.repeat(32), conversation: 'x'.repeat(256), startedMs: 0, segment: 1 } as const;

const sampleTrack = (codec: Codec, index: number): RecordedTrack => ({
  ssrc: index + 1,
  csrc: 1,
  userid: 'x'.repeat(256),
  clientid: 'x'.repeat(256),
  kind: kindOf(codec),
  codec,
  mid: '0',
  payloadType: 96,
  clockRate: 48_000,
});

const kindOf = (codec: Codec): MediaKind => (codec === 'opus' ? 'audio' : 'video');
