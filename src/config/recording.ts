import type { SettingValues } from './settings.ts';

export interface RecordingConfig {
  /** Whether a conversation is recorded without being asked for. */
  readonly isRecorded: (conversation: string) => boolean;
  /** The name of the pipeline that does it. */
  readonly pipeline: string;
  /** Of the pipeline, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** An absolute path. */
  readonly directory: string;
  readonly maxTaps: number;
  /** Bytes. */
  readonly tapBytes: number;
  /** Bytes. */
  readonly diskReserve: number;
  readonly limits: { readonly seconds: number; readonly bytes: number };
}

const MIB = 1024 * 1024;

export const recordingConfig = (values: SettingValues): RecordingConfig => ({
  isRecorded: values.RECORD,
  pipeline: values.RECORD_PIPELINE,
  settings: values.RECORD_SETTINGS,
  directory: values.RECORDINGS_DIR,
  maxTaps: values.MAX_TAPS,
  tapBytes: values.TAP_BUFFER * MIB,
  diskReserve: values.RECORDINGS_RESERVE * MIB,
  limits: { seconds: values.SEGMENT_TIME / 1000, bytes: values.SEGMENT_SIZE * MIB },
});
