import type { Ssrc } from '../base/ids.ts';
import { MAX_SECTION_SSRCS } from './limits.ts';
import type { RawSection, RawValue } from './parse.ts';
import { refuse } from './refuse.ts';

/** The SSRCs of one section. */
export interface Sources {
  /** All that the section names, RTX included. */
  readonly all: ReadonlySet<Ssrc>;
  /** The media streams, each with its RTX SSRC or null; at most `MAX_SECTION_SSRCS`. */
  readonly streams: readonly Stream[];
}

export interface Stream {
  readonly ssrc: Ssrc;
  readonly rtx: Ssrc | null;
}

/** In groups of these semantics the first SSRC is the media, the others help it (RFC 5576 §4.2, RFC 5956 §4.3). */
const HELPER_GROUPS = new Set(['FID', 'FEC', 'FEC-FR']);

export function sectionSources(raw: RawSection, name: string): Sources {
  const all = new Set((raw.ssrcs ?? []).map(({ id }) => toSsrc(id, name)));
  const groups = (raw.ssrcGroups ?? []).map(({ semantics, ssrcs }) => ({
    semantics: String(semantics),
    ssrcs: String(ssrcs ?? '')
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => toSsrc(/^\d+$/.test(word) ? Number(word) : word, name)),
  }));
  for (const ssrc of groups.flatMap(({ ssrcs }) => ssrcs)) all.add(ssrc);
  const helpers = groups.filter(({ semantics }) => HELPER_GROUPS.has(semantics));
  const helping = new Set(helpers.flatMap(({ ssrcs }) => ssrcs.slice(1)));
  const rtx = new Map(
    helpers.flatMap(({ semantics, ssrcs: [media, repair] }) =>
      semantics === 'FID' && media !== undefined && repair !== undefined ? [[media, repair] as const] : [],
    ),
  );
  const streams = [...all]
    .filter((ssrc) => !helping.has(ssrc))
    .slice(0, MAX_SECTION_SSRCS)
    .map((ssrc) => ({ ssrc, rtx: rtx.get(ssrc) ?? null }));
  return { all, streams };
}

/** An SSRC names one stream of the one RTP session that a bundle is, so no two sections may share it. */
export function allSources(sections: readonly Sources[]): ReadonlySet<Ssrc> {
  const ssrcs = new Set<Ssrc>();
  for (const ssrc of sections.flatMap(({ all }) => [...all])) {
    if (ssrcs.has(ssrc)) refuse('offer-malformed', `SSRC ${ssrc} is in two sections`);
    ssrcs.add(ssrc);
  }
  return ssrcs;
}

function toSsrc(value: RawValue, name: string): Ssrc {
  if (typeof value !== 'number' || value < 1 || value > 0xffffffff) refuse('offer-malformed', `a=ssrc of ${name}`);
  return value as Ssrc;
}
