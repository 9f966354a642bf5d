// The two builds: the addon, and the service.
import { renameSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root, run } from './run.mjs';
import { isStale } from './stale.mjs';

const at = (/** @type {string} */ path) => join(root, path);

const ADDON = at('node-gst/build/Release/node_gst.node');
const ADDON_SOURCES = ['src', 'binding.gyp', 'build.mjs', 'package.json'].map((path) => at(`node-gst/${path}`));
const SERVICE = at('dist/main.js');
const SERVICE_SOURCES = ['src', 'tsconfig.json', 'tsconfig.build.json'].map(at);

export const addonIsStale = () => isStale(ADDON, ADDON_SOURCES);
export const serviceIsStale = () => isStale(SERVICE, SERVICE_SOURCES);

export function buildAddon() {
  const started = new Date();
  run(process.execPath, [at('node-gst/build.mjs')], { what: 'the addon node-gst cannot be built' });
  // make leaves the file alone where a source was touched and nothing changed.
  utimesSync(ADDON, started, started);
}

/** Builds beside `dist` and then takes its place: a failed build leaves the old one, a removed source leaves nothing. */
export function buildService() {
  const started = new Date();
  const fresh = at('dist.new');
  rmSync(fresh, { recursive: true, force: true });
  run(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', fresh], {
    what: 'the service cannot be built',
  });
  rmSync(at('dist'), { recursive: true, force: true });
  renameSync(fresh, at('dist'));
  utimesSync(SERVICE, started, started);
}
