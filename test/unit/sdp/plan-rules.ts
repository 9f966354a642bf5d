import { parse } from 'sdp-transform';
import { hasSlot, mediaSections, publishes } from '../../../src/sdp/plan.ts';
import { plan } from './support.ts';

/** What holds of every offer that is planned, whatever it was. */
export function checkPlan(text: string, settings: { videoCodec: 'vp8' | 'h264'; maxSlots: number }): void {
  const planned = plan(text, settings);
  const { sections } = planned;
  expect(sections.map(({ mline }) => mline)).toEqual(sections.map((_, index) => index));
  expect(new Set(sections.map(({ mid }) => mid)).size).toBe(sections.length);

  const media = mediaSections(planned);
  const slots = media.filter(hasSlot).map(({ slot }) => slot);
  expect(slots.length).toBeLessThanOrEqual(settings.maxSlots);
  expect(new Set([...planned.ssrcs, ...slots.map(({ ssrc }) => ssrc)]).size).toBe(planned.ssrcs.size + slots.length);
  expect(new Set(slots.map(({ trackId }) => trackId)).size).toBe(slots.length);
  for (const section of media) {
    expect(hasSlot(section)).toBe(section.use === 'both' || section.use === 'slot');
    if (section.use !== 'inactive') expect(section.codec.name).not.toBeNull();
    if (!publishes(section)) expect(section.ssrcs).toEqual([]);
    for (const ssrc of section.ssrcs) expect(planned.ssrcs.has(ssrc)).toBe(true);
  }

  checkText(planned.text, sections.length);
  // The text means what the plan says, and saying it again changes nothing.
  const again = plan(planned.text, settings);
  expect(again.sections).toEqual(sections);
  expect(again.text).toBe(planned.text);
  expect(again.candidates).toEqual([]);
}

/** Only lines that we write, each as webrtcbin needs it. */
function checkText(text: string, count: number): void {
  expect(text).toMatch(/^v=0\r\n/);
  expect(text.split('\r\n').every((line) => WRITTEN.test(line))).toBe(true);
  const parsed = parse(text);
  expect(parsed.media).toHaveLength(count);
  expect(parsed).not.toHaveProperty('fingerprint');
  for (const section of parsed.media) {
    expect(section).toMatchObject({ port: 9, setup: 'actpass', fingerprint: { type: 'sha-256' } });
    expect(section.mid).toBeDefined();
    expect(section.iceUfrag).toBeDefined();
    expect(section.icePwd).toBeDefined();
    if (section.type !== 'application') expect(section.rtcpMux).toBeDefined();
  }
}

const WRITTEN =
  /^(?:|v=0|o=- 1 1 IN IP4 0\.0\.0\.0|s=-|t=0 0|c=IN IP4 0\.0\.0\.0|m=(?:audio|video|application) 9 \S+ [\w -]+|a=(?:(?:group:BUNDLE|mid:|ice-ufrag:|ice-pwd:|fingerprint:sha-256|rtpmap:\d+|fmtp:\d+|rtcp-fb:\d+|extmap:\d+|ssrc:\d+|ssrc-group:FID|sctp-port:|max-message-size:)[ !-~]*|setup:actpass|rtcp-mux|rtcp-rsize|extmap-allow-mixed|sendrecv|sendonly|recvonly|inactive))$/;
