import type { RawSection } from './parse.ts';
import { refuse } from './refuse.ts';
import type { MediaKind, SectionExtensions, SectionUse } from './types.ts';

/** The header extensions that we read or write. */
export const EXTENSION_URIS = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  transportCc: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
} as const satisfies Record<keyof SectionExtensions, string>;

export const NO_EXTENSIONS: SectionExtensions = { mid: null, audioLevel: null, transportCc: null };

/** Ids up to here fit the one-byte form (RFC 8285 §4.2); 15 is reserved there, the rest needs the two-byte form. */
export const MAX_ONE_BYTE_ID = 14;
const MAX_TWO_BYTE_ID = 255;

/** An `a=extmap` line that can be read. */
interface OfferedExtension {
  readonly id: number;
  readonly uri: string;
  readonly direction: string;
}

/**
 * The ids of our extensions in a section. An id that cannot be sent, an encrypted extension, and one whose direction
 * forbids what the section is for count as not offered.
 */
export function sectionExtensions(
  raw: RawSection,
  kind: MediaKind,
  use: SectionUse,
  isMixedAllowed: boolean,
): SectionExtensions {
  if (use === 'inactive') return NO_EXTENSIONS;
  const usable = offeredExtensions(raw).filter(
    ({ id, direction }) => isUsableId(id, isMixedAllowed) && permits(direction, use),
  );
  const idOf = (uri: string): number | null => usable.find((extension) => extension.uri === uri)?.id ?? null;
  return {
    mid: idOf(EXTENSION_URIS.mid),
    audioLevel: kind === 'audio' ? idOf(EXTENSION_URIS.audioLevel) : null,
    transportCc: idOf(EXTENSION_URIS.transportCc),
  };
}

/**
 * Checks that an id we use means the same in every section of the bundle (RFC 8843 §10): a packet's mid is read before
 * its section is known.
 */
export function checkExtensionIds(raws: readonly RawSection[], planned: readonly SectionExtensions[]): void {
  const names = Object.keys(EXTENSION_URIS) as (keyof SectionExtensions)[];
  const ours = new Map<number, string>();
  for (const section of planned) {
    for (const name of names) {
      const id = section[name];
      if (id !== null) checkMeaning(ours, id, EXTENSION_URIS[name]);
    }
  }
  for (const { id, uri } of raws.flatMap(offeredExtensions)) {
    if (ours.has(id)) checkMeaning(ours, id, uri);
  }
}

function checkMeaning(meanings: Map<number, string>, id: number, uri: string): void {
  if ((meanings.get(id) ?? uri) !== uri) refuse('offer-malformed', `a=extmap ${id} means two things`);
  meanings.set(id, uri);
}

const offeredExtensions = (raw: RawSection): OfferedExtension[] =>
  (raw.ext ?? []).flatMap(({ value, direction, uri, 'encrypt-uri': encrypted }) =>
    typeof value === 'number' && uri !== undefined && encrypted === undefined
      ? [{ id: value, uri: String(uri), direction: String(direction ?? 'sendrecv') }]
      : [],
  );

const isUsableId = (id: number, isMixedAllowed: boolean): boolean =>
  id >= 1 && (id <= MAX_ONE_BYTE_ID || (isMixedAllowed && id > MAX_ONE_BYTE_ID + 1 && id <= MAX_TWO_BYTE_ID));

/** Whether an extension with this direction, which is the client's, may be used in all directions of the section. */
function permits(direction: string, use: Exclude<SectionUse, 'inactive'>): boolean {
  if (direction === 'sendrecv') return true;
  switch (use) {
    case 'both':
      return false;
    case 'publish':
      return direction === 'sendonly';
    case 'slot':
      return direction === 'recvonly';
    default:
      return use satisfies never;
  }
}
