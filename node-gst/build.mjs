// Builds the addon with node-gyp against the headers of the Node that runs this script. Nothing is downloaded.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';

/** Folders that may hold `include/node/node_api.h`, the most fitting first. */
function headerRoots() {
  const named = process.env.npm_config_nodedir;
  const prefix = resolve(dirname(process.execPath), '..');
  return [...(named ? [named] : []), prefix, '/usr', '/usr/local'];
}

const nodedir = headerRoots().find((root) => existsSync(join(root, 'include/node/node_api.h')));
if (nodedir === undefined) {
  console.error(
    `node-gst: the headers of Node ${process.version} are missing: no include/node/node_api.h under ` +
      `${headerRoots().join(', ')}.\nInstall them (Debian: libnode-dev; the nodejs.org archive has them) or set npm_config_nodedir.`,
  );
  process.exit(1);
}

const gyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
// Configured each time (a second): the list of sources is a glob.
const run = spawnSync(
  process.execPath,
  [gyp, 'configure', 'build', '--nodedir', nodedir, '--jobs', '2', ...process.argv.slice(2)],
  { cwd: import.meta.dirname, stdio: 'inherit' },
);
process.exit(run.status ?? 1);
