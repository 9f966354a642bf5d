import gst from 'node-gst';

/** One line of GStreamer's own log. */
export interface MediaLine {
  readonly level: 'error' | 'warn' | 'info' | 'debug' | 'trace';
  readonly category: string;
  /** The element or pad it is about; null for none. */
  readonly object: string | null;
  readonly text: string;
}

export interface MediaLog {
  line(line: MediaLine): void;
  /** So many lines were not taken, because too many waited. */
  lost(count: number): void;
}

const LEVELS = {
  error: 'error',
  warning: 'warn',
  fixme: 'info',
  info: 'info',
  debug: 'debug',
  trace: 'trace',
} as const;

/** As much as `GST_DEBUG` asks for; without it, nothing. Returns the function that ends it. */
export function followLog(log: MediaLog): () => void {
  gst.onLog((lines, lost) => {
    for (const { level, category, object, text } of lines) {
      log.line({ level: LEVELS[level], category, object: object === '' ? null : object, text });
    }
    if (lost > 0) log.lost(lost);
  });
  return () => gst.onLog(null);
}
