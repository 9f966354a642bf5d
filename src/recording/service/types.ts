import type { ConversationId } from '../../base/ids.ts';
import type { Listener, Member } from '../../conversation/types.ts';

/** What this layer needs of the conversations; the registry is it. */
export interface Conversations {
  membersOf(conversation: ConversationId): readonly Member[];
  /** Returns the function that ends it; null where the conversation has no member. */
  listen(conversation: ConversationId, listener: Listener): (() => void) | null;
}

/** What a report is about. */
export interface RecordingName {
  readonly recording: string;
  readonly conversation: ConversationId;
}

/** Gets told what happens to recordings. */
export interface RecordingReports {
  recordingStarted(name: RecordingName, pipeline: string, requestedBy: string): void;
  segmentClosed(name: RecordingName, segment: number, durationMs: number, files: number): void;
  /** It ended as it should; or, `interrupted`, the service had ended before it, and it is complete now. */
  recordingFinished(name: RecordingName, segments: number, interrupted: boolean): void;
  /** It could not begin, or go on. */
  recordingFailed(name: RecordingName, detail: string): void;
  /** Something was lost, or went wrong, and it goes on. */
  recordingTrouble(name: RecordingName, detail: string): void;
  recordingMeasured(
    name: RecordingName,
    userid: string | null,
    measurement: string,
    fields: Readonly<Record<string, unknown>>,
  ): void;
}
