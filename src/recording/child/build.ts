import gst, { type GstObject } from 'node-gst';
import { compose, descriptionOf } from '../pipeline-file/compose.ts';
import type { PipelineFile } from '../pipeline-file/pipeline-file.ts';
import { valuesOf, type PropertyValue, type ValueContext } from '../pipeline-file/values.ts';
import type { RecordedTrack } from '../types.ts';

/** A pipeline that was made and is in state NULL. Whoever gets it disposes of all of it. */
export interface BuiltPipeline {
  readonly pipeline: GstObject;
  /** Where the packets of each track enter, in the order of the tracks. */
  readonly sources: readonly GstObject[];
  /** Names of the files it writes to, in the directory of the recording. */
  readonly files: readonly string[];
}

/** What waits in front of a pipeline that does not get on, bytes: seconds of video, minutes of audio. */
const MAX_WAITING = { audio: 256 * 1024, video: 4 * 1024 * 1024 } as const;

/**
 * @param pathOf the whole path of a file that may be written to; throws where it may not
 */
export function build(file: PipelineFile, context: ValueContext, pathOf: (fileName: string) => string): BuiltPipeline {
  const composed = compose(
    file,
    context.tracks.map(({ codec }) => codec),
  );
  const pipeline = gst.parseLaunch(descriptionOf(composed.words));
  const sources: GstObject[] = [];
  try {
    const values = valuesOf(composed.assignments, context);
    setValues(pipeline, values, pathOf);
    for (const [index, track] of context.tracks.entries()) {
      sources.push(sourceFor(pipeline, composed.sources[index] ?? '', track));
    }
    return { pipeline, sources, files: values.filter(({ isFile }) => isFile).map(({ value }) => String(value)) };
  } catch (error) {
    for (const object of [...sources, pipeline]) object.dispose();
    throw error;
  }
}

export function setValues(
  pipeline: GstObject,
  values: readonly PropertyValue[],
  pathOf: (fileName: string) => string,
): void {
  for (const { element: name, property, value, isFile } of values) {
    const element = pipeline.byName(name);
    if (element === null) throw new Error(`there is no element ${name}`);
    try {
      element.set(property, isFile ? pathOf(String(value)) : value);
    } finally {
      element.dispose();
    }
  }
}

function sourceFor(pipeline: GstObject, name: string, track: RecordedTrack): GstObject {
  const source = pipeline.byName(name);
  if (source?.type !== 'GstAppSrc') throw new Error(`there is no appsrc ${name}`);
  source.set('caps', capsOf(track)).set('format', 'time').set('max-bytes', MAX_WAITING[track.kind]);
  return source;
}

/** As an SDP would describe the stream. Opus is stereo by its definition (RFC 7587), whatever it carries. */
function capsOf({ kind, codec, payloadType, clockRate, ssrc }: RecordedTrack): string {
  const stereo = codec === 'opus' ? ',encoding-params=(string)2,sprop-stereo=(string)1' : '';
  const name = codec.toUpperCase();
  const numbers = `clock-rate=${clockRate},payload=${payloadType},ssrc=(uint)${ssrc}`;
  return `application/x-rtp,media=${kind},encoding-name=${name},${numbers}${stereo}`;
}
