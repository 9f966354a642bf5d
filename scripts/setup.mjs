// `npm run setup`: everything a clone needs, each step only where something is missing.
//
//   node scripts/setup.mjs                    everything, with what `npm test` needs
//   node scripts/setup.mjs --no-tests         without the Debian packages of the tests (browsers)
//   node scripts/setup.mjs --runtime-only     only what the built service needs, nothing is built
//   --quiet                                   says nothing where nothing is to do
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { addonIsStale, buildAddon, buildClient, buildService, clientIsStale, serviceIsStale } from './lib/build.mjs';
import { installPackages, missingPackages } from './lib/debian.mjs';
import { nodeModulesMatch } from './lib/node-modules.mjs';
import { nodeVersionProblem } from './lib/node-version.mjs';
import { namesOf, parsePackages } from './lib/packages.mjs';
import { root, run, script, StepError } from './lib/run.mjs';

await script(() => {
  const { runtimeOnly, tests, quiet } = options();
  const problem = nodeVersionProblem(process.versions.node);
  if (problem !== null) throw new StepError(problem);

  debianPackages(runtimeOnly ? ['runtime'] : ['runtime', 'build', ...(tests ? ['test'] : [])]);
  step('npm packages', !nodeModulesMatch(root, { dev: !runtimeOnly }), () => npmCi(runtimeOnly));
  if (!runtimeOnly) {
    step('addon node-gst', addonIsStale(), buildAddon);
    step('service', serviceIsStale(), buildService);
    step('client library', clientIsStale(), buildClient);
  }
  if (!quiet) console.log('setup: everything is there');
});

function options() {
  try {
    const { values } = parseArgs({
      options: { 'runtime-only': { type: 'boolean' }, 'no-tests': { type: 'boolean' }, quiet: { type: 'boolean' } },
    });
    return {
      runtimeOnly: values['runtime-only'] ?? false,
      tests: !(values['no-tests'] ?? false),
      quiet: values.quiet ?? false,
    };
  } catch (error) {
    throw new StepError(`setup: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @param {readonly string[]} groups */
function debianPackages(groups) {
  const names = namesOf(parsePackages(readFileSync(join(root, 'packages.txt'), 'utf8')), groups);
  const missing = missingPackages(names);
  if (missing === null) {
    console.error(`setup: this is not Debian; what these packages hold must be there: ${names.join(' ')}`);
    return;
  }
  step(`Debian packages ${missing.join(' ')}`, missing.length > 0, () => installPackages(missing));
}

/** @param {boolean} runtimeOnly */
function npmCi(runtimeOnly) {
  run('npm', ['ci', '--no-audit', '--no-fund', ...(runtimeOnly ? ['--omit=dev'] : [])], {
    what: 'the npm packages cannot be installed',
  });
}

/**
 * @param {string} name
 * @param {boolean} needed
 * @param {() => void} work
 */
function step(name, needed, work) {
  if (!needed) return;
  console.log(`setup: ${name}`);
  work();
}
