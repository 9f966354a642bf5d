import type { Sanitizer } from './sanitizers.ts';

/** Modules that are compiled for the sanitizer. */
const OURS = ['node_gst.node', 'planted.node'];
/** What they call: the C library as the sanitizer has it (memcpy, free), and that of C++. Whoever called it has done it. */
const CALLED = /^(libtsan|libstdc\+\+)\.so/;
/** Whose memory belongs to whoever called them. */
const ALLOCATE = /^(libasan|libstdc\+\+|libglib-2\.0|libgobject-2\.0|libgstreamer-1\.0)\.so/;
/** Whoever it was, the process is gone. */
const CRASH = /ERROR: ThreadSanitizer|ThreadSanitizer:DEADLYSIGNAL/;
/** Where something comes from, and not what was done with it. */
const ORIGIN = /Location is|created (by|at)|allocated by|As if synchronized/;
/**
 * What GStreamer never gives up: what it makes when it is initialised; and a list of log functions when it makes the next
 * one, since a thread may be reading it (gstinfo.c says so itself).
 */
const FOR_GOOD = / (gst_init(_check)?|gst_debug_(add|remove)_log_function) /;
/** All leaks of one process. */
const LEAKS = /^=+\n==\d+==ERROR: LeakSanitizer: detected memory leaks\n([^]*?)\nSUMMARY: \w+: .* leaked in .*\n/gm;
const FRAME = /^ {4}#\d+ .*\(([^()]*)\+0x[0-9a-f]+\)/;

/**
 * The reports that count: a crash; and where one of those who collide is the addon, as far as the sanitizer has kept who was
 * there before. V8, libuv, GLib, GStreamer, libnice and the like are not
 * compiled for the thread sanitizer: it sees what they have the C library do, and not the atomics by which their threads
 * agree about it, so what it says of two of them means nothing (V8's jobs are the first that it takes for a race).
 */
const races = (text: string): string =>
  text
    .split(/^={18}\n/m)
    .filter((report) => CRASH.test(report) || (report.includes('WARNING') && collides(report)))
    .join('\n');

const collides = (report: string): boolean =>
  report
    .split('\n\n')
    .filter((stack) => !ORIGIN.test(stack))
    .some((stack) => isOurs(stack, CALLED));

/**
 * Of leaks those count that the addon has allocated, by itself or by GLib and GStreamer; and that they could not be looked
 * for. V8 gives back at the end what it has by ending. Of errors each counts, whoever it was.
 */
const errorsAndLeaks = (text: string): string =>
  text.replace(LEAKS, (_, leaks: string) =>
    leaks
      .split('\n\n')
      .filter((leak) => isOurs(leak, ALLOCATE) && !FOR_GOOD.test(leak))
      .join('\n\n'),
  );

/** Whether the addon is the first of a stack behind what does it for whoever calls. */
const isOurs = (stack: string, forOthers: RegExp): boolean =>
  OURS.includes(modulesOf(stack).find((module) => !forOthers.test(module)) ?? '');

const modulesOf = (stack: string): string[] =>
  stack.split('\n').flatMap((line) => {
    const path = FRAME.exec(line)?.[1];
    return path === undefined ? [] : [path.split('/').at(-1)!];
  });

/** Which reports count, of a text as the sanitizer writes it. */
export const COUNTING: Readonly<Record<Sanitizer, (text: string) => string>> = {
  'address,undefined': errorsAndLeaks,
  thread: races,
};
