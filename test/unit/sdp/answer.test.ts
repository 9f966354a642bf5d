import { finishAnswer } from '../../../src/sdp/answer.ts';
import { DIRECTIONS_FOR } from '../../../src/sdp/direction.ts';
import type { OfferSettings } from '../../../src/sdp/offer.ts';
import { hasSlot, isMedia, mediaSections } from '../../../src/sdp/plan.ts';
import type { OfferPlan } from '../../../src/sdp/types.ts';
import { addLine, edit, editSection, plan, readAnswer, readOffer } from './support.ts';

/** The real answers, and what they are answers to. */
const REAL: readonly (readonly [answer: string, offer: string, settings: Partial<OfferSettings>])[] = [
  ['chromium-156-audio', 'chromium-156-audio', {}],
  ['chromium-156-events', 'chromium-156-events', {}],
  ['chromium-156-data-only', 'chromium-156-data-only', {}],
  ['chromium-156-audio-video-h264', 'chromium-156-audio-video', { videoCodec: 'h264' }],
  ['chromium-156-slots-2-slots', 'chromium-156-slots', { maxSlots: 2 }],
  ['firefox-153-events', 'firefox-153-events', {}],
  ['firefox-153-simulcast', 'firefox-153-simulcast', {}],
  ['firefox-153-audio-video-h264', 'firefox-153-audio-video', { videoCodec: 'h264' }],
  ['plain-video', 'plain-video', {}],
];

const sectionsOf = (text: string): string[] => text.split(/(?=^m=)/m).slice(1);
const linesOf = (text: string | undefined, start: string): string[] =>
  (text ?? '').split('\r\n').filter((line) => line.startsWith(start));

describe.each(REAL)('%s', (answer, offer, settings) => {
  const planned = plan(readOffer(offer), settings);
  const raw = readAnswer(answer);
  const finished = finishAnswer(raw, planned);
  const sections = sectionsOf(finished);

  test('has its sections as planned', () => {
    expect(sections).toHaveLength(planned.sections.length);
    for (const [index, section] of planned.sections.entries()) {
      expect(linesOf(sections[index], 'a=mid:')).toEqual([`a=mid:${section.mid}`]);
      if (isMedia(section))
        expect(linesOf(sections[index], `a=${DIRECTIONS_FOR[section.use].answered}`)).toHaveLength(1);
    }
  });

  test('names each slot once per section and once per SSRC, the same, with one cname for all', () => {
    const cnames = new Set<string>();
    for (const section of mediaSections(planned).filter(hasSlot)) {
      const { ssrc, streamId, trackId } = section.slot;
      const text = sections[section.mline];
      expect(linesOf(text, 'a=msid:')).toEqual([`a=msid:${streamId} ${trackId}`]);
      const [, rtx] = /^a=ssrc-group:FID \d+ (\d+)/m.exec(text ?? '') ?? [];
      expect(rtx !== undefined).toBe(section.codec.rtxPayloadType !== null);
      const ids = rtx === undefined ? [String(ssrc)] : [String(ssrc), rtx];
      expect(linesOf(text, 'a=ssrc:').filter((line) => line.includes(' msid:'))).toEqual(
        ids.map((id) => `a=ssrc:${id} msid:${streamId} ${trackId}`),
      );
      const named = linesOf(text, 'a=ssrc:').filter((line) => line.includes(' cname:'));
      expect(named.map((line) => line.replace(/ .*/, ''))).toEqual(ids.map((id) => `a=ssrc:${id}`));
      for (const line of named) cnames.add(line.replace(/.*cname:/, ''));
      expect(linesOf(text, 'a=ssrc')).toHaveLength(ids.length * 2 + (rtx === undefined ? 0 : 1));
    }
    expect(cnames.size).toBe(mediaSections(planned).some(hasSlot) ? 1 : 0);
  });

  test('announces nothing in sections that do not send', () => {
    for (const section of mediaSections(planned).filter((one) => !hasSlot(one))) {
      expect(linesOf(sections[section.mline], 'a=ssrc')).toEqual([]);
      expect(linesOf(sections[section.mline], 'a=msid')).toEqual([]);
    }
  });

  test('says after the candidates that there are no more', () => {
    expect(finished).toMatch(/a=candidate:.*\r\na=end-of-candidates\r\n/);
    expect(finished.split('a=end-of-candidates')).toHaveLength(2);
  });

  test('keeps every other line', () => {
    const ofOurs = /^a=(?:ssrc|ssrc-group|msid|end-of-candidates)\b/;
    const others = (text: string): string[] => text.split(/\r?\n/).filter((line) => line !== '' && !ofOurs.test(line));
    expect(others(finished)).toEqual(others(raw));
  });

  test('is the same when it is finished again, and from line feeds only', () => {
    expect(finishAnswer(finished, planned)).toBe(finished);
    expect(finishAnswer(raw.replaceAll('\r\n', '\n'), planned)).toBe(finished);
  });
});

