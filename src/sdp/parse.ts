import { parse } from 'sdp-transform';
import { attributeName, splitBlocks, type Block } from './lines.ts';
import { MAX_LINES, MAX_OFFER_BYTES, MAX_SECTIONS } from './limits.ts';
import { refuse } from './refuse.ts';

/**
 * Offer text, taken apart. sdp-transform reads what has a grammar of its own (m-lines, codecs, extensions, SSRCs); it
 * is lenient (a pattern may match the start of a line, the last of several lines wins, what does not match is dropped),
 * so it sees only the lines it is asked about, its results are typed as what they are at run time, and everything that
 * may stand once is read from `block` instead.
 */
export interface ParsedOffer {
  readonly session: Block;
  readonly sections: readonly ParsedSection[];
}

export interface ParsedSection {
  readonly mline: number;
  readonly block: Block;
  readonly raw: RawSection;
}

/** One m-line as sdp-transform sees it: a number where the text is a plain decimal integer, else a text, else missing. */
export interface RawSection {
  readonly type?: RawValue;
  readonly port?: RawValue;
  readonly protocol?: RawValue;
  readonly payloads?: RawValue;
  readonly rtp?: readonly { payload?: RawValue; codec?: RawValue; rate?: RawValue; encoding?: RawValue }[];
  readonly fmtp?: readonly { payload?: RawValue; config?: RawValue }[];
  readonly rtcpFb?: readonly { payload?: RawValue; type?: RawValue; subtype?: RawValue }[];
  readonly ext?: readonly { value?: RawValue; direction?: RawValue; 'encrypt-uri'?: RawValue; uri?: RawValue }[];
  readonly ssrcs?: readonly { id?: RawValue; attribute?: RawValue }[];
  readonly ssrcGroups?: readonly { semantics?: RawValue; ssrcs?: RawValue }[];
}

export type RawValue = string | number | undefined;

/** The `a=` lines that sdp-transform is asked about. */
const STRUCTURED = new Set(['rtpmap', 'fmtp', 'rtcp-fb', 'extmap', 'ssrc', 'ssrc-group']);

/** Controls, formatting and line separators, halves of characters: nothing that a person could see, NUL above all. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Throws a ServiceError where the text is no SDP at all, or has no m-line or too many. */
export function parseOffer(text: string): ParsedOffer {
  if (text.length > MAX_OFFER_BYTES) refuse('offer-too-large');
  const { session, sections } = splitBlocks(text);
  checkLines(session, sections);
  if (sections.length === 0) refuse('offer-sections', 'it has none');
  if (sections.length > MAX_SECTIONS) refuse('offer-sections', `at most ${MAX_SECTIONS}`);
  const media = parse(sections.flatMap(structuredLines).join('\r\n')).media as readonly RawSection[];
  return { session, sections: sections.map((block, mline) => ({ mline, block, raw: media[mline] ?? {} })) };
}

function checkLines(session: Block, sections: readonly Block[]): void {
  if (session.lines[0] !== 'v=0') refuse('offer-malformed', 'the first line must be v=0');
  const lines = [session, ...sections].flatMap((block) => block.lines);
  if (lines.length > MAX_LINES) refuse('offer-malformed', `more than ${MAX_LINES} lines`);
  for (const [index, line] of lines.entries()) {
    if (!/^[a-z]=/.test(line)) refuse('offer-malformed', `line ${index + 1} is not <letter>=<value>`);
    if (UNPRINTABLE.test(line)) refuse('offer-malformed', `line ${index + 1} holds an unprintable character`);
    if (index > 0 && line.startsWith('v=')) refuse('offer-malformed', 'more than one v=');
  }
}

const structuredLines = (block: Block): string[] =>
  block.lines.filter((line, index) => index === 0 || STRUCTURED.has(attributeName(line) ?? ''));
