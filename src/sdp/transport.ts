import { nameOf } from './identity.ts';
import { has, values, type Block } from './lines.ts';
import type { ParsedOffer, ParsedSection } from './parse.ts';
import { refuse } from './refuse.ts';

/** The client's end of the one ICE and DTLS transport that all sections share. */
export interface Transport {
  readonly ufrag: string;
  readonly pwd: string;
  /** 32 bytes in upper-case hexadecimal, joined by colons. */
  readonly fingerprint: string;
}

/** ice-char of RFC 8839 §5.4 with the lengths it demands. */
const UFRAG = /^[A-Za-z0-9+/]{4,256}$/;
const PWD = /^[A-Za-z0-9+/]{22,256}$/;
const SHA_256 = /^sha-256 ([0-9A-F]{2}(?::[0-9A-F]{2}){31})$/i;

/**
 * Reads the transport of every section and checks that it is one and the same. What a section does not say, the session
 * says (RFC 8866 §5.13); a bundle-only section may also leave it to the tagged one (RFC 8843 §7.1.3).
 */
export function sharedTransport({ session, sections }: ParsedOffer, tagged: ParsedSection): Transport {
  if (has(session, 'ice-lite')) refuse('offer-ice', 'a=ice-lite is not supported');
  const shared = sectionTransport(tagged, [tagged.block, session]);
  for (const section of sections) {
    const { block } = section;
    const own = sectionTransport(
      section,
      has(block, 'bundle-only') ? [block, session, tagged.block] : [block, session],
    );
    const name = nameOf(block, section.mline);
    if (own.ufrag !== shared.ufrag || own.pwd !== shared.pwd) refuse('offer-ice', `${name} has others than the rest`);
    if (own.fingerprint !== shared.fingerprint) refuse('offer-fingerprint', `${name} has another than the rest`);
  }
  return shared;
}

/** The values in the nearest block that has any. */
const inherited = (blocks: readonly Block[], name: string): readonly string[] =>
  blocks.map((block) => values(block, name)).find((list) => list.length > 0) ?? [];

function sectionTransport({ mline, block }: ParsedSection, blocks: readonly Block[]): Transport {
  const name = nameOf(block, mline);
  const [setup, ...moreSetups] = inherited(blocks, 'setup');
  if (setup !== 'actpass' || moreSetups.length > 0) refuse('offer-setup', name);
  return {
    ufrag: credential(inherited(blocks, 'ice-ufrag'), UFRAG, name),
    pwd: credential(inherited(blocks, 'ice-pwd'), PWD, name),
    fingerprint: fingerprint(inherited(blocks, 'fingerprint'), name),
  };
}

function credential([value, ...more]: readonly string[], allowed: RegExp, name: string): string {
  if (value === undefined || more.length > 0 || !allowed.test(value)) refuse('offer-ice', name);
  return value;
}

/** Several fingerprints are several hashes of one certificate (RFC 8122 §5); of those the sha-256 one is ours. */
function fingerprint(list: readonly string[], name: string): string {
  const [first, ...others] = list.flatMap((value) => SHA_256.exec(value)?.[1]?.toUpperCase() ?? []);
  if (first === undefined) refuse('offer-fingerprint', name);
  if (others.some((other) => other !== first)) refuse('offer-fingerprint', `${name} has two`);
  return first;
}
