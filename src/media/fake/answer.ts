import { DIRECTIONS_FOR } from '../../sdp/direction.ts';
import type { MediaSection, OfferPlan, SectionPlan } from '../../sdp/types.ts';

const FINGERPRINT = Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, '0').toUpperCase()).join(':');

/** An answer that a browser would find well-formed; there is nobody behind its one candidate. */
export function fakeAnswer(plan: OfferPlan): string {
  const mids = plan.sections.map(({ mid }) => mid).join(' ');
  const session = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mids}`,
    'a=msid-semantic: WMS *',
  ];
  const sections = plan.sections.flatMap((section) => [...sectionLines(section), ...transportLines(section)]);
  return [...session, ...sections, ''].join('\r\n');
}

function sectionLines(section: SectionPlan): string[] {
  if (section.type === 'media') return mediaLines(section);
  return [
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    `a=mid:${section.mid}`,
    `a=sctp-port:${section.sctpPort}`,
  ];
}

function mediaLines(section: MediaSection): string[] {
  const { codec, kind, mid, slot, use } = section;
  const channels = codec.channels === null ? '' : `/${codec.channels}`;
  const lines = [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${codec.payloadType}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=${DIRECTIONS_FOR[use].answered}`,
    'a=rtcp-mux',
    `a=rtpmap:${codec.payloadType} ${codec.encoding}/${codec.clockRate}${channels}`,
  ];
  if (codec.fmtp !== null) lines.push(`a=fmtp:${codec.payloadType} ${codec.fmtp}`);
  for (const feedback of codec.feedback) lines.push(`a=rtcp-fb:${codec.payloadType} ${feedback}`);
  if (slot !== null) {
    const msid = `${slot.streamId} ${slot.trackId}`;
    lines.push(`a=msid:${msid}`, `a=ssrc:${slot.ssrc} cname:${slot.streamId}`, `a=ssrc:${slot.ssrc} msid:${msid}`);
  }
  return lines;
}

function transportLines({ mline }: SectionPlan): string[] {
  const lines = ['a=ice-ufrag:fake', 'a=ice-pwd:fakefakefakefakefakefake', 'a=setup:active'];
  lines.push(`a=fingerprint:sha-256 ${FINGERPRINT}`);
  if (mline === 0) lines.push('a=candidate:1 1 UDP 2015363327 127.0.0.1 9 typ host');
  return lines;
}
