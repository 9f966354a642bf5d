import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import gst from 'node-gst';
import { ServiceError } from '../../base/errors.ts';

/** `packages.txt` lies beside `src/` and `dist/` alike. */
const PACKAGES = join(import.meta.dirname, '../../../packages.txt');

/** The elements that the media plane makes, itself or inside webrtcbin, each with its Debian package; from packages.txt. */
export const requiredElements = (): ReadonlyMap<string, string> => elementsOf(readFileSync(PACKAGES, 'utf8'));

/** Its lines are `group package element...`; what follows a `#` is for people. */
const elementsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap((line) => {
      const [, debianPackage = '', ...elements] = line.replace(/#.*/, '').trim().split(/\s+/);
      return elements.map((element) => [element, debianPackage] as const);
    }),
  );

/** Throws `elements-missing`, naming each missing element and its package. `has` is replaced in tests. */
export function checkElements(has: (element: string) => boolean = gst.hasElement): void {
  const missing = [...requiredElements()].filter(([element]) => !has(element));
  if (missing.length === 0) return;
  const detail = missing.map(([element, debianPackage]) => `${element} (Debian package ${debianPackage})`).join(', ');
  throw new ServiceError('elements-missing', { detail });
}
