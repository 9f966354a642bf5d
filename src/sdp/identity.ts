import type { Mid } from '../base/ids.ts';
import { has, values, type Block } from './lines.ts';
import { MAX_MID_LENGTH } from './limits.ts';
import type { ParsedSection } from './parse.ts';
import { refuse } from './refuse.ts';

export type SectionKind = 'audio' | 'video' | 'application';

const isKind = (text: unknown): text is SectionKind => text === 'audio' || text === 'video' || text === 'application';

/** token-char of RFC 8866 §9 */
const TOKEN = /^[A-Za-z0-9!#$%&'*+\-.^_`{|}~]+$/;

/** The kind of a section that is alive: port 0 means that the client rejected it, unless `a=bundle-only` says otherwise. */
export function sectionKind({ mline, block, raw }: ParsedSection): SectionKind {
  if (raw.type === undefined) refuse('offer-malformed', `m-line ${mline} cannot be read`);
  if (!isKind(raw.type)) refuse('offer-kind', `m-line ${mline}`);
  if (typeof raw.port !== 'number' || raw.port > 65535) refuse('offer-malformed', `m-line ${mline} has no port`);
  // RFC 8843 §6: a section that is offered only as a part of the bundle has port 0.
  if (raw.port === 0 && !has(block, 'bundle-only')) refuse('offer-rejected-section', nameOf(block, mline));
  return raw.type;
}

/** The mid of a section: exactly one, fit for a header extension. */
export function sectionMid({ mline, block }: ParsedSection): Mid {
  const [mid, second] = values(block, 'mid');
  if (mid === undefined) refuse('offer-mid', `m-line ${mline} has none`);
  if (second !== undefined) refuse('offer-mid', `m-line ${mline} has two`);
  if (!isMid(mid)) refuse('offer-mid', `m-line ${mline}: 1 to ${MAX_MID_LENGTH} token characters`);
  return mid as Mid;
}

/**
 * Checks that all mids differ and that one BUNDLE group holds all of them and nothing else. Returns the section of its
 * first mid, the tagged one, whose transport all share and whose candidates are the ones that count (RFC 8843 §7.2.1).
 */
export function taggedSection<S extends { readonly mid: Mid }>(session: Block, sections: readonly S[]): S {
  const mids = sections.map(({ mid }) => mid);
  const twice = mids.find((mid, index) => mids.indexOf(mid) !== index);
  if (twice !== undefined) refuse('offer-mid', `${twice} is there twice`);
  const groups = values(session, 'group').map((group) => group.split(' ').filter((word) => word !== ''));
  const [bundle, second] = groups.filter(([semantics]) => semantics === 'BUNDLE');
  if (bundle === undefined) refuse('offer-bundle', 'there is none');
  if (second !== undefined) refuse('offer-bundle', 'there are several');
  const members = bundle.slice(1);
  const inside = new Set(members);
  const outside = mids.find((mid) => !inside.has(mid));
  if (outside !== undefined) refuse('offer-bundle', `mid ${outside} is not in it`);
  const tagged = sections.find(({ mid }) => mid === members[0]);
  if (tagged === undefined || members.length !== mids.length) {
    refuse('offer-bundle', 'it names a mid that no section has, or one twice');
  }
  return tagged;
}

/** How an error names a section: by its mid where it has a good one, else by its place (0 is the first). */
export function nameOf(block: Block, mline: number): string {
  const [mid] = values(block, 'mid');
  return mid !== undefined && isMid(mid) ? `mid ${mid}` : `m-line ${mline}`;
}

const isMid = (text: string): boolean => text.length <= MAX_MID_LENGTH && TOKEN.test(text);
