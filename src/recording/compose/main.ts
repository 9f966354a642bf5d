import { setPriority } from 'node:os';
import process from 'node:process';
import { parseArguments } from './arguments.ts';
import { compose } from './compose.ts';
import { ComposeError, EXIT } from './types.ts';

/**
 * `npm run compose -- <directory of a recording>... <file>.webm`: `arguments.ts` has the rest.
 *
 * Exit status: 0 done, 1 it failed, 2 there is nothing to compose, 64 wrong usage, 69 ffmpeg is not there, 130 interrupted.
 */
const NICENESS = 10;
const INTERRUPTED = 130;

const interruption = new AbortController();

async function main(args: readonly string[]): Promise<number> {
  try {
    const wanted = parseArguments(args);
    const { stderr: terminal } = process;
    await compose({ ...wanted, terminal, signal: interruption.signal, nowMs: () => performance.now() });
    for (const file of [wanted.output, wanted.contactSheet]) if (file !== null) console.log(file);
    return EXIT.done;
  } catch (error) {
    if (interruption.signal.aborted) return INTERRUPTED;
    const { message, code } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' && /^spawn ff/.test(message);
    console.error(isMissing ? 'ffmpeg is not there: install the Debian package ffmpeg' : message);
    if (isMissing) return EXIT.unavailable;
    return error instanceof ComposeError ? error.status : EXIT.failed;
  }
}

// Whatever a conversation needs comes first.
setPriority(NICENESS);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());
process.exitCode = await main(process.argv.slice(2));
