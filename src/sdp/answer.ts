import { DIRECTIONS_FOR, directionsIn } from './direction.ts';
import { MAX_ONE_BYTE_ID } from './extensions.ts';
import { attributeName, has, joinLines, splitBlocks, values, type Block } from './lines.ts';
import { hasSlot, isMedia, mediaSections } from './plan.ts';
import { repairSsrc } from './repairs.ts';
import type { MediaSection, OfferPlan, SectionPlan, SlotPlan } from './types.ts';

/**
 * Makes the text the client gets from the media plane's answer.
 *
 * It checks that the answer is one to the plan; an answer that is not would be applied by the browser and carry the wrong
 * media in the wrong sections. That is an error of ours and throws a plain Error. Lines this module does not know are kept.
 *
 * Who sends what is written anew: each section with a slot names its stream once per section (RFC 8830) and once per SSRC
 * (the older form that Chromium goes by), both the same, so that a page gets one MediaStream per track; and sections
 * without a slot announce nothing.
 */
export function finishAnswer(raw: string, plan: OfferPlan): string {
  const { session, sections } = splitBlocks(raw);
  if (session.lines[0] !== 'v=0') throw new Error('the answer is no SDP');
  if (sections.length !== plan.sections.length) {
    throw new Error(`the answer has ${sections.length} sections for ${plan.sections.length} offered`);
  }
  checkBundle(session, plan);
  const cname = new SoleValue('cname');
  const repairs = new RepairSources(plan);
  const finished = plan.sections.map((section, index) => {
    const block = sections[index];
    if (block === undefined) throw new Error(`the answer has no section ${section.mid}`);
    checkSection(block, section);
    return isMedia(section) ? mediaLines(block, section, cname, repairs) : withEndOfCandidates(block.lines);
  });
  return joinLines([...session.lines, ...finished.flat()]);
}

function checkBundle(session: Block, plan: OfferPlan): void {
  const expected = `BUNDLE ${plan.sections.map(({ mid }) => mid).join(' ')}`;
  const groups = values(session, 'group');
  if (groups.length !== 1 || groups[0] !== expected) throw new Error('the answer does not bundle all sections');
}

function checkSection(block: Block, section: SectionPlan): void {
  const [kind, port, , firstFormat] = block.lines[0]?.slice('m='.length).split(' ') ?? [];
  const fail = (what: string): never => {
    throw new Error(`section ${section.mid} of the answer ${what}`);
  };
  const mids = values(block, 'mid');
  if (mids.length !== 1 || mids[0] !== section.mid) fail('has another mid');
  if (kind !== (isMedia(section) ? section.kind : 'application')) fail('is of another kind');
  // A rejected section is a copy of the offer's in webrtcbin, fingerprint and all.
  if (port === '0') fail('is rejected');
  if (!isMedia(section)) return;
  const directions = directionsIn(block);
  const expected = DIRECTIONS_FOR[section.use].answered;
  if (directions.length !== 1 || directions[0] !== expected) {
    fail(`is ${directions.join(' and ') || 'without direction'} instead of ${expected}`);
  }
  if (firstFormat !== String(section.codec.payloadType)) fail('has another payload type');
}

function mediaLines(block: Block, section: MediaSection, cname: SoleValue, repairs: RepairSources): string[] {
  const kept = withEndOfCandidates(block.lines.filter((line) => !SOURCE_LINES.has(attributeName(line) ?? '')));
  const isMixed = Object.values(section.extensions).some((id: number | null) => (id ?? 0) > MAX_ONE_BYTE_ID);
  // Ids that need the two-byte form are used only where the answer agrees to mix both (RFC 8285 §6).
  if (isMixed && !has(block, 'extmap-allow-mixed')) kept.push('a=extmap-allow-mixed');
  return hasSlot(section) ? [...kept, ...sourceLines(block, section, cname, repairs)] : kept;
}

/** What webrtcbin writes for everything that might send, also where the direction says that it will not. */
const SOURCE_LINES = new Set(['ssrc', 'ssrc-group', 'msid']);

function sourceLines(
  block: Block,
  { mid, slot }: MediaSection & { readonly slot: SlotPlan },
  cname: SoleValue,
  repairs: RepairSources,
): string[] {
  const name = cname.of(cnamesOf(block, slot.ssrc));
  if (name === null) throw new Error(`section ${mid} of the answer does not announce the SSRC of its slot`);
  const repair = repairs.of(block, slot.ssrc);
  const stream = `${slot.streamId} ${slot.trackId}`;
  return [
    `a=msid:${stream}`,
    ...(repair === null ? [] : [`a=ssrc-group:FID ${slot.ssrc} ${repair}`]),
    ...(repair === null ? [slot.ssrc] : [slot.ssrc, repair]).flatMap((ssrc) => [
      `a=ssrc:${ssrc} cname:${name}`,
      `a=ssrc:${ssrc} msid:${stream}`,
    ]),
  ];
}

function cnamesOf(block: Block, ssrc: number): string[] {
  const start = `${ssrc} cname:`;
  return values(block, 'ssrc')
    .filter((value) => value.startsWith(start))
    .map((value) => value.slice(start.length));
}

/** webrtcbin gathers nothing after its answer, so the client need not wait for more (RFC 8840 §4.1). */
function withEndOfCandidates(lines: readonly string[]): string[] {
  const kept = lines.filter((line) => line !== 'a=end-of-candidates');
  const last = kept.findLastIndex((line) => line.startsWith('a=candidate:'));
  return last < 0 ? kept : kept.toSpliced(last + 1, 0, 'a=end-of-candidates');
}

/** A value that is written in many places and must be one and the same: all slots share the server's clock. */
class SoleValue {
  readonly #what: string;
  #value: string | null = null;

  constructor(what: string) {
    this.#what = what;
  }

  /** The one value, or null where there is none. */
  of(found: readonly string[]): string | null {
    for (const value of found) {
      this.#value ??= value;
      if (value !== this.#value) throw new Error(`the answer has more than one ${this.#what}`);
    }
    return found.length === 0 ? null : this.#value;
  }
}

/** The RTX SSRCs, which webrtcbin draws by itself without a look at the offer or at the other sections. */
class RepairSources {
  readonly #taken: Set<number>;

  constructor(plan: OfferPlan) {
    this.#taken = new Set(plan.ssrcs);
    for (const section of mediaSections(plan).filter(hasSlot)) this.#taken.add(section.slot.ssrc);
  }

  /** The RTX SSRC that a section announces for the slot's, or null. */
  of(block: Block, ssrc: number): number | null {
    const repair = repairSsrc(block, ssrc);
    if (repair === undefined) return null;
    if (repair === 0 || this.#taken.has(repair)) throw new Error(`the answer uses SSRC ${repair} twice`);
    this.#taken.add(repair);
    return repair;
  }
}
