import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../../..');
/** What the service and the addon's tests read of the repository, besides what is built. */
const READ = ['.env', 'package.json', 'packages.txt', 'pipelines', 'dashboard', 'jest.config.mjs'];
const ENVIRONMENT = 'dist/recording/child-environment.js';

/**
 * Copies the built service, which then takes the addon that is put into `node-gst` there. Modules are found by where a file
 * really is: what finds the addon is copied, the rest is only pointed to.
 *
 * @param passedOn names of what recorders get of the service's environment; otherwise that is nothing
 */
export function copyService(folder: string, passedOn: readonly string[]): void {
  for (const name of [...READ, 'dist']) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== 'node-gst') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  symlinkSync('../node-gst', join(modules, 'node-gst'));
  letRecordersHave(passedOn, join(folder, ENVIRONMENT));
}

function letRecordersHave(names: readonly string[], file: string): void {
  const [before, anchor] = [readFileSync(file, 'utf8'), "LANG: 'C.UTF-8',"];
  if (!before.includes(anchor)) throw new Error(`${file} has no ${anchor}`);
  const passed = `...Object.fromEntries(Object.entries(process.env).filter(([name]) => ${JSON.stringify(names)}.includes(name))),`;
  writeFileSync(file, before.replace(anchor, `${anchor}\n    ${passed}`));
}

/** Arguments of Node by which it starts another one as a copied service starts a recorder, and has that run this code. */
export const asRecorder = (folder: string, code: string): readonly string[] => [
  '--input-type=module',
  '--eval',
  `import { spawnSync } from 'node:child_process';
  import { childEnvironment, givingWay } from ${JSON.stringify(join(folder, ENVIRONMENT))};
  const [command, args] = givingWay('--eval', ${JSON.stringify(code)});
  process.exitCode = spawnSync(command, args, { env: childEnvironment('/'), stdio: 'inherit' }).status ?? 1;`,
];
