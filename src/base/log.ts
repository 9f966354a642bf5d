import { pino, stdTimeFunctions, type DestinationStream, type Logger as PinoLogger } from 'pino';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
/** Fields of one line, and the sentence that goes with them. */
export type Logger = Pick<PinoLogger, LogLevel>;

/**
 * One JSON object per line: `level` as a word, `time` in ISO 8601, `msg`, and the fields of the line.
 */
export function createLogger(level: LogLevel | 'silent', destination: DestinationStream): Logger {
  const options = {
    level,
    // Process id and host name are the container's to tell.
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, destination);
}
