import { write, type MediaDescription } from 'sdp-transform';
import { DIRECTIONS_FOR } from './direction.ts';
import { EXTENSION_URIS, MAX_ONE_BYTE_ID } from './extensions.ts';
import { publishes } from './plan.ts';
import type { Stream } from './sources.ts';
import type { Transport } from './transport.ts';
import type { DataSection, MediaSection, SectionExtensions } from './types.ts';

/** What the text says of a section beyond its plan. */
export interface WrittenMedia {
  readonly section: MediaSection;
  readonly streams: readonly Stream[];
  readonly isReducedSize: boolean;
}

export interface WrittenData {
  readonly section: DataSection;
  readonly maxMessageSize: number;
}

export type WrittenSection = WrittenMedia | WrittenData;

/**
 * The offer as the media plane sees it: every line is ours, from checked values. What webrtcbin 1.22 needs is arranged for
 * it: transport attributes in each section and nowhere else, one codec per section, plain ports, extensions without
 * directions, no candidates.
 */
export function writeOffer(transport: Transport, sections: readonly WrittenSection[]): string {
  return write({
    version: 0,
    origin: { username: '-', sessionId: 1, sessionVersion: 1, netType: 'IN', ipVer: 4, address: '0.0.0.0' },
    name: '-',
    timing: { start: 0, stop: 0 },
    groups: [{ type: 'BUNDLE', mids: sections.map(({ section }) => section.mid).join(' ') }],
    media: sections.map((written) => ({ ...common(transport, written.section.mid), ...describe(written) })),
  });
}

const describe = (written: WrittenSection): Description =>
  'streams' in written ? mediaDescription(written) : dataDescription(written);

type Description = Pick<MediaDescription, 'type' | 'protocol' | 'payloads' | 'rtp' | 'fmtp'> &
  Partial<MediaDescription>;

const common = (transport: Transport, mid: string) => ({
  port: 9,
  connection: { version: 4, ip: '0.0.0.0' },
  mid,
  iceUfrag: transport.ufrag,
  icePwd: transport.pwd,
  fingerprint: { type: 'sha-256', hash: transport.fingerprint },
  setup: 'actpass' as const,
});

function mediaDescription({ section, streams, isReducedSize }: WrittenMedia): Description {
  const { codec } = section;
  const rtx = codec.rtxPayloadType;
  return {
    type: section.kind,
    protocol: 'UDP/TLS/RTP/SAVPF',
    payloads: rtx === null ? String(codec.payloadType) : `${codec.payloadType} ${rtx}`,
    direction: DIRECTIONS_FOR[section.use].offered,
    rtcpMux: 'rtcp-mux',
    ...(isReducedSize ? { rtcpRsize: 'rtcp-rsize' as const } : {}),
    rtp: [
      {
        payload: codec.payloadType,
        codec: codec.encoding,
        rate: codec.clockRate,
        ...(codec.channels === null ? {} : { encoding: codec.channels }),
      },
      ...(rtx === null ? [] : [{ payload: rtx, codec: 'rtx', rate: codec.clockRate }]),
    ],
    fmtp: [
      ...(codec.fmtp === null ? [] : [{ payload: codec.payloadType, config: codec.fmtp }]),
      ...(rtx === null ? [] : [{ payload: rtx, config: `apt=${codec.payloadType}` }]),
    ],
    rtcpFb: codec.feedback.map((feedback) => feedbackLine(codec.payloadType, feedback)),
    ...extensionLines(section.extensions),
    ...(publishes(section) ? sourceLines(streams) : {}),
  };
}

function feedbackLine(payload: number, feedback: string): { payload: number; type: string; subtype?: string } {
  const [type = '', subtype] = feedback.split(' ');
  return { payload, type, ...(subtype === undefined ? {} : { subtype }) };
}

function extensionLines(extensions: SectionExtensions): Partial<MediaDescription> {
  const ext = (Object.keys(EXTENSION_URIS) as (keyof SectionExtensions)[]).flatMap((name) => {
    const value = extensions[name];
    return value === null ? [] : [{ value, uri: EXTENSION_URIS[name] }];
  });
  const isMixed = ext.some(({ value }) => value > MAX_ONE_BYTE_ID);
  return { ext, ...(isMixed ? { extmapAllowMixed: 'extmap-allow-mixed' as const } : {}) };
}

/** webrtcbin assigns an SSRC to a section by its cname line, whatever the cname is. */
function sourceLines(streams: readonly Stream[]): Partial<MediaDescription> {
  const ids = streams.flatMap(({ ssrc, rtx }) => (rtx === null ? [ssrc] : [ssrc, rtx]));
  return {
    ssrcs: ids.map((id) => ({ id, attribute: 'cname', value: 'client' })),
    ssrcGroups: streams.flatMap(({ ssrc, rtx }) =>
      rtx === null ? [] : [{ semantics: 'FID', ssrcs: `${ssrc} ${rtx}` }],
    ),
  };
}

function dataDescription({ section, maxMessageSize }: WrittenData): Description {
  return {
    type: 'application',
    protocol: 'UDP/DTLS/SCTP',
    payloads: 'webrtc-datachannel',
    rtp: [],
    fmtp: [],
    sctpPort: section.sctpPort,
    maxMessageSize,
  };
}
