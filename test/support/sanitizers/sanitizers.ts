/** How each sanitizer is set up. There is no list of suppressions: what is left out is left out here, by a rule. */

export const SANITIZERS = ['address,undefined', 'thread'] as const;
export type Sanitizer = (typeof SANITIZERS)[number];

/** Node itself is not compiled for it, so its libraries have to be there from the first instruction on. */
export const LIBRARIES: Readonly<Record<Sanitizer, readonly string[]>> = {
  'address,undefined': ['libasan.so', 'libubsan.so'],
  thread: ['libtsan.so'],
};

/** Loaded behind them; what each is for says its source, beside this file. */
export const HELPERS: Readonly<Record<Sanitizer, string>> = {
  'address,undefined': 'ubsan-file',
  thread: 'glib-locks',
};

/** The thread sanitizer of GCC 12 ends where newer kernels put what they map at random. */
export const STARTED_BY: Readonly<Record<Sanitizer, readonly string[]>> = {
  'address,undefined': [],
  thread: ['setarch', '-R'],
};

/** A report is a file of this name with the number of its process. */
export const REPORT = 'report';

export const OPTIONS: Readonly<Record<Sanitizer, Readonly<Record<string, string>>>> = {
  'address,undefined': {
    // V8 and GLib give back at the end what they have by ending. What is held too long is asked of GStreamer's leaks tracer.
    ASAN_OPTIONS: 'detect_leaks=0',
    UBSAN_OPTIONS: 'print_stacktrace=1',
  },
  thread: {
    // Only the addon is compiled for it. V8, libuv, GLib, GStreamer and libnice are not: of them it would see what they
    // have the C library read, write and free, but not the atomics by which their threads agree about it (V8's jobs are the
    // first that it takes for a race). With this such a call counts for no access, and what the addon itself reads and
    // writes for all that it is. Locks count as ever, whoever takes them, but for GLib's: glib-locks.cc tells of those.
    TSAN_OPTIONS: 'ignore_noninstrumented_modules=1 history_size=4',
  },
};
