// Debian packages: which are missing, and their installation.
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { run, StepError } from './run.mjs';

/**
 * @param {readonly string[]} names
 * @returns {string[] | null} those that are not installed; null where this is not a Debian system
 */
export function missingPackages(names) {
  // dpkg-query ends with 1 when it does not know one of the names, and still reports the others.
  const query = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Package}\\n', ...names], {
    encoding: 'utf8',
  });
  if (query.error) return null;
  return missingFrom(query.stdout, names);
}

/**
 * @param {string} report lines of "status package", as dpkg-query prints them
 * @param {readonly string[]} names
 */
export function missingFrom(report, names) {
  const installed = new Set(
    report
      .split('\n')
      .filter((line) => line.startsWith('installed '))
      .map((line) => line.slice('installed '.length)),
  );
  return names.filter((name) => !installed.has(name));
}

/**
 * Installs packages with apt-get, through sudo where this is not root.
 * @param {readonly string[]} names
 */
export function installPackages(names) {
  const prefix = becomeRoot(names);
  const apt = (/** @type {string[]} */ ...args) => {
    // The variable goes through `env`, because sudo does not hand the environment over.
    const words = [
      ...prefix,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-o',
      'DPkg::Lock::Timeout=300',
      ...args,
    ];
    run(words[0] ?? '', words.slice(1), { what: `the Debian packages ${names.join(' ')} cannot be installed` });
  };
  apt('update');
  apt('install', '--yes', '--no-install-recommends', ...names);
}

/** @param {readonly string[]} names */
function becomeRoot(names) {
  if (process.getuid?.() === 0) return [];
  if (spawnSync('sudo', ['--version']).status === 0) return ['sudo'];
  throw new StepError(
    `These Debian packages are missing, and this is neither root nor is there sudo. As root, run:\n` +
      `  apt-get update && apt-get install --yes --no-install-recommends ${names.join(' ')}`,
  );
}
