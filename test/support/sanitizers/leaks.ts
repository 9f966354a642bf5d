import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeProgram } from './program.ts';

const ROOT = join(import.meta.dirname, '../../..');
const COLLECT = join(import.meta.dirname, 'collect.mjs');
/** On which the tracer lists what is alive. */
export const LISTS_ON = 'SIGUSR1';
/** Between two lists of one run are rounds, or at least the rest of a soak. */
const BETWEEN_LISTS_S = 1;

/** An object of GStreamer that is alive. */
export interface Alive {
  readonly type: string;
  readonly name: string;
}

/** A program that becomes the built service, with GStreamer's leaks tracer; what that says is appended to `log`. */
export function tracedProgram(folder: string, log: string): string {
  const environment = [
    // Every type, and no stacks, which take more time than all else.
    `GST_TRACERS='leaks(stack-traces-flags=none)'`,
    'GST_LEAKS_TRACER_SIG=1',
    'GST_DEBUG=GST_TRACER:7',
    'GST_DEBUG_NO_COLOR=1',
    `GST_DEBUG_FILE=${log}`,
  ];
  return writeProgram(join(folder, 'traced-service'), {
    words: ['env', ...environment, process.execPath, '--expose-gc', '--import', COLLECT],
    unlessGiven: join(ROOT, 'dist/main.js'),
  });
}

const ALIVE =
  /^(\d+):(\d+):([\d.]+) .* object-alive, type-name=\(string\)(\w+), .*description=\(string\)(.*), ref-count=/;

/** Each list that the tracer wrote; it says nothing where nothing is alive. */
export function listsIn(log: string): readonly (readonly Alive[])[] {
  const lists: Alive[][] = [];
  let lastS = -Infinity;
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const [, hours, minutes, seconds, type, name] = ALIVE.exec(line) ?? [];
    if (type === undefined) continue;
    const atS = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
    if (atS - lastS > BETWEEN_LISTS_S) lists.push([]);
    lastS = atS;
    lists.at(-1)?.push({ type, name: name ?? '' });
  }
  return lists;
}
