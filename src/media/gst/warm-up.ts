import { ServiceError } from '../../base/errors.ts';
import type { Csrc, PeerId } from '../../base/ids.ts';
import { planOffer } from '../../sdp/offer.ts';
import type { PeerRequest } from '../types.ts';
import type { GstPeer } from './peer.ts';

/** An offer that makes webrtcbin load everything a real caller needs: audio and video both ways, and a data channel. */
const OFFER = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1 2',
  ...media('audio', 0, 111, 'opus/48000/2'),
  ...media('video', 1, 96, 'VP8/90000'),
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  ...transport(2),
  'a=sctp-port:5000',
  '',
].join('\r\n');

function media(kind: string, mid: number, payloadType: number, codec: string): string[] {
  return [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    ...transport(mid),
    'a=sendrecv',
    'a=rtcp-mux',
    `a=rtpmap:${payloadType} ${codec}`,
  ];
}

function transport(mid: number): string[] {
  return [
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    'a=ice-ufrag:warm',
    'a=ice-pwd:warmwarmwarmwarmwarmwarm',
    `a=fingerprint:sha-256 ${Array<string>(32).fill('00').join(':')}`,
    'a=setup:actpass',
  ];
}

/**
 * Negotiates one peer with nobody and throws it away. Throws `elements-missing` where webrtcbin is not built inside as
 * the media plane needs it: without its taps a service would start, answer, and forward nothing. Resolves to what is
 * missing for an egress of our own; empty where that would work.
 */
export async function warmUp(openPeer: (request: PeerRequest) => GstPeer): Promise<string> {
  const plan = planOffer(OFFER, {
    maxSlots: 2,
    videoCodec: 'vp8',
    candidates: { allowLoopback: false, deny: { contains: () => false } },
    random: Math.random,
  });
  const peer = openPeer({ id: 'warm-up' as PeerId, csrc: 1 as Csrc, plan });
  try {
    await peer.answer();
    const missing = peer.missingHooks();
    if (missing.length > 0) {
      throw new ServiceError('elements-missing', { detail: `webrtcbin has no ${missing.join(', ')} inside` });
    }
    return peer.egressObstacle();
  } finally {
    await peer.close();
  }
}
