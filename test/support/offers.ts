import type { Csrc, Mid, PeerId, Ssrc } from '../../src/base/ids.ts';
import type { PeerRequest } from '../../src/media/types.ts';
import { DIRECTIONS_FOR } from '../../src/sdp/direction.ts';
import type {
  Candidate,
  DataSection,
  MediaKind,
  MediaSection,
  OfferPlan,
  SectionCodec,
  SectionPlan,
  SectionUse,
} from '../../src/sdp/types.ts';

/** One m-line: its kind and what the client does in it, e.g. `audio both`. */
export type SectionText = `${MediaKind} ${SectionUse}` | 'data';

const CODECS: Record<MediaKind, SectionCodec> = {
  audio: {
    name: 'opus',
    encoding: 'opus',
    payloadType: 111,
    clockRate: 48000,
    channels: 2,
    fmtp: 'minptime=10;useinbandfec=1',
    rtxPayloadType: null,
    feedback: ['transport-cc'],
  },
  video: {
    name: 'vp8',
    encoding: 'VP8',
    payloadType: 96,
    clockRate: 90000,
    channels: null,
    fmtp: null,
    rtxPayloadType: 97,
    feedback: ['nack', 'nack pli', 'ccm fir', 'transport-cc'],
  },
};

/** The plan that the parser would make of an offer with these m-lines; the mids are `m0`, `m1`, ... */
export function offerPlan(...texts: SectionText[]): OfferPlan {
  const next: Record<MediaKind, number> = { audio: 0, video: 0 };
  const sections = texts.map((text, mline): SectionPlan => {
    const mid = `m${mline}` as Mid;
    if (text === 'data') return { type: 'data', mline, mid, sctpPort: 5000 };
    const [kind, use] = text.split(' ') as [MediaKind, SectionUse];
    const hasSlot = use === 'both' || use === 'slot';
    return mediaSection(kind, use, mline, mid, hasSlot ? next[kind]++ : null);
  });
  const ssrcs = sections.flatMap((section) => (section.type === 'media' ? section.ssrcs : []));
  return { sections, candidates: [], droppedCandidates: {}, ssrcs: new Set(ssrcs), text: offerText(sections) };
}

let peers = 0;

/** A request for a peer of a new id, whose CSRC is its number. */
export function peerRequest(...texts: SectionText[]): PeerRequest {
  peers += 1;
  return { id: `peer-${peers}` as PeerId, csrc: peers as Csrc, plan: offerPlan(...texts) };
}

/** A candidate that nobody listens at. */
export const candidate = (port: number, mline = 0): Candidate => ({
  mline,
  mid: `m${mline}` as Mid,
  line: `candidate:1 1 udp 2122260223 127.0.0.1 ${port} typ host`,
  address: '127.0.0.1',
  port,
});

function mediaSection(kind: MediaKind, use: SectionUse, mline: number, mid: Mid, index: number | null): MediaSection {
  const publishes = use === 'both' || use === 'publish';
  return {
    type: 'media',
    mline,
    mid,
    kind,
    use,
    codec: CODECS[kind],
    extensions: { mid: 1, audioLevel: kind === 'audio' ? 2 : null, transportCc: 3 },
    ssrcs: publishes ? [(1000 + mline) as Ssrc] : [],
    rtxSsrcs: [],
    slot:
      index === null
        ? null
        : { index, ssrc: (5000 + mline) as Ssrc, streamId: `stream-${index}`, trackId: `${kind}-${index}` },
  };
}

function offerText(sections: readonly SectionPlan[]): string {
  const mids = sections.map(({ mid }) => mid).join(' ');
  const session = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', `a=group:BUNDLE ${mids}`];
  return [...session, ...sections.flatMap((each) => [...sectionLines(each), ...TRANSPORT]), ''].join('\r\n');
}

const FINGERPRINT = Array.from({ length: 32 }, (_, i) => (i + 64).toString(16).toUpperCase()).join(':');

const TRANSPORT = [
  'a=ice-ufrag:test',
  'a=ice-pwd:testtesttesttesttesttest',
  `a=fingerprint:sha-256 ${FINGERPRINT}`,
  'a=setup:actpass',
];

const sectionLines = (section: SectionPlan): string[] =>
  section.type === 'data' ? dataLines(section) : mediaLines(section);

const dataLines = ({ mid, sctpPort }: DataSection): string[] => [
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  `a=mid:${mid}`,
  `a=sctp-port:${sctpPort}`,
];

function mediaLines({ kind, use, mid, codec, extensions, ssrcs }: MediaSection): string[] {
  const { payloadType, rtxPayloadType } = codec;
  const types = rtxPayloadType === null ? [payloadType] : [payloadType, rtxPayloadType];
  const channels = codec.channels === null ? '' : `/${codec.channels}`;
  const lines = [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${types.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=${DIRECTIONS_FOR[use].offered}`,
    'a=rtcp-mux',
    `a=rtpmap:${payloadType} ${codec.encoding}/${codec.clockRate}${channels}`,
  ];
  if (codec.fmtp !== null) lines.push(`a=fmtp:${payloadType} ${codec.fmtp}`);
  for (const feedback of codec.feedback) lines.push(`a=rtcp-fb:${payloadType} ${feedback}`);
  if (rtxPayloadType !== null) {
    lines.push(`a=rtpmap:${rtxPayloadType} rtx/${codec.clockRate}`, `a=fmtp:${rtxPayloadType} apt=${payloadType}`);
  }
  lines.push(`a=extmap:${String(extensions.mid)} urn:ietf:params:rtp-hdrext:sdes:mid`);
  if (extensions.audioLevel !== null) {
    lines.push(`a=extmap:${extensions.audioLevel} urn:ietf:params:rtp-hdrext:ssrc-audio-level`);
  }
  const transportCc = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
  lines.push(`a=extmap:${String(extensions.transportCc)} ${transportCc}`);
  for (const ssrc of ssrcs) lines.push(`a=ssrc:${ssrc} cname:client`);
  return lines;
}
