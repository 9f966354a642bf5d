// What the service may answer with, as its documents say it: docs.test.ts holds them to the code.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS } from '../../../src/base/errors.ts';
import { tableUnder, unquote } from '../markdown.ts';

const read = (name: string): string => readFileSync(join(import.meta.dirname, '../../../docs', name), 'utf8');

const errors = read('errors.md');

/** Errors of the public listener and their status. What no request may bring about is left out. */
export const REFUSALS: ReadonlyMap<string, number> = new Map(
  ['The claim and who brings it', 'HTTP']
    .flatMap((chapter) => tableUnder(errors, chapter))
    .map(([code = '', status]) => [unquote(code), Number(status)] as const)
    .filter(([, status]) => status < 500),
);

/** What needs a setting, or somebody else: everything else of those can be had by one request. */
const NOT_BY_ONE_REQUEST = ['proxy-untrusted', 'permission-denied', 'connect-origin', 'connect-rate'];
export const PROVOKED = [...REFUSALS.keys()].filter((code) => !NOT_BY_ONE_REQUEST.includes(code));

const contract = read('contract.md');

/** Of what Node cannot read, or not in time: there is no code with it. */
export const BARE: readonly number[] =
  /answered (\d{3}) or (\d{3}) without a body/.exec(contract)?.slice(1).map(Number) ?? [];

export const CLOSE_CODES: readonly number[] = tableUnder(contract, 'Close codes').map(([code]) => Number(code));

/** Whether a close reason begins with an error of the catalogue which has that close code. */
export function isCatalogued(code: number, reason: string): boolean {
  const [label = ''] = reason.split(':');
  return Object.entries<{ readonly message: string; readonly closeCode?: number }>(ERRORS).some(
    ([name, { closeCode }]) => closeCode === code && (name === label || name === `offer-${label}`),
  );
}
