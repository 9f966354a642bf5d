// Which reports of the sanitizers count.
import { COUNTING } from '../../support/sanitizers/reports.ts';

const racesOf = COUNTING.thread;
const errorsAndLeaksOf = COUNTING['address,undefined'];

const ADDON = '    #0 media::Slot::Write() ../src/media/slot.cc:133 (node_gst.node+0x1)';
const GLIB = '    #0 g_slice_alloc0 <null> (libglib-2.0.so.0+0x7363d)';
const FREE = '    #0 operator delete(void*, unsigned long) tsan_new_delete.cpp:150 (libtsan.so+0x1)';

/** As GCC writes it: who, who before, and where the memory comes from. */
const report = (now: string, before: string, from: string): string =>
  `==================
WARNING: ThreadSanitizer: data race (pid=1)
  Write of size 8 at 0x1 by main thread:
${now}

  Previous write of size 8 at 0x1 by thread T1:
${before}

  Location is heap block of size 8 at 0x1 allocated by thread T1:
${from}

SUMMARY: ThreadSanitizer: data race
==================
`;

const counts = (...reports: readonly string[]): number => racesOf(reports.join('')).split('WARNING').length - 1;

it.each([
  ['both', [ADDON, ADDON, GLIB], 1],
  ['who came now', [ADDON, GLIB, GLIB], 1],
  ['who was there before', [GLIB, ADDON, GLIB], 1],
  ['who called the C library', [`${FREE}\n${ADDON}`, GLIB, GLIB], 1],
  ['only whoever called GLib', [`${GLIB}\n${ADDON}`, GLIB, GLIB], 0],
  ['only where it comes from', [GLIB, GLIB, ADDON], 0],
  ['nobody', [GLIB, GLIB, GLIB], 0],
] as const)('the addon is %s', (_, [now, before, from], expected) => {
  expect(counts(report(now, before, from))).toBe(expected);
});

it('a crash counts, whoever it was', () => {
  const crash = `ThreadSanitizer:DEADLYSIGNAL\n==1==ERROR: ThreadSanitizer: SEGV on unknown address\n${GLIB}\n`;
  expect(racesOf(crash)).toContain('SEGV');
});

it('each counts for itself', () => {
  expect(counts(report(GLIB, GLIB, ADDON), report(ADDON, GLIB, GLIB), report(ADDON, ADDON, GLIB))).toBe(2);
  expect(counts()).toBe(0);
});

const MALLOC = '    #0 __interceptor_malloc ../asan_malloc_linux.cpp:69 (libasan.so.8+0xb89cf)';
const NODE = '    #0 v8::internal::Page::Page(v8::internal::Heap*) <null> (/usr/bin/node+0x11a0684)';
const DTLS = '    #0 <null> <null> (/lib/gstreamer-1.0/libgstdtls.so+0x9341)';
const GST_INIT = '    #9 gst_init_check <null> (libgstreamer-1.0.so.0+0x3d666)';
const LOG = '    #4 gst_debug_add_log_function <null> (libgstreamer-1.0.so.0+0x7b119)';
const ERROR = '==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1\n';

const leaks = (...stacks: readonly string[]): string => {
  const each = stacks.map(
    (stack) => `Direct leak of 8 byte(s) in 1 object(s) allocated from:\n${MALLOC}\n${stack}\n\n`,
  );
  const [head, end] = ['==1==ERROR: LeakSanitizer: detected memory leaks', 'leaked in 1 allocation(s).'];
  return `\n${'='.repeat(65)}\n${head}\n\n${each.join('')}SUMMARY: AddressSanitizer: 8 byte(s) ${end}\n`;
};
const leaksOf = (text: string): number => errorsAndLeaksOf(text).split('leak of').length - 1;

it.each([
  ['the addon', ADDON, 1],
  ['GLib for the addon', `${GLIB}\n${ADDON}`, 1],
  ['GLib', GLIB, 0],
  ['V8', NODE, 0],
  ['GStreamer when the addon initialises it', `${GST_INIT}\n${ADDON}`, 0],
  ['GStreamer for its log, which the addon listens to', `${LOG}\n${ADDON}`, 0],
  ['a plugin that the addon calls', `${GLIB}\n${DTLS}\n${ADDON}`, 0],
])('a leak of what was allocated by %s', (_, stack, expected) => {
  expect(leaksOf(leaks(stack))).toBe(expected);
});

it('of leaks each counts for itself, also of several processes', () => {
  expect(leaksOf(leaks(NODE, ADDON, GLIB, ADDON) + leaks(NODE) + leaks(ADDON))).toBe(3);
  expect(errorsAndLeaksOf(leaks(NODE, GLIB)).trim()).toBe('');
});

it('an error counts, whoever it was, also where others leak', () => {
  expect(errorsAndLeaksOf(`${ERROR}${NODE}\n${leaks(NODE)}`)).toMatch(/heap-use-after-free(?!.*leak)/s);
  expect(errorsAndLeaksOf('==1==LeakSanitizer has encountered a fatal error.\n')).toContain('fatal');
});
