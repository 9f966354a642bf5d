import { sectionCaps } from '../../../../src/media/gst/caps.ts';
import { mediaSections } from '../../../../src/sdp/plan.ts';
import type { MediaSection } from '../../../../src/sdp/types.ts';
import { peerRequest } from '../../../support/offers.ts';

const section = (
  text: 'audio slot' | 'video slot' | 'audio publish',
  change: Partial<MediaSection> = {},
): MediaSection => ({
  ...mediaSections(peerRequest(text).plan)[0]!,
  ...change,
});
const fieldsOf = (caps: string): string[] => caps.split(',');

describe('sectionCaps', () => {
  it('names the codec as webrtcbin matches it: encoding in capitals, clock rate, payload type, channels', () => {
    const codec = { ...section('audio slot').codec, encoding: 'opus', payloadType: 109, clockRate: 48000, channels: 2 };
    expect(fieldsOf(sectionCaps(section('audio slot', { codec })))).toEqual(
      expect.arrayContaining([
        'application/x-rtp',
        'media=(string)audio',
        'encoding-name=(string)OPUS',
        'clock-rate=(int)48000',
        'payload=(int)109',
        'encoding-params=(string)2',
      ]),
    );
  });

  it('has no channels for a codec without them', () => {
    expect(sectionCaps(section('video slot'))).not.toContain('encoding-params');
  });

  it('takes the fmtp parameters over word for word, quoted where they are no plain words', () => {
    const codec = { ...section('audio slot').codec, fmtp: 'minptime=10; useinbandfec=1;x=a,b' };
    expect(sectionCaps(section('audio slot', { codec }))).toContain(
      'minptime=(string)10,useinbandfec=(string)1,x=(string)"a,b"',
    );
  });

  it('lists each feedback and each header extension that is to be answered', () => {
    const caps = sectionCaps(
      section('video slot', {
        codec: { ...section('video slot').codec, feedback: ['nack', 'nack pli', 'ccm fir', 'transport-cc'] },
        extensions: { mid: 4, audioLevel: null, transportCc: 3 },
      }),
    );
    for (const feedback of ['nack', 'nack-pli', 'ccm-fir', 'transport-cc']) {
      expect(caps).toContain(`rtcp-fb-${feedback}=(boolean)true`);
    }
    expect(caps).toContain('extmap-4=(string)urn:ietf:params:rtp-hdrext:sdes:mid');
    expect(caps).toContain(
      'extmap-3=(string)http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
    );
    expect(caps).not.toContain('audio-level');
  });

  it('announces the SSRC of a slot, and none where there is no slot', () => {
    const slot = section('audio slot');
    expect(sectionCaps(slot)).toContain(`ssrc=(uint)${slot.slot!.ssrc}`);
    expect(sectionCaps(section('audio publish'))).not.toContain('ssrc=');
  });
});
