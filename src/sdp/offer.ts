import type { Mid } from '../base/ids.ts';
import { offeredCandidates, type CandidatePolicy } from './candidate.ts';
import { checkPayloadTypes, type VideoCodec } from './codecs.ts';
import { checkExtensionIds } from './extensions.ts';
import { nameOf, sectionKind, sectionMid, taggedSection, type SectionKind } from './identity.ts';
import { has, values, type Block } from './lines.ts';
import { parseOffer, type ParsedSection } from './parse.ts';
import { isMedia } from './plan.ts';
import { refuse } from './refuse.ts';
import { dataSection, mediaSection } from './section.ts';
import { SlotAllocator } from './slots.ts';
import { allSources, sectionSources, type Sources } from './sources.ts';
import { sharedTransport } from './transport.ts';
import type { OfferPlan } from './types.ts';
import { writeOffer, type WrittenSection } from './write-offer.ts';

export interface OfferSettings {
  /** Sections with a slot, audio and video together; those beyond are answered `inactive`. */
  readonly maxSlots: number;
  /** The one video codec of this deployment. */
  readonly videoCodec: VideoCodec;
  readonly candidates: CandidatePolicy;
  /** Numbers from 0 inclusive to 1 exclusive, as `Math.random` gives them. SSRCs are drawn from it. */
  readonly random: () => number;
}

/** A section of which we know what it is, not yet what it is for. */
interface Draft {
  readonly parsed: ParsedSection;
  readonly kind: SectionKind;
  readonly mid: Mid;
  readonly sources: Sources;
}

/**
 * Reads a client's offer. Returns what it means to us, or throws a ServiceError `offer-*` that says what is wrong with it.
 *
 * Nothing that webrtcbin could break on gets past here: what it is given is `plan.text`, never this text.
 */
export function planOffer(text: string, settings: OfferSettings): OfferPlan {
  const offer = parseOffer(text);
  const drafts = offer.sections.map(draft);
  if (drafts.filter(({ kind }) => kind === 'application').length > 1) refuse('offer-sctp', 'there are several');
  const tagged = taggedSection(offer.session, drafts);
  const transport = sharedTransport(offer, tagged.parsed);
  const ssrcs = allSources(drafts.map(({ sources }) => sources));
  const slots = new SlotAllocator(settings.maxSlots, settings.random, ssrcs);
  const written = drafts.map((section) => planSection(section, offer.session, settings.videoCodec, slots));
  const sections = written.map(({ section }) => section);
  const media = sections.filter(isMedia);
  checkPayloadTypes(media);
  checkExtensionIds(
    offer.sections.map(({ raw }) => raw),
    media.map(({ extensions }) => extensions),
  );
  const { candidates, dropped } = offeredCandidates(
    // Of a balanced offer each section has candidates of its own; bundled, only the tagged section's ports stay open.
    values(tagged.parsed.block, 'candidate'),
    // In the text that the media plane gets the first section is the tagged one.
    { mline: 0, mid: drafts[0]?.mid ?? tagged.mid },
    settings.candidates,
  );
  return { sections, candidates, droppedCandidates: dropped, ssrcs, text: writeOffer(transport, written) };
}

const draft = (parsed: ParsedSection): Draft => ({
  parsed,
  kind: sectionKind(parsed),
  mid: sectionMid(parsed),
  sources: sectionSources(parsed.raw, nameOf(parsed.block, parsed.mline)),
});

function planSection(
  { parsed, kind, mid, sources }: Draft,
  session: Block,
  videoCodec: VideoCodec,
  slots: SlotAllocator,
): WrittenSection {
  if (kind === 'application') return dataSection(parsed, mid);
  const section = mediaSection(parsed, kind, { session, mid, sources, videoCodec, slots });
  return { section, streams: sources.streams, isReducedSize: has(parsed.block, 'rtcp-rsize') };
}
