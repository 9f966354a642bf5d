import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const SOAK = join(import.meta.dirname, '../../../bench/soak.mjs');
export const SOAK_MS = 600_000;

export const EGRESS = ['direct', 'webrtcbin'] as const;

/** What of a soak counts whatever the service is slowed down by. */
export interface ShortSoak {
  /** Empty where the service lived until it was told to end, and then ended with status 0. */
  readonly badEnd: string;
  /** Packets that clients heard. */
  readonly heard: number;
  /** That a recorder wrote, and `verify-recording` found whole. */
  readonly recordings: number;
  /** Connections at each time that nobody was left. */
  readonly connections: readonly number[];
  /** For people. */
  readonly output: string;
}

interface Report {
  readonly verdict: readonly { readonly name: string; readonly isKept: boolean | null; readonly note: string }[];
  readonly heard: { readonly packets: number };
  readonly recordings: number;
  readonly quiets: readonly {
    readonly connections: number;
    readonly left: { readonly remembered: readonly string[] };
  }[];
}

/**
 * Two rounds in which clients join, leave, speak, switch rooms, are recorded, and vanish.
 *
 * @param program that becomes the service
 * @param folder for the report
 */
export function shortSoak(program: string, folder: string, egress: string, ...more: readonly string[]): ShortSoak {
  const json = join(folder, `soak-${egress}.json`);
  const args = [SOAK, '--quick', '--service', program, '--egress', egress, '--json', json, ...more];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: SOAK_MS });
  const output = `${stdout}${stderr}`;
  const { verdict, heard, recordings, quiets } = reportOf(json, output);
  const end = verdict.find(({ name }) => name.startsWith('the service ended'));
  if (end === undefined) throw new Error(`nothing is said of the end:\n${output}`);
  return {
    badEnd: end.isKept === true ? '' : end.note,
    heard: heard.packets,
    recordings,
    connections: quiets.filter(({ left }) => left.remembered.length === 0).map(({ connections }) => connections),
    output,
  };
}

function reportOf(file: string, output: string): Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch (error) {
    throw new Error(`the soak did not end with a report:\n${output}`, { cause: error });
  }
}
