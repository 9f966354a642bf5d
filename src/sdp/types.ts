import type { Mid, Ssrc } from '../base/ids.ts';

/**
 * What an offer means to us, after parsing and validation. Plain data, no behaviour; made by `offer.ts`, read by the
 * peer and the media plane.
 */
export interface OfferPlan {
  /** Every m-line of the offer, in order: `sections[i].mline === i`. */
  readonly sections: readonly SectionPlan[];
  /** The remote candidates we accept, at most `MAX_REMOTE_CANDIDATES`. */
  readonly candidates: readonly Candidate[];
  /** How many candidates were left out, by reason. For the log. */
  readonly droppedCandidates: Readonly<Partial<Record<CandidateDrop, number>>>;
  /** Every SSRC the offer names; a slot must not use one of them. */
  readonly ssrcs: ReadonlySet<Ssrc>;
  /**
   * The offer as the media plane may see it: written by us from this plan, never the client's own text. It holds no
   * candidate (those are added one by one), one codec (and its RTX) per section, no simulcast, no attribute we do not know.
   */
  readonly text: string;
}

export type SectionPlan = MediaSection | DataSection;

export type MediaKind = 'audio' | 'video';
export type CodecName = 'opus' | 'vp8' | 'h264';

/** The client's direction, seen from us. */
export type SectionUse =
  /** The client's sendrecv: it publishes here and has one slot here. */
  | 'both'
  /** sendonly: it publishes. */
  | 'publish'
  /** recvonly: one slot. */
  | 'slot'
  /** inactive, over the limit of slots, or no codec of ours: answered `inactive`. */
  | 'inactive';

export interface MediaSection {
  readonly type: 'media';
  readonly mline: number;
  readonly mid: Mid;
  readonly kind: MediaKind;
  readonly use: SectionUse;
  /** The codec of this section with the payload types of this offer. For `inactive` sections whatever the offer had first. */
  readonly codec: SectionCodec;
  /** Ids of the header extensions that we answer, 1 to 14 or, where the offer allows two-byte headers, up to 255. */
  readonly extensions: SectionExtensions;
  /** SSRCs that `a=ssrc` lines of this section announce, RTX ones left out; at most 4. */
  readonly ssrcs: readonly Ssrc[];
  /** RTX streams of those, where `a=ssrc-group:FID` lines announce them. */
  readonly rtxSsrcs: readonly Ssrc[];
  /** Set for sections with a slot (`both`, `slot`): the stream id that section shares with its partner of the other kind. */
  readonly slot: SlotPlan | null;
}

export interface SlotPlan {
  /** 0 for the first slot of its kind in the offer, 1 for the second, ... Audio and video slots of one index are a pair. */
  readonly index: number;
  /** Drawn at random, different from every SSRC in the offer and from every other slot's. */
  readonly ssrc: Ssrc;
  /** `a=msid:<streamId> <trackId>` of the answer. */
  readonly streamId: string;
  readonly trackId: string;
}

export interface SectionCodec {
  /** `null` where the section is inactive because no codec of ours was offered. */
  readonly name: CodecName | null;
  /** As the offer spells it, e.g. `opus`, `VP8`. */
  readonly encoding: string;
  readonly payloadType: number;
  readonly clockRate: number;
  readonly channels: number | null;
  /** The text behind `a=fmtp:<pt> `, or null. */
  readonly fmtp: string | null;
  /** The RTX payload type with `apt` of this codec, or null. Audio never has one. */
  readonly rtxPayloadType: number | null;
  /** The feedback we answer: a subset of `nack`, `nack pli`, `ccm fir`, `transport-cc`. */
  readonly feedback: readonly string[];
}

export interface SectionExtensions {
  readonly mid: number | null;
  readonly audioLevel: number | null;
  readonly transportCc: number | null;
}

export interface DataSection {
  readonly type: 'data';
  readonly mline: number;
  readonly mid: Mid;
  readonly sctpPort: number;
}

/** A remote UDP candidate with an IP literal. */
export interface Candidate {
  readonly mline: number;
  readonly mid: Mid;
  /** Without `a=`: `candidate:1 1 udp 2122260223 192.0.2.1 54321 typ host`. Written by us from the parsed parts. */
  readonly line: string;
  readonly address: string;
  readonly port: number;
}

/** Why a candidate is not used. */
export type CandidateDrop =
  | 'malformed'
  | 'not-udp'
  | 'component'
  | 'hostname'
  | 'multicast'
  | 'unspecified'
  | 'port-zero'
  | 'link-local'
  | 'loopback'
  | 'denied'
  | 'limit';
