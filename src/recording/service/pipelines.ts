import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceError } from '../../base/errors.ts';
import type { ShownSettings } from '../manifest/entries.ts';
import { PipelineFileError } from '../pipeline-file/error.ts';
import { parsePipelineFile } from '../pipeline-file/pipeline-file.ts';
import type { Setting } from '../pipeline-file/placeholders.ts';
import { checkedSettings } from '../pipeline-file/values.ts';
import type { PipelineText } from '../protocol.ts';

/** A pipeline file that was there at the start. */
export interface Pipeline extends PipelineText {
  /** What whoever starts it may give. */
  readonly settings: readonly Setting[];
}

export type Pipelines = ReadonlyMap<string, Pipeline>;

/** Of the media plane itself. */
const NOT_FOR_RECORDING = new Set(['peer']);

/**
 * The pipeline files of a folder, by name. They are read once: what changes on the disk later changes nothing. Throws a
 * ServiceError `pipelines` for a file with a mistake; whether GStreamer likes it is for `checkPipelines`.
 */
export function loadPipelines(folder: string): Pipelines {
  const names = readdirSync(folder).flatMap((file) => /^(.+)\.gst$/.exec(file)?.[1] ?? []);
  const pipelines = names.filter((name) => !NOT_FOR_RECORDING.has(name)).map((name) => load(folder, name));
  return new Map(pipelines.map((pipeline) => [pipeline.name, pipeline]));
}

function load(folder: string, name: string): Pipeline {
  const text = readFileSync(join(folder, `${name}.gst`), 'utf8');
  try {
    return { name, text, settings: parsePipelineFile(name, text).settings };
  } catch (cause) {
    if (cause instanceof PipelineFileError) throw new ServiceError('pipelines', { detail: cause.message, cause });
    throw cause;
  }
}

/** The pipeline of a name. Throws a ServiceError `recording-pipeline`. */
export function pipelineNamed(pipelines: Pipelines, name: string): Pipeline {
  const pipeline = pipelines.get(name);
  if (pipeline === undefined)
    throw new ServiceError('recording-pipeline', { detail: [...pipelines.keys()].join(', ') });
  return pipeline;
}

export type SettingValues = Readonly<Record<string, string | number>>;

/** Every setting of a pipeline, with what was given. Throws a ServiceError `recording-settings` that says what is wrong. */
export function settingsFor({ settings }: Pipeline, given: Readonly<Record<string, unknown>>): SettingValues {
  try {
    return Object.fromEntries(checkedSettings(settings, given));
  } catch (cause) {
    if (cause instanceof RangeError) throw new ServiceError('recording-settings', { detail: cause.message, cause });
    throw cause;
  }
}

/** What is no secret, for the manifest: a secret is there by its name. */
export const shownSettings = ({ settings }: Pipeline, values: SettingValues): ShownSettings => {
  const secrets = new Set(settings.flatMap(({ name, isSecret }) => (isSecret === true ? [name] : [])));
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, secrets.has(name) ? null : value]));
};

/** What is text wherever it comes from, as in the environment, becomes what a pipeline declares; the rest stays as it is. */
export const typedSettings = (
  { settings }: Pipeline,
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, string | number>> =>
  Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const isNumber = settings.some((each) => each.name === name && each.type === 'number');
      return [name, isNumber && Number.isFinite(Number(text)) ? Number(text) : text];
    }),
  );
