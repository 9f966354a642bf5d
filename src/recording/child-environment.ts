import { join } from 'node:path';

/**
 * Everything that is in the environment of a recorder's process; nothing of the service's own gets there.
 *
 * No `PATH`: nothing is started by name. No `GST_PLUGIN_PATH` and the like: the plugins are those of the system. No
 * secrets, no proxies, no `NODE_OPTIONS`. `HOME` is a private directory, where GStreamer looks for plugins of the user's
 * own and finds none; without it, it would ask the system for the real one.
 *
 * @param directory a private directory, which the recorders share
 */
export const childEnvironment = (directory: string): Readonly<Record<string, string>> => ({
  HOME: directory,
  // What is known of the plugins: without it each process would look into all of them, which takes seconds.
  GST_REGISTRY: join(directory, 'registry.bin'),
  LANG: 'C.UTF-8',
});

/** Above that of the service, and at most 19. */
export const NICENESS = 10;

/**
 * A command that runs a program of ours so that it gives way to media: from its first instruction on, and with each of
 * its threads, which a priority that is set later does not reach on Linux. The process keeps its id.
 */
export const givingWay = (program: string, ...args: readonly string[]): readonly [command: string, args: string[]] => [
  '/usr/bin/nice',
  ['-n', String(NICENESS), process.execPath, program, ...args],
];
