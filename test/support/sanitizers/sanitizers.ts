/** How each sanitizer is set up. There is no list of suppressions: which reports count says `reports.ts`, by a rule. */

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

/**
 * Beside their options: each object of GLib's and GStreamer's is a block of its own. Else what was freed goes back to GLib and
 * not to the sanitizer of addresses; and parts of one block, which GLib hands from thread to thread by locks within itself,
 * would be what threads collide on. Helpers bring GLib in before the addon could ask for this.
 */
export const ENVIRONMENT = ['G_SLICE=always-malloc'];

/** A report is a file of this name with the number of its process. */
export const REPORT = 'report';

export const OPTIONS: Readonly<Record<Sanitizer, Readonly<Record<string, string>>>> = {
  'address,undefined': {
    // Leaks are looked for when a process ends; which of them count says `reports.ts`, so there is no other status for them.
    // Stacks are unwound by tables, for GLib and GStreamer have no frame pointers, and each frame says its module. What threads
    // have for themselves is found by what glibc has of it: where `__tls_get_addr` is intercepted, GCC 12's looks for it
    // behind addresses that are none, and ends.
    ASAN_OPTIONS: [
      'exitcode=0',
      'fast_unwind_on_malloc=0',
      'malloc_context_size=8',
      'intercept_tls_get_addr=0',
      'stack_trace_format="    #%n %f %S %M"',
    ].join(' '),
    UBSAN_OPTIONS: 'print_stacktrace=1',
  },
  thread: {
    // Reports that do not count (`reports.ts`) are no reason for another status.
    TSAN_OPTIONS: 'exitcode=0 history_size=4',
  },
};
