import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probeInChild } from '../prober.ts';
import { verifyRecording, type Damage } from './verify.ts';

/**
 * `npm run verify-recording -- <directory of a recording>`: a line per file, and which segment is the first damaged one.
 *
 * Exit status: 0 sound, 1 damaged, 2 there is no recording, 64 wrong usage.
 */
const EXIT = { sound: 0, damaged: 1, none: 2, usage: 64 } as const;

async function main(args: readonly string[]): Promise<number> {
  const [directory] = args;
  if (directory === undefined || args.length > 1 || directory.startsWith('-')) {
    console.error('usage: npm run verify-recording -- <directory of a recording>');
    return EXIT.usage;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'verify-'));
  try {
    const damages = await verifyRecording(directory, probeInChild(scratch), (file, found) => {
      console.log(`${found.length === 0 ? 'sound  ' : 'DAMAGED'} ${file}`);
    });
    return tell(damages);
  } catch (error) {
    console.error(`this is no recording: ${(error as Error).message}`);
    return EXIT.none;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function tell(damages: readonly Damage[]): number {
  for (const { segment, file, text } of damages) {
    console.error(`${segment === null ? '' : `segment ${segment}, `}${file}: ${text}`);
  }
  const first = damages.find(({ segment }) => segment !== null);
  if (first !== undefined) console.error(`the first damaged segment is ${first.segment}`);
  if (damages.length > 0) return EXIT.damaged;
  console.log('the recording is sound');
  return EXIT.sound;
}

process.exitCode = await main(process.argv.slice(2));
