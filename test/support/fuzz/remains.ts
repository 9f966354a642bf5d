import { detailsOf } from '../../../bench/lib/process.mjs';
import { eventually } from '../eventually.ts';

/**
 * What a process has, by name: its threads, and what its descriptors are of. Numbers are left out, so that two of these
 * are equal where as many of each name are there.
 */
export function remainsOf(pid: number): Readonly<Record<string, number>> {
  const { tasks, open } = detailsOf(pid);
  const names = [
    ...tasks.map((task) => `thread ${task.replace(/^\d+ /, '')}`),
    ...open.map((file) => `file ${file.replace(/^\d+ /, '').replace(/:\[\d+\]$/, '')}`),
  ];
  const counts: Record<string, number> = {};
  for (const name of names.sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** What lives as long as the process, once somebody was connected: docs/threads.md. Others are called by their element. */
const LASTING = ['thread node', 'thread receive', 'thread GstSystemClock'];

/**
 * What a process has that nobody is connected to. GLib keeps a thread that has done its work for 15 s, for whoever needs
 * one next, and by the name of that work: so it is waited for.
 */
export async function atRest(pid: number): Promise<Readonly<Record<string, number>>> {
  let remains = remainsOf(pid);
  const isOver = (): true | null => {
    remains = remainsOf(pid);
    return Object.keys(remains).every((name) => !name.startsWith('thread ') || LASTING.includes(name)) ? true : null;
  };
  try {
    await eventually('no thread of GStreamer is left', isOver, 60);
  } catch (error) {
    throw new Error(JSON.stringify(remains), { cause: error });
  }
  return remains;
}
