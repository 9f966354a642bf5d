// Does node_modules hold what package-lock.json asks for?
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, dev?: boolean, link?: boolean }} LockEntry
 * @typedef {{ packages?: Record<string, LockEntry> }} Lock
 */

/**
 * npm writes what it installed into node_modules/.package-lock.json as its last act, so an interrupted installation
 * does not count as one.
 * @param {string} root
 * @param {{ dev: boolean }} options whether packages for development are wanted
 * @returns {boolean}
 */
export function nodeModulesMatch(root, { dev }) {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  return locksMatch(readLock(join(root, 'package-lock.json')), readLock(installed), { dev });
}

/**
 * @param {Lock} wanted package-lock.json
 * @param {Lock} installed node_modules/.package-lock.json
 * @param {{ dev: boolean }} options
 * @returns {boolean}
 */
export function locksMatch(wanted, installed, { dev }) {
  const there = installed.packages ?? {};
  const asked = Object.entries(wanted.packages ?? {}).filter(([path]) => path.includes('node_modules/'));
  // Optional packages are those of other platforms: npm leaves them out.
  const complete = asked
    .filter(([, entry]) => dev || entry.dev !== true)
    .every(([path, entry]) => (there[path] === undefined ? entry.optional === true : same(entry, there[path])));
  const paths = new Set(asked.map(([path]) => path));
  return complete && Object.keys(there).every((path) => paths.has(path) || !path.includes('node_modules/'));
}

/**
 * @param {LockEntry} a
 * @param {LockEntry} b
 */
const same = (a, b) => a.version === b.version && a.integrity === b.integrity;

/**
 * @param {string} path
 * @returns {Lock}
 */
const readLock = (path) => JSON.parse(readFileSync(path, 'utf8'));
