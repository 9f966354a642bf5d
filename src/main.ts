import { constants } from 'node:os';
import process from 'node:process';
import { createApp, type App } from './app.ts';
import { ServiceError } from './base/errors.ts';
import { loadConfig } from './config/config.ts';

/** Exit statuses, after sysexits.h; 1 is a listener that cannot be opened. */
const EXIT = { done: 0, listen: 1, unavailable: 69, bug: 70, config: 78 };

/** An orderly end that takes longer is cut short: a container has 10 s before it is killed. */
const CLOSE_DEADLINE_MS = 8_000;

let app: App | null = null;
let isStopping = false;

const say = (text: string): void => void process.stderr.write(`backend-webrtc: ${text}\n`);

const start = async (): Promise<void> => {
  app = await createApp(loadConfig());
  await app.start();
};

/** Closes what there is and exits. The second call exits at once. */
const stop = async (status: number): Promise<void> => {
  if (isStopping) process.exit(status);
  isStopping = true;
  setTimeout(() => {
    say(`not everything ended within ${CLOSE_DEADLINE_MS / 1000} s`);
    process.exit(EXIT.bug);
  }, CLOSE_DEADLINE_MS).unref();
  await app?.close();
  process.exit(status);
};

const crash = (error: unknown): void => {
  if (app === null) say(stackOf(error));
  else app.fault(error);
  // A second bug while the first is cleaned up changes nothing: the deadline ends the process.
  if (!isStopping) void stop(EXIT.bug);
};

/** What an operator can mend is one line; everything else is a bug, and has its stack. */
const failToStart = (error: unknown): void => {
  const isKnown = error instanceof ServiceError;
  say(isKnown ? error.message : stackOf(error));
  void stop(isKnown ? startStatus(error) : EXIT.bug);
};

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

const startStatus = ({ code }: ServiceError): number => {
  switch (code) {
    case 'config':
      return EXIT.config;
    case 'elements-missing':
      return EXIT.unavailable;
    case 'listen':
      return EXIT.listen;
    default:
      return EXIT.bug;
  }
};

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => void stop(isStopping ? 128 + constants.signals[signal] : EXIT.done));
}
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

start().catch(failToStart);
