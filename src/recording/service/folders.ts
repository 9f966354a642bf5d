import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** The directories of all recordings below that of all conversations, as far as they are there. */
export async function* recordingFolders(directory: string): AsyncGenerator<string> {
  for (const conversation of await folders(directory)) yield* await folders(conversation);
}

/** The id in the name of a recording's directory; null where it is none. The counterpart of `recordingName`. */
export const idOfFolder = (path: string): string | null => /^\d{8}T\d{6}Z-([\w-]+)$/.exec(basename(path))?.[1] ?? null;

/** None where there is no such folder. What is hidden is none of the recordings. */
async function folders(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => join(path, name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
