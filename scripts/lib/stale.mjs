// Is what was built older than its sources?
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} target a built file
 * @param {readonly string[]} sources files, and folders with everything below them
 * @returns {boolean} whether the target is missing or older than one of its sources
 */
export function isStale(target, sources) {
  return !existsSync(target) || sources.some((source) => newest(source) > statSync(target).mtimeMs);
}

/**
 * A folder counts too: its time changes when a file in it is removed.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  return Math.max(entry.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
