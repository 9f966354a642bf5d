import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, run, SHARED } from '../../../node-gst/test/support/programs.ts';
import { writeProgram } from './program.ts';
import { reportsOfOurs } from './reports.ts';
import { ENVIRONMENT, HELPERS, LIBRARIES, OPTIONS, REPORT, STARTED_BY, type Sanitizer } from './sanitizers.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** What the service and the addon's tests read of the repository, besides what is built. */
const READ = ['.env', 'package.json', 'packages.txt', 'pipelines', 'dashboard', 'jest.config.mjs'];
const ADDON = ['binding.gyp', 'build.mjs', 'index.cjs', 'package.json', 'src', 'test'];
/** What the addon is compiled for comes with the name of the libraries that must be there before all others. */
const PASSED_ON = ['LD_PRELOAD', 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'UBSAN_FILE', 'TSAN_OPTIONS', 'G_SLICE'];

/** A copy of the built service in a folder of its own, which the caller removes, on an addon compiled for a sanitizer. */
export interface SanitizedTree {
  readonly folder: string;
  /** A program that becomes the service; or Node, with the arguments that it is given. */
  readonly program: string;
  /** What the sanitizer has written of the addon since the last call, in all processes; empty where it found nothing. */
  takeReports(): string;
}

/** Takes minutes; throws with the compiler's words. */
export function buildTree(sanitizer: Sanitizer): SanitizedTree {
  const folder = mkdtempSync(join(tmpdir(), 'sanitized-'));
  copyService(folder);
  const flags = ['-O1', '-g', '-fno-omit-frame-pointer', `-fsanitize=${sanitizer}`];
  buildAddon(join(folder, 'node-gst'), flags);
  const reports = join(folder, 'reports');
  mkdirSync(reports);
  return {
    folder,
    program: sanitizedProgram(folder, sanitizer, join(reports, REPORT)),
    takeReports: () => {
      const files = readdirSync(reports).map((name) => join(reports, name));
      const text = files.map((file) => readFileSync(file, 'utf8')).join('');
      for (const file of files) writeFileSync(file, '');
      return sanitizer === 'thread' ? reportsOfOurs(text) : text;
    },
  };
}

/** Modules are found by where a file really is: what finds the addon is copied, the rest is only pointed to. */
function copyService(folder: string): void {
  for (const name of [...READ, 'dist']) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== 'node-gst') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  symlinkSync('../node-gst', join(modules, 'node-gst'));
  for (const name of ADDON) {
    cpSync(join(ROOT, 'node-gst', name), join(folder, 'node-gst', name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node-gst/node_modules'), join(folder, 'node-gst/node_modules'));
  letRecordersHaveIt(join(folder, 'dist/recording/child-environment.js'));
}

/** Nothing of the service's environment gets to a recorder, and its addon is the same one: in the copy, this much does. */
function letRecordersHaveIt(file: string): void {
  const [before, anchor] = [readFileSync(file, 'utf8'), "LANG: 'C.UTF-8',"];
  if (!before.includes(anchor)) throw new Error(`${file} has no ${anchor}`);
  const names = JSON.stringify(PASSED_ON);
  const passed = `...Object.fromEntries(Object.entries(process.env).filter(([name]) => ${names}.includes(name))),`;
  writeFileSync(file, before.replace(anchor, `${anchor}\n    ${passed}`));
}

function buildAddon(cwd: string, flags: readonly string[]): void {
  const env = { ...process.env, CXXFLAGS: flags.join(' '), LDFLAGS: flags.join(' ') };
  const built = run(process.execPath, ['build.mjs'], { cwd, env, maxBuffer: 64 * 1024 * 1024 });
  if (built.status !== 0) throw new Error(built.output);
}

function sanitizedProgram(folder: string, sanitizer: Sanitizer, report: string): string {
  const libraries = [...LIBRARIES[sanitizer].map(libraryOf), buildHelper(folder, HELPERS[sanitizer])];
  const environment = [
    `LD_PRELOAD=${libraries.join(':')}`,
    `UBSAN_FILE=${report}`,
    ...ENVIRONMENT,
    ...Object.entries(OPTIONS[sanitizer]).map(([name, options]) => `${name}='log_path=${report} ${options}'`),
  ];
  return writeProgram(join(folder, 'service'), {
    words: [...STARTED_BY[sanitizer], 'env', ...environment, process.execPath],
    unlessGiven: join(folder, 'dist/main.js'),
  });
}

/** Compiled without a sanitizer: it speaks to it. */
function buildHelper(folder: string, name: string): string {
  const library = join(folder, `${name}.so`);
  compileLibrary(join(import.meta.dirname, `${name}.cc`), library, []);
  return library;
}

/** A shared library on GStreamer, and with it GLib. */
export function compileLibrary(source: string, library: string, flags: readonly string[]): void {
  compile([source], library, ['gstreamer-1.0'], [...SHARED, '-O1', '-g', ...flags]);
}

function libraryOf(name: string): string {
  const path = run('g++', [`-print-file-name=${name}`]).output.trim();
  // Where there is none, the compiler says the name as it was asked.
  if (path === name) throw new Error(`g++ has no ${name}`);
  return path;
}
