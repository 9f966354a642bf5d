import { fileURLToPath } from 'node:url';
import type { Registry } from '../conversation/registry.ts';
import { errorText } from '../events/error-text.ts';
import { loadPipelines } from '../recording/service/pipelines.ts';
import { Recordings } from '../recording/service/recordings.ts';
import type { Context } from './context.ts';

/** `pipelines/` lies beside `src/` and `dist/` alike. */
const PIPELINES = fileURLToPath(new URL('../../pipelines', import.meta.url));

export const createRecordings = (context: Context, registry: Registry): Recordings => {
  const { config, overrides, plane, clock, reporter, onError } = context;
  const recordings = new Recordings({
    ...config.recording,
    pipelines: loadPipelines(PIPELINES),
    plane,
    conversations: registry,
    clock,
    wallMs: () => Date.now(),
    reports: reporter,
    onFault: onError,
    ...(overrides.recorder !== undefined && { program: overrides.recorder }),
  });
  followConversations(context, registry, recordings);
  return recordings;
};

/** A recording begins with the first member, where it is wanted of every such conversation, and ends with the last. */
const followConversations = ({ config, reporter }: Context, registry: Registry, recordings: Recordings): void => {
  const { isRecorded, pipeline } = config.recording;
  registry.events.on('closed', (conversation) => recordings.conversationEnded(conversation));
  registry.events.on('opened', (conversation) => {
    if (!isRecorded(conversation)) return;
    // Not now: the conversation is told of in the middle of things, and nobody is in it yet.
    queueMicrotask(() => {
      recordings.start(conversation, pipeline, 'RECORD').catch((error: unknown) => {
        reporter.recordingFailed({ recording: null, conversation }, errorText(error));
      });
    });
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
