import type { ParsedSection, RawSection } from './parse.ts';
import { refuse } from './refuse.ts';
import { fmtpText, parseFmtp, type FmtpParameters } from './fmtp.ts';
import type { CodecName, MediaKind, SectionCodec } from './types.ts';

/** A payload type of a section with all that the offer says about it. */
interface OfferedCodec {
  readonly payloadType: number;
  readonly encoding: string;
  readonly clockRate: number;
  readonly channels: number | null;
  readonly parameters: FmtpParameters;
}

export type VideoCodec = Extract<CodecName, 'vp8' | 'h264'>;

/** What a section may carry, and what is answered for it. */
interface Wish {
  readonly name: CodecName;
  /** How well a payload type fits, the lowest is taken, null: not at all. */
  rank(codec: OfferedCodec): number | null;
  readonly feedback: readonly string[];
}

const WISHES: Readonly<Record<CodecName, Wish>> = {
  opus: {
    name: 'opus',
    // RFC 7587 §7: always 48000/2, whatever is sent.
    rank: (codec) => (is(codec, 'opus', 48000) && codec.channels === 2 ? 0 : null),
    feedback: ['transport-cc'],
  },
  vp8: {
    name: 'vp8',
    rank: (codec) => (is(codec, 'vp8', 90000) ? 0 : null),
    feedback: ['nack', 'nack pli', 'ccm fir', 'transport-cc'],
  },
  h264: {
    name: 'h264',
    rank: (codec) => (is(codec, 'h264', 90000) ? h264Rank(codec.parameters) : null),
    feedback: ['nack', 'nack pli', 'ccm fir', 'transport-cc'],
  },
};

/**
 * The codec of a section: Opus, or the one video codec of this deployment, with its RTX. Where the section has none of
 * ours, what it offers first and `name: null`. Throws `offer-codec` where a payload type of unknown meaning could have
 * been ours.
 */
export function sectionCodec(section: ParsedSection, kind: MediaKind, video: VideoCodec, name: string): SectionCodec {
  const payloadTypes = payloadTypesOf(section.raw, name);
  const maps = rtpMaps(section.raw, name);
  const offered = payloadTypes.flatMap((payloadType) => maps.get(payloadType) ?? staticCodec(payloadType));
  const wish = WISHES[kind === 'audio' ? 'opus' : video];
  const chosen = best(offered, wish);
  if (chosen !== null) return wantedCodec(chosen, wish, offered, section.raw);
  const unmapped = payloadTypes.find((pt) => !maps.has(pt) && staticCodec(pt).length === 0);
  if (unmapped !== undefined) refuse('offer-codec', `${name}, payload type ${unmapped}`);
  return unwantedCodec(offered, name);
}

/**
 * Checks that within the bundle one payload type means one codec (RFC 8843 §9.1): there is one RTP session, and it has
 * one table.
 */
export function checkPayloadTypes(sections: readonly { readonly codec: SectionCodec; readonly mid: string }[]): void {
  const meanings = new Map<number, string>();
  for (const { codec, mid } of sections) {
    const main = `${codec.encoding.toLowerCase()}/${codec.clockRate}`;
    const pairs = [[codec.payloadType, main] as const];
    if (codec.rtxPayloadType !== null) pairs.push([codec.rtxPayloadType, `rtx of ${codec.payloadType}`]);
    for (const [payloadType, meaning] of pairs) {
      if ((meanings.get(payloadType) ?? meaning) !== meaning) {
        refuse('offer-codec', `mid ${mid}: ${payloadType} is another codec elsewhere`);
      }
      meanings.set(payloadType, meaning);
    }
  }
}

function best(offered: readonly OfferedCodec[], wish: Wish): OfferedCodec | null {
  const ranked = offered
    .filter(({ payloadType }) => isUsable(payloadType))
    .map((codec) => ({ codec, rank: wish.rank(codec) ?? Infinity }))
    .filter(({ rank }) => rank !== Infinity);
  // A stable sort: among equals the client's own order decides.
  return ranked.sort((a, b) => a.rank - b.rank)[0]?.codec ?? null;
}

function wantedCodec(codec: OfferedCodec, wish: Wish, offered: readonly OfferedCodec[], raw: RawSection): SectionCodec {
  const rtx = offered.find(
    (other) =>
      is(other, 'rtx', codec.clockRate) &&
      isUsable(other.payloadType) &&
      other.parameters.get('apt') === String(codec.payloadType),
  );
  const feedback = feedbackOf(raw, codec.payloadType);
  return {
    name: wish.name,
    encoding: codec.encoding,
    payloadType: codec.payloadType,
    clockRate: codec.clockRate,
    channels: codec.channels,
    fmtp: fmtpText(wish.name, codec.parameters),
    rtxPayloadType: wish.name === 'opus' ? null : (rtx?.payloadType ?? null),
    feedback: wish.feedback.filter((type) => feedback.has(type)),
  };
}

