import { lstatSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * The whole path of a new file of a recording. Names are made by us, but what they are made of comes from outside, and
 * the directory may have been touched since: whatever is not a plain new file directly in the real directory is refused.
 */
export function newFilePath(directory: string, name: string): string {
  if (name !== basename(name) || !/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)) {
    throw new RangeError(`"${name}" is no name for a file of a recording`);
  }
  const real = realpathSync(directory);
  if (!lstatSync(directory).isDirectory()) throw new RangeError(`${directory} is no directory of its own`);
  const path = join(real, name);
  if (exists(path)) throw new RangeError(`${path} is there already`);
  return path;
}

/** Also of a link that leads nowhere: who writes to it would make what it points to. */
function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
