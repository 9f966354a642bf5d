// The builds: the addon, the service, and the client library.
import { renameSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root, run } from './run.mjs';
import { isStale } from './stale.mjs';

const at = (/** @type {string} */ path) => join(root, path);

const ADDON = at('node-gst/build/Release/node_gst.node');
const ADDON_SOURCES = ['src', 'binding.gyp', 'build.mjs', 'package.json'].map((path) => at(`node-gst/${path}`));
const SERVICE = at('dist/main.js');
const CLIENT = at('client/dist/client.js');
const CLIENT_SOURCES = ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json'].map((path) =>
  at(`client/${path}`),
);
const SERVICE_SOURCES = ['src', 'tsconfig.json', 'tsconfig.build.json'].map(at);

export const addonIsStale = () => isStale(ADDON, ADDON_SOURCES);
export const clientIsStale = () => isStale(CLIENT, CLIENT_SOURCES);
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

/** One module for pages, and the declarations of its types. */
export function buildClient() {
  const started = new Date();
  rmSync(at('client/dist'), { recursive: true, force: true });
  const what = 'the client library cannot be built';
  run(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', 'client/tsconfig.build.json'], { what });
  run(
    // A script, or in its place the program itself.
    at('node_modules/esbuild/bin/esbuild'),
    [
      'client/src/index.ts',
      '--bundle',
      '--minify',
      '--format=esm',
      '--target=es2022',
      '--log-level=warning',
      `--outfile=${CLIENT}`,
    ],
    { what },
  );
  utimesSync(CLIENT, started, started);
}
