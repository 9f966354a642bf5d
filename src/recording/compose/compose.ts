import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ManifestError, readManifest } from '../manifest/manifest.ts';
import { MANIFEST } from '../manifest/store.ts';
import type { Arguments } from './arguments.ts';
import { composeContactSheet } from './contact-sheet-file.ts';
import { composeOutput } from './output.ts';
import { Progress, type Terminal } from './progress.ts';
import { scan, type ScannedFile } from './scan.ts';
import { sourceOf, type Source } from './source.ts';
import { timelineOf } from './timeline.ts';
import { ComposeError, EXIT, type Timeline } from './types.ts';
import { Workspace } from './workspace.ts';

export interface ComposeOptions extends Arguments {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** On any clock. */
  readonly nowMs: () => number;
}

/** Does what was asked for. Rejects with a `ComposeError` where that cannot be done; nothing is left behind then. */
export async function compose(options: ComposeOptions): Promise<void> {
  const { output, contactSheet, terminal, signal, nowMs } = options;
  const recordings = options.recordings.map((path) => resolve(path));
  const timeline = await timelineIn(recordings, options);
  if (output !== null) {
    await inWorkspace(output, recordings, async (workspace) => {
      const progress = new Progress(terminal, 'composing', nowMs());
      await composeOutput(workspace, timeline, signal, (share) => progress.at(share, nowMs()));
      progress.done(nowMs());
    });
  }
  if (contactSheet !== null) {
    await inWorkspace(contactSheet, recordings, (workspace) => composeContactSheet(workspace, timeline, signal));
  }
}

async function inWorkspace(
  file: string,
  recordings: readonly string[],
  work: (workspace: Workspace) => Promise<void>,
): Promise<void> {
  const workspace = await Workspace.make(file, recordings);
  try {
    await work(workspace);
  } finally {
    await workspace.remove();
  }
}

async function timelineIn(recordings: readonly string[], options: ComposeOptions): Promise<Timeline> {
  const sources: Source[] = [];
  for (const directory of recordings) sources.push(await read(directory, options.terminal));
  const files = await scanned(
    sources.flatMap(({ segments }) => segments.flatMap(({ paths }) => paths)),
    options,
  );
  return timelineOf(sources, files);
}

async function read(directory: string, terminal: Terminal): Promise<Source> {
  try {
    const manifest = readManifest(await readFile(join(directory, MANIFEST), 'utf8'));
    if (manifest.state === 'running') terminal.write(`${directory}: it has not ended; this is what is there so far\n`);
    for (const { name } of manifest.found)
      terminal.write(`left out: ${join(directory, name)}: when it began is not known\n`);
    return sourceOf(directory, manifest);
  } catch (error) {
    const { message } = error as Error;
    const more = error instanceof ManifestError ? '; npm run verify-recording says more' : '';
    throw new ComposeError(EXIT.nothing, `${directory} is no recording: ${message}${more}`);
  }
}

/** What is in the files; those that cannot be read are told, and left out. */
async function scanned(
  paths: readonly string[],
  { terminal, signal, nowMs }: ComposeOptions,
): Promise<Map<string, ScannedFile>> {
  const files = new Map<string, ScannedFile>();
  const leftOut: string[] = [];
  const progress = new Progress(terminal, 'reading', nowMs());
  for (const [index, path] of paths.entries()) {
    signal.throwIfAborted();
    progress.at(index / paths.length, nowMs());
    try {
      files.set(path, await scan(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
      leftOut.push(`left out: ${path}: ${(error as Error).message}`);
    }
  }
  progress.done(nowMs());
  for (const line of leftOut) terminal.write(`${line}\n`);
  return files;
}
