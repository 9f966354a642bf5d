import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { ServiceError } from '../base/errors.ts';

/** Names and texts, as the environment and `.env` have them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The `.env` at the top of the project: `src/config/` and `dist/config/` are equally deep below it. */
export const ENV_FILE = fileURLToPath(new URL('../../.env', import.meta.url));

/**
 * The one reader of the process environment. A variable that is exported wins over the same one in `.env`, even when it
 * is empty; a missing file is no error, one that cannot be read is.
 */
export function readEnvironment(file: string = ENV_FILE, exported: Environment = processEnvironment()): Environment {
  return { ...readEnvFile(file), ...exported };
}

// eslint-disable-next-line no-restricted-properties -- this is the one place
const processEnvironment = (): Environment => process.env;

function readEnvFile(file: string): Environment {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    throw new ServiceError('config', { detail: `${file} cannot be read (${String(code)})`, cause: error });
  }
}