/** Helpers of other codecs, which nobody would take for the codec of a section. */
const HELPERS = new Set(['rtx', 'red', 'ulpfec', 'flexfec-03', 'cn', 'telephone-event']);

function unwantedCodec(offered: readonly OfferedCodec[], name: string): SectionCodec {
  const codec = offered.find(({ encoding }) => !HELPERS.has(encoding.toLowerCase())) ?? offered[0];
  if (codec === undefined) refuse('offer-codec', name);
  const { payloadType, encoding, clockRate, channels } = codec;
  return {
    name: null,
    encoding,
    payloadType,
    clockRate,
    channels,
    fmtp: null,
    rtxPayloadType: null,
    feedback: [],
  };
}

const is = (codec: OfferedCodec, encoding: string, clockRate: number): boolean =>
  codec.encoding.toLowerCase() === encoding && codec.clockRate === clockRate;

/** With rtcp-mux, payload types 64 to 95 would be taken for RTCP (RFC 5761 §4). */
const isUsable = (payloadType: number): boolean => payloadType < 64 || payloadType > 95;

const MAX_PAYLOAD_TYPE = 127;

function payloadTypesOf(raw: RawSection, name: string): number[] {
  const words = String(raw.payloads ?? '')
    .split(' ')
    .filter((word) => word !== '');
  const types = words.map((word) => (/^\d{1,3}$/.test(word) ? Number(word) : NaN));
  if (types.length === 0 || !types.every((type) => type <= MAX_PAYLOAD_TYPE))
    refuse('offer-malformed', `payload types of ${name}`);
  return [...new Set(types)];
}

/** By payload type. Lines that are no `a=rtpmap:<number> <name>/<rate>` count for nothing. */
function rtpMaps(raw: RawSection, name: string): Map<number, OfferedCodec> {
  const maps = new Map<number, OfferedCodec>();
  for (const { payload, codec, rate, encoding } of raw.rtp ?? []) {
    if (typeof payload !== 'number' || payload > MAX_PAYLOAD_TYPE || codec === undefined || codec === '') continue;
    if (typeof rate !== 'number' || rate < 1 || rate > 1_000_000) continue;
    const channels = typeof encoding === 'number' ? encoding : null;
    const map = { encoding: String(codec), clockRate: rate, channels };
    const known = maps.get(payload);
    if (known === undefined) {
      maps.set(payload, { payloadType: payload, ...map, parameters: fmtpOf(raw, payload) });
    } else if (known.encoding !== map.encoding || known.clockRate !== rate || known.channels !== channels) {
      refuse('offer-codec', `${name}, payload type ${payload} has two`);
    }
  }
  return maps;
}

const fmtpOf = (raw: RawSection, payloadType: number): FmtpParameters =>
  parseFmtp(
    (raw.fmtp ?? []).filter(({ payload }) => payload === payloadType).map(({ config }) => String(config ?? '')),
  );

function feedbackOf(raw: RawSection, payloadType: number): ReadonlySet<string> {
  const own = (raw.rtcpFb ?? []).filter(({ payload }) => payload === payloadType || payload === '*');
  return new Set(own.map(({ type, subtype }) => (subtype === undefined ? String(type) : `${type} ${subtype}`)));
}

/** The payload types that mean something without an a=rtpmap (RFC 3551 §6), as far as browsers still offer them. */
const STATIC = new Map([
  [0, 'PCMU'],
  [8, 'PCMA'],
  [9, 'G722'],
  [13, 'CN'],
]);

function staticCodec(payloadType: number): OfferedCodec[] {
  const encoding = STATIC.get(payloadType);
  return encoding === undefined
    ? []
    : [{ payloadType, encoding, clockRate: 8000, channels: null, parameters: new Map() }];
}

/**
 * Baseline in whole pictures' packets (packetization-mode 1) only: what one sends, all others must be able to show.
 * Constrained Baseline is preferred; profile_idc and constraint flags as RFC 6184 §8.1 tells them apart.
 */
function h264Rank(parameters: FmtpParameters): number | null {
  if (parameters.get('packetization-mode') !== '1') return null;
  // Without the parameter the profile is Baseline at level 1 (RFC 6184 §8.1).
  const level = parameters.get('profile-level-id') ?? '42000a';
  if (!/^[0-9a-f]{6}$/i.test(level)) return null;
  const [profile, constraints] = [level.slice(0, 2).toLowerCase(), Number.parseInt(level.slice(2, 4), 16)];
  const isConstrained =
    (profile === '42' && (constraints & 0x40) !== 0) ||
    (profile === '4d' && (constraints & 0x80) !== 0) ||
    (profile === '58' && (constraints & 0xc0) === 0xc0);
  if (isConstrained) return profile === '42' ? 0 : 1;
  return profile === '42' ? 2 : null;
}
