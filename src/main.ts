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
let ending: 'no' | 'draining' | 'closing' = 'no';
let exitStatus = EXIT.done;

const say = (text: string): void => void process.stderr.write(`backend-webrtc: ${text}\n`);

const start = async (): Promise<void> => {
  app = await createApp(loadConfig());
  await app.start();
};

/** Waits for the conversations, then closes what there is and exits. A second signal exits at once. */
const stop = async (signal: NodeJS.Signals): Promise<void> => {
  if (ending !== 'no') process.exit(128 + constants.signals[signal]);
  ending = 'draining';
  await app?.drain();
  await close(EXIT.done);
};

/** Closes what there is and exits, with the worst status that was asked for. */
const close = async (status: number): Promise<void> => {
  exitStatus = Math.max(exitStatus, status);
  if (ending === 'closing') return;
  ending = 'closing';
  setTimeout(() => {
    say(`not everything ended within ${CLOSE_DEADLINE_MS / 1000} s`);
    process.exit(EXIT.bug);
  }, CLOSE_DEADLINE_MS).unref();
  await app?.close();
  process.exit(exitStatus);
};

/** Nobody knows what state the rest is in: it ends, in order, and does not wait for conversations. */
const crash = (error: unknown): void => {
  if (app === null) say(stackOf(error));
  else app.fault(error);
  void close(EXIT.bug);
};

/** What an operator can mend is one line; everything else is a bug, and has its stack. */
const failToStart = (error: unknown): void => {
  const isKnown = error instanceof ServiceError;
  say(isKnown ? error.message : stackOf(error));
  void close(isKnown ? startStatus(error) : EXIT.bug);
};

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

const startStatus = ({ code }: ServiceError): number => {
  switch (code) {
    case 'config':
    case 'pipelines':
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
  process.on(signal, () => void stop(signal));
}
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

start().catch(failToStart);
