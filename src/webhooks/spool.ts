import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConversationId } from '../base/ids.ts';
import type { SpooledEvent } from './types.ts';

const NAME = /^(\d{16})\.json$/;
const DIGITS = 16;

/**
 * Events that are not delivered yet, one file each, so that they survive the process.
 *
 * A file is written under another name and then renamed: what has its name is whole. A process that is killed loses
 * nothing that `add` resolved for; a machine that loses power may lose what the kernel had not written.
 */
export class Spool {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder where it is missing. Returns what was left from before, oldest first, with what could not be read. */
  static async open(folder: string): Promise<{ spool: Spool; events: SpooledEvent[]; damaged: string[] }> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const spool = new Spool(folder);
    const events: SpooledEvent[] = [];
    const damaged: string[] = [];
    for (const name of (await readdir(folder)).sort()) {
      if (name.endsWith('.tmp')) await rm(join(folder, name), { force: true });
      if (!NAME.test(name)) continue;
      const event = parseEvent(await readFile(join(folder, name), 'utf8'), Number(NAME.exec(name)?.[1]));
      if (event === null) damaged.push(name);
      else events.push(event);
    }
    return { spool, events, damaged };
  }

  /** Resolves when the event would survive the process. */
  async add(event: SpooledEvent): Promise<void> {
    const path = this.#path(event.sequence);
    const file = await open(`${path}.tmp`, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(event));
    } finally {
      await file.close();
    }
    await rename(`${path}.tmp`, path);
  }

  async remove(sequence: number): Promise<void> {
    await rm(this.#path(sequence), { force: true });
  }

  #path(sequence: number): string {
    return join(this.#folder, `${String(sequence).padStart(DIGITS, '0')}.json`);
  }
}

function parseEvent(text: string, sequence: number): SpooledEvent | null {
  try {
    const { conversation, happenedAt, body } = JSON.parse(text) as Record<string, unknown>;
    const isWhole = typeof conversation === 'string' && typeof happenedAt === 'number' && typeof body === 'string';
    return isWhole ? { sequence, conversation: conversation as ConversationId, happenedAt, body } : null;
  } catch {
    return null;
  }
}
