import { spawnSync } from 'node:child_process';

/** A step of a script could not be done; its message is all that the person at the terminal needs. */
export class StepError extends Error {}

/** The top of the repository. */
export const root = new URL('../../', import.meta.url).pathname.replace(/\/$/, '');

/**
 * Runs a command at the top of the repository and shows what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, what: string }} options `what` names the step in the error
 */
export function run(command, args, { env = {}, what }) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (result.error) throw new StepError(`${what}: ${command} cannot be run: ${result.error.message}`);
  if (result.status !== 0) {
    throw new StepError(
      `${what}: "${command} ${args.join(' ')}" ended with ${result.signal ?? `status ${result.status}`}`,
    );
  }
}

/**
 * Runs the body of a script; a failed step ends it with its message and status 1, a defect with its stack.
 * @param {() => void | Promise<void>} body
 */
export async function script(body) {
  try {
    await body();
  } catch (error) {
    console.error(error instanceof StepError ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
