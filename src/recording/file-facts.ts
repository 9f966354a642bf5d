import { createHash } from 'node:crypto';
import { lstat, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { FileFacts } from './types.ts';

/**
 * Makes sure that a file that is written to no more is on the disk, and reads what it is. Rejects for what is not a plain
 * file: a recording has no others.
 */
export async function fileFacts(path: string): Promise<FileFacts> {
  if (!(await lstat(path)).isFile()) throw new Error(`${path} is no plain file`);
  const file = await open(path, 'r');
  try {
    await file.datasync();
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
    return { name: basename(path), bytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}
