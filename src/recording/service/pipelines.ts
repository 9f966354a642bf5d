import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePipelineFile } from '../pipeline-file/pipeline-file.ts';
import type { PipelineText } from '../protocol.ts';

/** Of the media plane itself. */
const NOT_FOR_RECORDING = new Set(['peer']);

/**
 * The pipeline files of a folder, by name. They are read once: what changes on the disk later changes nothing. Throws a
 * `PipelineFileError` for a file with a mistake.
 */
export function loadPipelines(folder: string): ReadonlyMap<string, PipelineText> {
  const names = readdirSync(folder).flatMap((file) => /^(.+)\.gst$/.exec(file)?.[1] ?? []);
  const pipelines = names
    .filter((name) => !NOT_FOR_RECORDING.has(name))
    .map((name): PipelineText => ({ name, text: readFileSync(join(folder, `${name}.gst`), 'utf8') }));
  for (const { name, text } of pipelines) parsePipelineFile(name, text);
  return new Map(pipelines.map((pipeline) => [pipeline.name, pipeline]));
}
