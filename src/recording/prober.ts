import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childEnvironment, givingWay } from './child-environment.ts';
import type { Probe, Prober } from './probe.ts';

/** The built program: `src/` is not for running. */
const PROGRAM = fileURLToPath(new URL('./child/probe-main.js', import.meta.url));

/** Decoding runs many times faster than real time; a file that takes longer is one that a decoder hangs over. */
const TIMEOUT_MS = 10 * 60_000;
const MAX_OUTPUT = 1024 * 1024;

/**
 * Looks into files in a process of its own each.
 *
 * @param directory a private directory for the process
 */
export const probeInChild =
  (directory: string, program: string = PROGRAM): Prober =>
  (path, { decode }) =>
    new Promise((resolve, reject) => {
      const options = { env: childEnvironment(directory), timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT, cwd: '/' };
      const [command, args] = givingWay(program, decode ? 'decode' : 'cut', path);
      execFile(command, args, options, (error, stdout, stderr) => {
        if (error !== null) {
          reject(new Error(reasonOf(stderr, error)));
          return;
        }
        resolve(JSON.parse(stdout) as Probe);
      });
    });

const reasonOf = (stderr: string, error: Error & { readonly signal?: NodeJS.Signals | null }): string => {
  if (error.signal != null) return `the process that looked into it ended by ${error.signal}`;
  return stderr.trim().split('\n').at(-1) ?? error.message;
};
