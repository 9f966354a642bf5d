import { systemClock, type Clock } from '../base/clock.ts';
import type { PeerId } from '../base/ids.ts';
import { createLogger } from '../base/log.ts';
import { standardOutput } from '../base/log-output.ts';
import type { Config } from '../config/config.ts';
import type { DrawerOptions } from '../drawing/drawer.ts';
import { logSink } from '../events/log-sink.ts';
import { Reporter } from '../events/reporter.ts';
import type { MediaLog } from '../media/gst/log.ts';
import type { MediaPlane } from '../media/types.ts';
import type { SessionsOptions } from '../signalling/sessions.ts';

/** What a test may put in place of the real thing. */
export interface Overrides {
  readonly clock?: Clock;
  readonly plane?: MediaPlane;
  readonly reporter?: Reporter;
  readonly sessions?: Pick<SessionsOptions, 'closeGrace' | 'limits'>;
  readonly drawing?: DrawerOptions;
  /** The program of a recorder. */
  readonly recorder?: string;
}

/** What every part of the wiring may use. */
export interface Context {
  readonly config: Config;
  readonly overrides: Overrides;
  readonly plane: MediaPlane;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Gets what must not stop anything. */
  readonly onError: (error: unknown) => void;
  /** Resolves when what was logged is written, as far as somebody reads it. */
  readonly flushLog: () => Promise<void>;
}

/** For the last lines, at the end. */
const LOG_FLUSH_MS = 500;

export const createContext = async (config: Config, overrides: Overrides): Promise<Context> => {
  const clock = overrides.clock ?? systemClock;
  const { reporter, flushLog } = overrides.reporter === undefined ? logging(config) : unlogged(overrides.reporter);
  const plane = overrides.plane ?? (await gstPlane(config, reporter));
  return { config, overrides, plane, clock, reporter, onError: (error) => reporter.fault(error), flushLog };
};

type Reporting = Pick<Context, 'reporter' | 'flushLog'>;

const logging = ({ logLevel }: Config): Reporting => {
  const output = standardOutput((lost) => reporter.logLinesLost(lost));
  const reporter = new Reporter([logSink(createLogger(logLevel, output))]);
  return { reporter, flushLog: () => output.flush(LOG_FLUSH_MS) };
};

const unlogged = (reporter: Reporter): Reporting => ({ reporter, flushLog: () => Promise.resolve() });

/** Loaded only where it is needed: a test on another plane needs no GStreamer. */
const gstPlane = async (config: Config, reporter: Reporter): Promise<MediaPlane> => {
  const { media, publishRate, egress } = config;
  const { createGstPlane } = await import('../media/gst/plane.ts');
  const log: MediaLog = {
    line: (line) => reporter.mediaLine(line),
    lost: (count) => reporter.mediaLinesLost(count),
  };
  const onFallback = (missing: string): void => reporter.egressFellBack(missing);
  const onSocketRefused = (peer: PeerId, reason: string): void => reporter.socketRefused(peer, reason);
  return createGstPlane({ ...media, publishRate, egress, onFallback, onSocketRefused, log });
};
