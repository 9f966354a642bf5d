import type { Manifest } from '../manifest/manifest.ts';

/** One recording, in a few words. */
export interface RecordingSummary {
  readonly id: string;
  /** Null where its manifest cannot be read, as the next three. */
  readonly conversation: string | null;
  readonly pipeline: string | null;
  readonly requestedBy: string | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string | null;
  /**
   * Of one that runs, as in `Recording`. Of others: `ended`; `interrupted` until it has been completed; `damaged` where
   * the manifest cannot be read, or was changed.
   */
  readonly state: string;
  /** Of its files. */
  readonly directory: string;
}

export const summaryOf = (
  { recording, conversation, pipeline, requestedBy, startedAt }: Manifest,
  state: string,
  directory: string,
): RecordingSummary => ({ id: recording, conversation, pipeline, requestedBy, startedAt, state, directory });

export const damagedSummary = (id: string, directory: string): RecordingSummary => ({
  id,
  conversation: null,
  pipeline: null,
  requestedBy: null,
  startedAt: null,
  state: 'damaged',
  directory,
});
