import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, run, SHARED } from '../../../node-gst/test/support/programs.ts';
import { copyService, ROOT } from './copy.ts';
import { writeProgram } from './program.ts';
import { COUNTING } from './reports.ts';
import { ENVIRONMENT, HELPERS, LIBRARIES, OPTIONS, REPORT, STARTED_BY, type Sanitizer } from './sanitizers.ts';

const ADDON = [
  ...['binding.gyp', 'build.mjs', 'index.cjs', 'package.json', 'src', 'test'],
  ...['index.d.ts', 'media.d.ts', 'tap.d.ts'],
];
/** What the addon is compiled for comes with the name of the libraries that must be there before all others. */
const PASSED_ON = [
  ...['LD_PRELOAD', 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'UBSAN_FILE', 'TSAN_OPTIONS', 'G_SLICE'],
  ...['NODE_OPTIONS', 'PROCESSES'],
];
const WRITES_DOWN = join(import.meta.dirname, 'processes.cjs');

/** A process that has ended by itself. */
export interface Ended {
  /** Undefined where it was given code and no program. */
  readonly program?: string;
  /** Files that were mapped into it at its end. */
  readonly mapped: readonly string[];
}

/** A copy of the built service in a folder of its own, which the caller removes, on an addon compiled for a sanitizer. */
export interface SanitizedTree {
  readonly folder: string;
  readonly addon: string;
  /** Files without which the sanitizer is not in a process. */
  readonly libraries: readonly string[];
  /** A program that becomes the service; or Node, with the arguments that it is given. */
  readonly program: string;
  /** What the sanitizer has written of the addon since the last call, in all processes; empty where it found nothing. */
  takeReports(): string;
  /** All that have ended since the last call: of the program, and whatever those have started. */
  takeProcesses(): readonly Ended[];
}

/** Takes minutes; throws with the compiler's words. */
export function buildTree(sanitizer: Sanitizer): SanitizedTree {
  const folder = mkdtempSync(join(tmpdir(), 'sanitized-'));
  copyService(folder, PASSED_ON);
  copyAddon(folder);
  const flags = ['-O1', '-g', '-fno-omit-frame-pointer', `-fsanitize=${sanitizer}`];
  buildAddon(join(folder, 'node-gst'), flags);
  const [reports, processes] = [join(folder, 'reports'), join(folder, 'processes')];
  for (const each of [reports, processes]) mkdirSync(each);
  const libraries = [...LIBRARIES[sanitizer].map(libraryOf), buildHelper(folder, HELPERS[sanitizer])];
  return {
    folder,
    addon: join(folder, 'node-gst/build/Release/node_gst.node'),
    libraries,
    program: sanitizedProgram(folder, libraries, { sanitizer, report: join(reports, REPORT), processes }),
    takeReports: () => COUNTING[sanitizer](takeFiles(reports).join('')).trim(),
    takeProcesses: () =>
      takeFiles(processes)
        .filter((text) => text !== '')
        .map((text) => JSON.parse(text) as Ended),
  };
}

/** They stay, empty: whoever has one open goes on writing. */
function takeFiles(folder: string): readonly string[] {
  const files = readdirSync(folder).map((name) => join(folder, name));
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  for (const file of files) writeFileSync(file, '');
  return texts;
}

function copyAddon(folder: string): void {
  for (const name of ADDON) {
    cpSync(join(ROOT, 'node-gst', name), join(folder, 'node-gst', name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node-gst/node_modules'), join(folder, 'node-gst/node_modules'));
}

function buildAddon(cwd: string, flags: readonly string[]): void {
  const env = { ...process.env, CXXFLAGS: flags.join(' '), LDFLAGS: flags.join(' ') };
  const built = run(process.execPath, ['build.mjs'], { cwd, env, maxBuffer: 64 * 1024 * 1024 });
  if (built.status !== 0) throw new Error(built.output);
}

interface Written {
  readonly sanitizer: Sanitizer;
  readonly report: string;
  readonly processes: string;
}

function sanitizedProgram(
  folder: string,
  libraries: readonly string[],
  { sanitizer, report, processes }: Written,
): string {
  const environment = [
    `LD_PRELOAD=${libraries.join(':')}`,
    `NODE_OPTIONS='--require "${WRITES_DOWN}"'`,
    `PROCESSES=${processes}`,
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

/** As it is mapped: the name that the compiler has for it is a link. */
function libraryOf(name: string): string {
  const path = run('g++', [`-print-file-name=${name}`]).output.trim();
  // Where there is none, the compiler says the name as it was asked.
  if (path === name) throw new Error(`g++ has no ${name}`);
  return realpathSync(path);
}
