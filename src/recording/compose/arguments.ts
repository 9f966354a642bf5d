import { parseArgs } from 'node:util';
import { ComposeError, EXIT } from './types.ts';

export interface Arguments {
  /** Of one conversation, at least one. */
  readonly recordings: readonly string[];
  /** The file with everything in it; null where only the sheet is wanted. */
  readonly output: string | null;
  readonly contactSheet: string | null;
}

export const USAGE = `usage: npm run compose -- <directory of a recording>... <file>.webm [--contact-sheet <file>.png]
       npm run compose -- <directory of a recording>... --contact-sheet <file>.png

Puts the tracks of a recording together: the voices mixed, the videos in a grid. Several directories are the recordings
of one conversation that was interrupted.`;

/** Throws a `ComposeError` with what is wrong and what is allowed. */
export function parseArguments(args: readonly string[]): Arguments {
  const { positionals, contactSheet } = parsed(args);
  const last = positionals.at(-1);
  const output = last?.endsWith('.webm') === true ? last : null;
  const recordings = output === null ? positionals : positionals.slice(0, -1);
  if (contactSheet?.endsWith('.png') === false) refuse(`the contact sheet "${contactSheet}" must be named <file>.png`);
  if (recordings.length === 0) refuse('there is no directory of a recording');
  if (output === null && contactSheet === null) {
    refuse(`there is nothing to write: "${last ?? ''}" is not named <file>.webm, and there is no --contact-sheet`);
  }
  return { recordings, output, contactSheet };
}

function parsed(args: readonly string[]): { positionals: string[]; contactSheet: string | null } {
  try {
    const options = { 'contact-sheet': { type: 'string' } } as const;
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { positionals, contactSheet: values['contact-sheet'] ?? null };
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function refuse(text: string): never {
  throw new ComposeError(EXIT.usage, `${text}\n${USAGE}`);
}
