import type { Logger } from '../base/log.ts';
import { EVENTS, type EventSink } from './catalogue.ts';

/** One log line per event: its name as `event`, its fields, and its sentence. */
export const logSink =
  (logger: Logger): EventSink =>
  ({ name, fields }) => {
    const { level, text } = EVENTS[name];
    logger[level]({ event: name, ...fields }, text);
  };
