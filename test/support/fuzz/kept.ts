// Inputs that broke the policy once, as bytes: they are tried first in every run.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SEED } from './extent.ts';

const FOLDER = 'test/fixtures/hostile';
const ROOT = join(import.meta.dirname, '../../..');

export type Kind = 'requests' | 'frames' | 'offers';

export const kept = (kind: Kind): Buffer[] =>
  readdirSync(join(ROOT, FOLDER, kind))
    .sort()
    .map((name) => readFileSync(join(ROOT, FOLDER, kind, name)));

/** What to do with an input that breaks the policy: it is there whole, to become one of those. */
export const toKeep = (kind: Kind, index: number, bytes: Buffer): string =>
  `input ${index} of ${kind}, seed ${SEED}; to keep it:\n` +
  `base64 -d > ${FOLDER}/${kind}/what-is-wrong <<< ${bytes.toString('base64')}`;
