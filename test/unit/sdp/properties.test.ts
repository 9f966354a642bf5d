import fc from 'fast-check';
import { parse } from 'sdp-transform';
import { hasSlot, mediaSections, publishes } from '../../../src/sdp/plan.ts';
import { offerNames, plan, readOffer, refusal } from './support.ts';

/** What may be done to an offer on its way here. */
type Mutation = (lines: readonly string[]) => string[];

const position = fc.nat(10_000);

const byteChange: fc.Arbitrary<Mutation> = fc
  .tuple(position, position, fc.integer({ min: 0, max: 255 }))
  .map(([line, column, code]) => (lines) => {
    const index = line % lines.length;
    const text = lines[index] ?? '';
    const at = column % (text.length + 1);
    return lines.with(index, text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1));
  });
const deletion: fc.Arbitrary<Mutation> = position.map((line) => (lines) => lines.toSpliced(line % lines.length, 1));
const duplication: fc.Arbitrary<Mutation> = fc.tuple(position, position).map(
  ([from, to]) =>
    (lines) =>
      lines.toSpliced(to % lines.length, 0, lines[from % lines.length] ?? ''),
);
const move: fc.Arbitrary<Mutation> = fc.tuple(position, position).map(([from, to]) => (lines) => {
  const line = lines[from % lines.length] ?? '';
  return lines.toSpliced(from % lines.length, 1).toSpliced(to % lines.length, 0, line);
});
const cut: fc.Arbitrary<Mutation> = position.map((line) => (lines) => lines.slice(0, line % lines.length));
const numberChange: fc.Arbitrary<Mutation> = fc
  .tuple(position, fc.constantFrom('0', '-1', '1', '4', '15', '96', '111', '4294967296', '1e9', 'x', ''))
  .map(([line, number]) => (lines) => {
    const index = line % lines.length;
    return lines.with(index, (lines[index] ?? '').replace(/\d+/, number));
  });

const mutated = fc
  .tuple(
    fc.constantFrom(...offerNames),
    fc.array(fc.oneof(byteChange, deletion, duplication, move, cut, numberChange), { minLength: 1, maxLength: 4 }),
  )
  .map(([name, mutations]) =>
    mutations
      .reduce((lines, mutation) => (lines.length === 0 ? lines : mutation(lines)), readOffer(name).split('\r\n'))
      .join('\r\n'),
  );

const codec = fc.constantFrom('vp8' as const, 'h264' as const);

test('a mutated offer is planned, or refused with a code; what is planned obeys every rule', () => {
  let planned = 0;
  fc.assert(
    fc.property(mutated, codec, fc.nat(8), (text, videoCodec, maxSlots) => {
      if (refusal(text, { videoCodec, maxSlots }) !== null) return;
      planned += 1;
      checkPlan(text, { videoCodec, maxSlots });
    }),
    { numRuns: 500 },
  );
  // The property says nothing if all of them are refused.
  expect(planned).toBeGreaterThan(40);
}, 60_000);

test('every real offer obeys every rule', () => {
  for (const name of offerNames) {
    for (const videoCodec of ['vp8', 'h264'] as const) checkPlan(readOffer(name), { videoCodec, maxSlots: 5 });
  }
});

test('any text at all', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((text) => `v=0\r\n${text}`),
      ),
      (text) => {
        expect(refusal(text)?.code).toMatch(/^offer-/);
      },
    ),
  );
});

function checkPlan(text: string, settings: { videoCodec: 'vp8' | 'h264'; maxSlots: number }): void {
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
