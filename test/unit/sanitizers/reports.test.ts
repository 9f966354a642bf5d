// Which reports of the thread sanitizer count.
import { reportsOfOurs } from '../../support/sanitizers/reports.ts';

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

const counts = (...reports: readonly string[]): number => reportsOfOurs(reports.join('')).split('WARNING').length - 1;

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
  expect(reportsOfOurs(crash)).toContain('SEGV');
});

it('each counts for itself', () => {
  expect(counts(report(GLIB, GLIB, ADDON), report(ADDON, GLIB, GLIB), report(ADDON, ADDON, GLIB))).toBe(2);
  expect(counts()).toBe(0);
});
