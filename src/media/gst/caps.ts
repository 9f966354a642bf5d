import { EXTENSION_URIS } from '../../sdp/extensions.ts';
import type { MediaSection } from '../../sdp/types.ts';

/**
 * The codec preference of one section as GStreamer caps text.
 *
 * webrtcbin answers exactly what stands here: the codec, each `rtcp-fb-*`, each header extension. It pairs sections
 * with transceivers by order and caps intersection, so the fmtp parameters are those of the offer it is given, word for
 * word. The SSRC is what a slot announces; a section without one gets none.
 */
export function sectionCaps(section: MediaSection): string {
  const { codec, extensions } = section;
  const fields = [
    `media=(string)${section.kind}`,
    `encoding-name=(string)${codec.encoding.toUpperCase()}`,
    `clock-rate=(int)${codec.clockRate}`,
    `payload=(int)${codec.payloadType}`,
    ...(codec.channels !== null && codec.channels > 1 ? [`encoding-params=(string)${codec.channels}`] : []),
    ...fmtpFields(codec.fmtp),
    ...codec.feedback.map((feedback) => `rtcp-fb-${feedback.replaceAll(' ', '-')}=(boolean)true`),
    ...extensionFields(extensions.mid, EXTENSION_URIS.mid),
    ...extensionFields(extensions.audioLevel, EXTENSION_URIS.audioLevel),
    ...extensionFields(extensions.transportCc, EXTENSION_URIS.transportCc),
    ...(section.slot !== null ? [`ssrc=(uint)${section.slot.ssrc}`] : []),
  ];
  return `application/x-rtp,${fields.join(',')}`;
}

const fmtpFields = (fmtp: string | null): string[] =>
  (fmtp ?? '')
    .split(';')
    .map((parameter) => parameter.trim().split('='))
    .flatMap(([name, value]) => (name && value ? [`${name.toLowerCase()}=(string)${quote(value)}`] : []));

const extensionFields = (id: number | null, uri: string): string[] =>
  id === null ? [] : [`extmap-${id}=(string)${uri}`];

/** A value that is not a plain word is quoted, as gst_caps_from_string reads it. */
const quote = (value: string): string => (/^[\w.+/-]+$/.test(value) ? value : JSON.stringify(value));
