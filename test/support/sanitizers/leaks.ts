import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { copyService, ROOT } from './copy.ts';
import { writeProgram } from './program.ts';

const COLLECT = join(import.meta.dirname, 'collect.mjs');
const RECORDER = join(import.meta.dirname, 'traced-recorder.cjs');
/** What recorders get of the service's environment. */
const PASSED_ON = [
  ...['GST_TRACERS', 'GST_LEAKS_TRACER_SIG', 'GST_DEBUG', 'GST_DEBUG_NO_COLOR'],
  ...['NODE_OPTIONS', 'RECORDER_LOG'],
];
/** On which the tracer lists what is alive. */
export const LISTS_ON = 'SIGUSR1';

/** An object of GStreamer that is alive. */
export interface Alive {
  readonly type: string;
  readonly name: string;
}

/** The built service with GStreamer's leaks tracer, on the ordinary addon. */
export interface TracedService {
  /** A program that becomes it. */
  readonly program: string;
  /** What the tracer listed of it, each time. */
  lists(): readonly (readonly Alive[])[];
  /** The same of each of its recorders, which list what is alive before they end. */
  recorderLists(): readonly (readonly (readonly Alive[])[])[];
}

/** In a new folder, which the caller removes. */
export function traceService(folder: string): TracedService {
  copyService(folder, PASSED_ON);
  symlinkSync(join(ROOT, 'node-gst'), join(folder, 'node-gst'));
  const log = join(folder, 'tracer.log');
  const environment = [
    // Every type, and no stacks, which take more time than all else: there are some with `stack-traces-flags=none`, too.
    'GST_TRACERS=leaks',
    'GST_LEAKS_TRACER_SIG=1',
    'GST_DEBUG=GST_TRACER:7,leaks:7',
    'GST_DEBUG_NO_COLOR=1',
    `GST_DEBUG_FILE=${log}`,
    `NODE_OPTIONS='--require "${RECORDER}"'`,
    `RECORDER_LOG=${join(folder, 'recorder')}`,
  ];
  const program = writeProgram(join(folder, 'traced-service'), {
    words: ['env', ...environment, process.execPath, '--expose-gc', '--import', COLLECT],
    unlessGiven: join(folder, 'dist/main.js'),
  });
  const recorderLogs = (): string[] => readdirSync(folder).filter((name) => /^recorder\.\d+$/.test(name));
  return {
    program,
    lists: () => listsIn(log),
    recorderLists: () => recorderLogs().map((name) => listsIn(join(folder, name))),
  };
}

const BEGIN = /process_leaks:.* start listing/;
const ALIVE = / object-alive, type-name=\(string\)(\w+), .*description=\(string\)(.*), ref-count=/;
const END = /process_leaks:.* listed (\d+) alive/;

function listsIn(log: string): readonly (readonly Alive[])[] {
  const lists: Alive[][] = [];
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    if (BEGIN.test(line)) lists.push([]);
    const [, type, name] = ALIVE.exec(line) ?? [];
    if (type !== undefined && name !== undefined) lists.at(-1)!.push({ type, name });
    const [, count] = END.exec(line) ?? [];
    if (count !== undefined && lists.at(-1)?.length !== Number(count)) throw new Error(`it is not read: ${line}`);
  }
  return lists;
}
