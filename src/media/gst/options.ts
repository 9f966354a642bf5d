import type { Codec, ExtensionIds, PeerMediaOptions, SectionOptions, TrackOptions } from 'node-gst';
import { hasSlot, mediaSections, publishes } from '../../sdp/plan.ts';
import type { MediaSection } from '../../sdp/types.ts';
import type { PeerRequest } from '../types.ts';

/** Of everything a peer publishes, per second; 0: no limit. */
export interface PublishRate {
  readonly packets: number;
  readonly bytes: number;
}

/** What the native half needs to know of an offer. */
export function nativeOptions(request: PeerRequest, rate: PublishRate): PeerMediaOptions {
  const sections = mediaSections(request.plan);
  return {
    csrc: request.csrc,
    rate,
    tracks: sections.filter(publishes).map(trackOptions),
    slots: sections.filter(hasSlot).map((section) => ({
      ...sectionOptions(section),
      ssrc: section.slot.ssrc,
      nack: section.codec.feedback.includes('nack'),
    })),
  };
}

function trackOptions(section: MediaSection): TrackOptions {
  const { codec, ssrcs, rtxSsrcs } = section;
  const nack = codec.feedback.includes('nack');
  const options = { ...sectionOptions(section), ssrcs, nack };
  if (!nack || codec.rtxPayloadType === null) return options;
  return { ...options, repair: { payloadType: codec.rtxPayloadType, ssrcs: rtxSsrcs } };
}

function sectionOptions(section: MediaSection): SectionOptions {
  return {
    mline: section.mline,
    mid: section.mid,
    kind: section.kind,
    codec: codecOf(section),
    payloadType: section.codec.payloadType,
    clockRate: section.codec.clockRate,
    extensions: extensionIds(section),
  };
}

/** Throws for a section that is not in use. */
export function codecOf(section: MediaSection): Codec {
  if (section.codec.name === null) throw new Error(`section ${section.mid} is used without a codec`);
  return section.codec.name;
}

const extensionIds = ({ extensions }: MediaSection): ExtensionIds => ({
  mid: extensions.mid ?? 0,
  audioLevel: extensions.audioLevel ?? 0,
  transportCc: extensions.transportCc ?? 0,
});
