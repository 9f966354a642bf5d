import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ComposeError, EXIT } from './types.ts';

const MAX_STDERR = 4_000;

/**
 * Runs ffmpeg in a directory. Rejects with what it said where it fails; it ends with `signal`, and with this process.
 *
 * @param onTime how far it has come, ms of its output
 */
export async function ffmpeg(
  directory: string,
  args: readonly string[],
  signal: AbortSignal,
  onTime: (ms: number) => void = () => undefined,
): Promise<void> {
  const always = ['-nostdin', '-hide_banner', '-v', 'error', '-y', '-nostats', '-progress', 'pipe:1'];
  // Not even a process that is killed leaves it behind: it would go on for hours, for nobody.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'ffmpeg', ...always, ...args], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = `${stderr}${text}`.slice(-MAX_STDERR)));
  const ended = new Promise<string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, killed) => resolve(code === 0 ? null : (killed ?? `exit status ${String(code)}`)));
  });
  ended.catch(() => undefined);
  for await (const line of createInterface({ input: child.stdout })) {
    const us = /^out_time_us=(\d+)$/.exec(line)?.[1];
    if (us !== undefined) onTime(Number(us) / 1000);
  }
  const failure = await ended;
  if (failure !== null) throw new ComposeError(EXIT.failed, `ffmpeg ended with ${failure}:\n${stderr.trim()}`);
}

/** The words that give ffmpeg a graph from a file: it may be longer than a word of a command can be. */
export async function graphFrom(file: string): Promise<readonly [option: string, file: string]> {
  const { stdout } = await promisify(execFile)('ffmpeg', ['-version']);
  return [graphOption(stdout), file];
}

/**
 * Since 7.0 any option can be read from a file, and the option that was there for graphs is going away; before, it was
 * the only one.
 *
 * @param version what `ffmpeg -version` says; one that was built from no release has no number, and is new
 */
export function graphOption(version: string): string {
  const major = /^ffmpeg version n?(\d+)\./.exec(version)?.[1];
  return major !== undefined && Number(major) < 7 ? '-filter_complex_script' : '-/filter_complex';
}
