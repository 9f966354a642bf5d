import { canonical, type Json } from './canonical.ts';
import { chainFault, type Entry } from './entries.ts';
import { viewOf, type View } from './view.ts';

/** The content of `manifest.json`. */
export interface Manifest extends View {
  readonly version: 1;
  readonly entries: readonly Entry[];
}

export const manifestOf = (entries: readonly Entry[]): Manifest => ({ version: 1, ...viewOf(entries), entries });

export const textOf = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`;

/** Something is wrong with a manifest itself. */
export class ManifestError extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'ManifestError';
  }
}

/** Reads a manifest and checks that nobody changed it. Throws a `ManifestError`. */
export function readManifest(text: string): Manifest {
  try {
    return checked(text);
  } catch (error) {
    if (error instanceof ManifestError) throw error;
    // Entries that are none, though somebody made their hashes fit.
    throw new ManifestError(`it does not say what a manifest says: ${String(error)}`);
  }
}

function checked(text: string): Manifest {
  const found = parsed(text);
  const { version, entries: list } = found as { version?: unknown; entries?: unknown };
  if (version !== 1 || !Array.isArray(list)) throw new ManifestError('this is no manifest of version 1');
  const entries = list as readonly Entry[];
  const fault = chainFault(entries);
  if (fault !== null) throw new ManifestError(fault);
  const expected = manifestOf(entries);
  const different = Object.entries(expected).find(
    ([name, value]) => canonical(plain(value)) !== canonical(plain(found[name])),
  );
  if (different !== undefined) throw new ManifestError(`"${different[0]}" does not follow from the entries`);
  return expected;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Said below.
  }
  throw new ManifestError('this is no JSON object');
}

const plain = (value: unknown): Json => (value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json));
