import { fileURLToPath } from 'node:url';
import { ServiceError } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import type { Registry } from '../conversation/registry.ts';
import { errorText } from '../events/error-text.ts';
import { AutoRecord } from '../recording/service/auto-record.ts';
import {
  loadPipelines,
  pipelineNamed,
  settingsFor,
  typedSettings,
  type Pipelines,
} from '../recording/service/pipelines.ts';
import { Recordings, type Wish } from '../recording/service/recordings.ts';
import type { Context } from './context.ts';
import type { Headroom } from './headroom.ts';

/** `pipelines/` lies beside `src/` and `dist/` alike. */
const PIPELINES = fileURLToPath(new URL('../../pipelines', import.meta.url));

export interface RecordingParts {
  readonly recordings: Recordings;
  /** Has GStreamer look at the pipeline files. Rejects with a ServiceError `pipelines`. */
  readonly check: () => Promise<void>;
}

/** A process of its own: what it takes of descriptors and threads is as much as so many connections do. */
const RECORDER_IN_CONNECTIONS = 4;

/** Throws a ServiceError `pipelines` for a file with a mistake, `config` where `RECORD_PIPELINE` cannot be started. */
export const createRecordings = (context: Context, registry: Registry, headroom: Headroom): RecordingParts => {
  const { config, overrides, plane, clock, reporter, onError } = context;
  const pipelines = loadPipelines(PIPELINES);
  const recordings = new Recordings({
    ...config.recording,
    pipelines,
    plane,
    conversations: registry,
    clock,
    wallMs: () => Date.now(),
    reports: reporter,
    onFault: onError,
    shortOf: () => headroom.shortFor(RECORDER_IN_CONNECTIONS),
    ...(overrides.recorder !== undefined && { program: overrides.recorder }),
  });
  const wish = recordWish(config.recording, pipelines);
  followConversations(context, registry, recordings, wish);
  // A plane that a test has put in place needs no GStreamer: then nobody is asked.
  const check = (): Promise<void> =>
    overrides.plane === undefined ? recordings.checkPipelines([wish]) : Promise.resolve();
  return { recordings, check };
};

const REQUESTED_BY = 'RECORD';

/** What `RECORD` begins. */
const recordWish = ({ pipeline: name, settings }: Config['recording'], pipelines: Pipelines): Wish => {
  try {
    const pipeline = pipelineNamed(pipelines, name);
    return {
      pipeline: name,
      settings: settingsFor(pipeline, typedSettings(pipeline, settings)),
      requestedBy: REQUESTED_BY,
    };
  } catch (cause) {
    if (!(cause instanceof ServiceError)) throw cause;
    throw new ServiceError('config', {
      detail: `RECORD_PIPELINE=${name} with RECORD_SETTINGS: ${cause.message}`,
      cause,
    });
  }
};

/** A recording begins with the first member, where it is wanted of every such conversation, and ends with the last. */
const followConversations = (
  { config, clock, reporter }: Context,
  registry: Registry,
  recordings: Recordings,
  wish: Wish,
): void => {
  const auto = new AutoRecord({
    isWanted: config.recording.isRecorded,
    wish,
    start: (conversation, what) => recordings.start(conversation, what),
    running: (conversation) => recordings.running(conversation, REQUESTED_BY),
    clock,
    onFailure: (conversation, error) => reporter.recordingFailed({ recording: null, conversation }, errorText(error)),
  });
  registry.events.on('opened', (conversation) => {
    recordings.conversationOpened(conversation);
    auto.opened(conversation);
  });
  registry.events.on('closed', (conversation) => {
    recordings.conversationEnded(conversation);
    auto.closed(conversation);
  });
};

/** Ends what an earlier process left, beside everything else. */
export const completeRecordings = async ({ reporter }: Context, recordings: Recordings): Promise<void> => {
  try {
    const count = await recordings.completeInterrupted();
    if (count > 0) reporter.recordingsCompleted(count);
  } catch (error) {
    reporter.fault(error);
  }
};
