import type { Mid } from '../base/ids.ts';
import { sectionCodec, type VideoCodec } from './codecs.ts';
import { sectionDirection, USE_OF } from './direction.ts';
import { sectionExtensions } from './extensions.ts';
import { nameOf } from './identity.ts';
import { has, values, type Block } from './lines.ts';
import type { ParsedSection } from './parse.ts';
import { refuse } from './refuse.ts';
import type { SlotAllocator } from './slots.ts';
import type { Sources } from './sources.ts';
import type { MediaKind, MediaSection, SectionCodec, SectionUse } from './types.ts';
import type { WrittenData } from './write-offer.ts';

export interface MediaContext {
  readonly session: Block;
  readonly mid: Mid;
  readonly sources: Sources;
  readonly videoCodec: VideoCodec;
  readonly slots: SlotAllocator;
}

/** DTLS-SRTP in the spellings that RFC 8829 §5.1.2 tells an answerer to accept. */
const MEDIA_PROTOCOL = /^(?:(?:UDP|TCP)\/(?:TLS|DTLS)\/)?RTP\/S?AVPF?$/;
const DATA_PROTOCOL = /^(?:UDP|TCP)\/DTLS\/SCTP$/;

/** What one audio or video section is for. Takes a slot where it has one. */
export function mediaSection(section: ParsedSection, kind: MediaKind, context: MediaContext): MediaSection {
  const { mline, block, raw } = section;
  const { session, mid, sources } = context;
  const name = nameOf(block, mline);
  if (!MEDIA_PROTOCOL.test(String(raw.protocol))) refuse('offer-malformed', `${name} is not UDP/TLS/RTP/SAVPF`);
  if (!has(block, 'rtcp-mux')) refuse('offer-rtcp-mux', name);
  const offered = USE_OF[sectionDirection(session, block, name)];
  const codec = sectionCodec(section, kind, context.videoCodec, name);
  const slot = wantsSlot(offered) && codec.name !== null ? context.slots.take(kind) : null;
  const use = decideUse(offered, codec, slot !== null);
  // Firefox names an SSRC in sections it does not send in; nothing will come from it.
  const streams = use === 'both' || use === 'publish' ? sources.streams : [];
  const isMixedAllowed = has(session, 'extmap-allow-mixed') || has(block, 'extmap-allow-mixed');
  return {
    type: 'media',
    mline,
    mid,
    kind,
    use,
    codec: use === 'inactive' ? { ...codec, rtxPayloadType: null, feedback: [] } : codec,
    extensions: sectionExtensions(raw, kind, use, isMixedAllowed),
    ssrcs: streams.map(({ ssrc }) => ssrc),
    rtxSsrcs: streams.flatMap(({ rtx }) => rtx ?? []),
    slot,
  };
}

const wantsSlot = (use: SectionUse): boolean => use === 'both' || use === 'slot';

function decideUse(offered: SectionUse, codec: SectionCodec, hasSlot: boolean): SectionUse {
  return codec.name === null || (wantsSlot(offered) && !hasSlot) ? 'inactive' : offered;
}

/** What is assumed where the offer says nothing (RFC 8841 §6.1), and the most that anybody here would send at once. */
const DEFAULT_MESSAGE_SIZE = 64 * 1024;
const MAX_MESSAGE_SIZE = 256 * 1024;

export function dataSection({ mline, block, raw }: ParsedSection, mid: Mid): WrittenData {
  const name = nameOf(block, mline);
  if (!DATA_PROTOCOL.test(String(raw.protocol)) || raw.payloads !== 'webrtc-datachannel') {
    refuse('offer-sctp', `${name} is not UDP/DTLS/SCTP webrtc-datachannel`);
  }
  const [port, second] = values(block, 'sctp-port');
  if (port === undefined || second !== undefined || !isPort(port)) refuse('offer-sctp', name);
  return { section: { type: 'data', mline, mid, sctpPort: Number(port) }, maxMessageSize: messageSize(block, name) };
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535;

function messageSize(block: Block, name: string): number {
  const [text, second] = values(block, 'max-message-size');
  if (text === undefined) return DEFAULT_MESSAGE_SIZE;
  if (second !== undefined || !/^\d{1,20}$/.test(text)) refuse('offer-sctp', `max-message-size of ${name}`);
  // 0 means any size (RFC 8841 §6.1), which webrtcbin takes for none at all.
  return Number(text) === 0 ? MAX_MESSAGE_SIZE : Math.min(Number(text), MAX_MESSAGE_SIZE);
}
