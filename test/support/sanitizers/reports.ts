/** Modules that are compiled for the sanitizer. */
const OURS = ['node_gst.node', 'planted.node'];
/** What they call: the C library as the sanitizer has it (memcpy, free), and that of C++. Whoever called it has done it. */
const CALLED = /^(libtsan|libstdc\+\+)\.so/;
/** Whoever it was, the process is gone. */
const CRASH = /ERROR: ThreadSanitizer|ThreadSanitizer:DEADLYSIGNAL/;
/** Where something comes from, and not what was done with it. */
const ORIGIN = /Location is|created (by|at)|allocated by|As if synchronized/;
const FRAME = /^ {4}#\d+ .*\(([^()]*)\+0x[0-9a-f]+\)/;

/**
 * The reports that count: a crash; and where one of those who collide is the addon, as far as the sanitizer has kept who was
 * there before. V8, libuv, GLib, GStreamer, libnice and the like are not
 * compiled for the thread sanitizer: it sees what they have the C library do, and not the atomics by which their threads
 * agree about it, so what it says of two of them means nothing (V8's jobs are the first that it takes for a race).
 *
 * @param text as the thread sanitizer writes it
 */
export const reportsOfOurs = (text: string): string =>
  text
    .split(/^={18}\n/m)
    .filter((report) => CRASH.test(report) || (report.includes('WARNING') && collides(report)))
    .join('\n');

const collides = (report: string): boolean =>
  report
    .split('\n\n')
    .filter((stack) => !ORIGIN.test(stack))
    .some((stack) => OURS.includes(modulesOf(stack).find((module) => !CALLED.test(module)) ?? ''));

const modulesOf = (stack: string): string[] =>
  stack.split('\n').flatMap((line) => {
    const path = FRAME.exec(line)?.[1];
    return path === undefined ? [] : [path.split('/').at(-1)!];
  });