describe('an answer that does not fit', () => {
  const planned = plan(readOffer('chromium-156-events'));
  const raw = readAnswer('chromium-156-events');
  const replace = (index: number, what: RegExp, by: string): string =>
    editSection(raw, index, (section) => edit(section, what, by));
  const slot = mediaSections(planned).filter(hasSlot)[1]?.slot;
  const rtx = /^a=ssrc-group:FID \d+ (\d+)/m.exec(raw)?.[1] ?? '';
  const session = raw.split(/(?=^m=)/m)[0] ?? '';

  test.each([
    ['nothing', '', /no SDP/],
    ['garbage of 17 bytes', 'v=0\r\ns=-\r\nt=0 0\r\n', /0 sections for 7/],
    ['a section too few', [session, ...sectionsOf(raw).slice(0, -1)].join(''), /6 sections for 7/],
    ['a section too many', raw + sectionsOf(raw).slice(-1).join(''), /8 sections for 7/],
    ['a section out of the bundle', edit(raw, 'BUNDLE 0 1 2', 'BUNDLE 0 1'), /bundle/],
    ['no bundle', edit(raw, /a=group.*\r\n/, ''), /bundle/],
    ['another mid', replace(3, /a=mid:3/, 'a=mid:4'), /section 3 .*mid/],
    ['no mid', replace(3, /a=mid:3\r\n/, ''), /section 3 .*mid/],
    ['another kind', replace(3, /^m=audio/, 'm=video'), /section 3 .*kind/],
    ['media for data', replace(6, /^m=application/, 'm=audio'), /section 6 .*kind/],
    ['a rejected section', replace(2, /^m=audio 9/, 'm=audio 0'), /section 2 .*rejected/],
    ['a rejected data section', replace(6, /^m=application 9/, 'm=application 0'), /section 6 .*rejected/],
    ['inactive for sendonly', replace(2, /a=sendonly/, 'a=inactive'), /section 2 .*inactive instead of sendonly/],
    ['recvonly for sendrecv', replace(0, /a=sendrecv/, 'a=recvonly'), /section 0 .*recvonly instead of sendrecv/],
    ['no direction', replace(0, /a=sendrecv\r\n/, ''), /section 0 .*without direction/],
    ['two directions', addLine(raw, 0, 'a=inactive'), /section 0 .*sendrecv and inactive/],
    ['another payload type', replace(1, /SAVPF 96/, 'SAVPF 98'), /section 1 .*payload type/],
    ['a slot without its SSRC', replace(1, new RegExp(`a=ssrc:${slot?.ssrc} `, 'g'), 'a=ssrc:5 '), /section 1 .*SSRC/],
    ['a slot without cname', replace(2, /a=ssrc:\d+ cname.*\r\n/, ''), /section 2 .*SSRC/],
    ['two cnames', replace(2, /cname:.*/, 'cname:other'), /more than one cname/],
    ['RTX with an SSRC of the client', replace(1, new RegExp(rtx, 'g'), String([...planned.ssrcs][0])), /twice/],
    ['RTX with the SSRC of a slot', replace(1, new RegExp(rtx, 'g'), String(slot?.ssrc)), /twice/],
    ['RTX with an SSRC of another section', replace(4, /(?<=FID \d+ )\d+/, rtx), /twice/],
    ['RTX with SSRC 0', replace(1, new RegExp(rtx, 'g'), '0'), /twice/],
  ])('%s is an error of ours', (_name, text, message) => {
    const finish = (): string => finishAnswer(text, planned);
    expect(finish).toThrow(message);
    expect(finish).toThrow(expect.objectContaining({ name: 'Error' }) as Error);
  });

  test('is good before', () => {
    expect(() => finishAnswer(raw, planned)).not.toThrow();
  });
});

describe('what later versions may write', () => {
  const planned = plan(readOffer('chromium-156-events'));
  const raw = readAnswer('chromium-156-events');
  const finished = finishAnswer(raw, planned);

  test('an msid and the end of candidates of their own', () => {
    const later = addLine(addLine(raw, 0, 'a=end-of-candidates'), 0, 'a=msid:slot0 webrtctransceiver0');
    expect(finishAnswer(later, planned)).toBe(finished);
  });

  test('lines behind the candidates', () => {
    const later = addLine(addLine(raw, 0, 'a=x'), 0, 'a=y');
    expect(finishAnswer(later, planned)).toMatch(/a=candidate.*\r\na=end-of-candidates\r\na=x\r\na=y\r\na=msid:/);
  });

  test('attributes that are not known here', () => {
    const later = addLine(raw, 6, 'a=max-message-size:262144');
    expect(finishAnswer(later, planned)).toBe(addLine(finished, 6, 'a=max-message-size:262144'));
  });

  test('no candidate at all', () => {
    const without = raw.replaceAll(/a=candidate.*\r\n/g, '');
    expect(finishAnswer(without, planned)).not.toContain('candidate');
  });
});

test('ids beyond 14 are agreed on together with the two-byte form', () => {
  const text = readOffer('plain-audio-slots').replaceAll('a=extmap:4 ', 'a=extmap:20 ');
  const planned = plan(text);
  const answered = finishAnswer(syntheticAnswer(planned), planned);
  expect(linesOf(answered, 'a=extmap-allow-mixed')).toHaveLength(planned.sections.length);
  expect(finishAnswer(answered, planned)).toBe(answered);
  const oneByte = plan(readOffer('plain-audio-slots'));
  expect(finishAnswer(syntheticAnswer(oneByte), oneByte)).not.toContain('extmap-allow-mixed');
});

/** As little as `finishAnswer` asks for. */
function syntheticAnswer({ sections }: OfferPlan): string {
  const lines = ['v=0', `a=group:BUNDLE ${sections.map(({ mid }) => mid).join(' ')}`];
  for (const section of sections.filter(isMedia)) {
    lines.push(
      `m=${section.kind} 9 UDP/TLS/RTP/SAVPF ${section.codec.payloadType}`,
      `a=mid:${section.mid}`,
      `a=${DIRECTIONS_FOR[section.use].answered}`,
      `a=ssrc:${section.slot?.ssrc} cname:x`,
    );
  }
  return lines.map((line) => `${line}\r\n`).join('');
}
