import { publishes } from '../../../src/sdp/plan.ts';
import type { MediaSection, SectionPlan } from '../../../src/sdp/types.ts';
import { media, offerNames, plan, readOffer, slotIndexes } from './support.ts';

/** One letter for the kind, then the use. */
const shape = (section: SectionPlan): string =>
  section.type === 'data' ? 'data' : `${section.kind === 'audio' ? 'a' : 'v'}-${section.use}`;

const both = ['a-both', 'v-both'];
const many = (count: number, name: string): string[] => Array<string>(count).fill(name);

/** What each scenario of capture-offers.mjs is, whatever the browser. */
const SHAPES: Readonly<Record<string, readonly string[]>> = {
  audio: ['a-both'],
  'audio-video': both,
  slots: [...both, ...many(8, 'a-slot'), ...many(4, 'v-slot')],
  events: [...both, ...many(2, 'a-slot'), ...many(2, 'v-slot'), 'data'],
  'data-only': ['data'],
  'listen-only': ['a-slot', 'a-slot', 'v-slot'],
  simulcast: ['a-both', 'v-publish'],
  'max-bundle': [...both, 'a-slot', 'v-slot', 'data'],
};

const browsers = offerNames.filter((name) => !name.startsWith('plain-'));

test('there is an offer of every scenario of both browsers', () => {
  const found = browsers.map((name) => name.replace(/-\d+-/, ' ')).sort();
  const wanted = ['chromium', 'firefox'].flatMap((browser) => Object.keys(SHAPES).map((name) => `${browser} ${name}`));
  expect(found).toEqual(wanted.sort());
});

describe.each(browsers)('%s', (name) => {
  const text = readOffer(name);
  const scenario = /-\d+-(.*)$/.exec(name)?.[1] ?? '';

  test('has the sections it was made of', () => {
    expect(plan(text).sections.map(shape)).toEqual(SHAPES[scenario]);
    expect(plan(text).sections.map(({ mline }) => mline)).toEqual(SHAPES[scenario]?.map((_, index) => index));
  });

  test('has the same sections with line feeds only', () => {
    expect(plan(text.replaceAll('\r\n', '\n'))).toEqual(plan(text));
  });

  test('has one codec per section, with the feedback and the extensions that we answer', () => {
    for (const section of media(text)) {
      expect(section.codec).toEqual(name.startsWith('chromium') ? CHROMIUM[section.kind] : FIREFOX[section.kind]);
      expect(section.extensions).toEqual(extensionsOf(name, section));
    }
  });

  test('announces an SSRC in every section it sends in, but for Chromium with simulcast', () => {
    for (const section of media(text)) {
      const expected = !publishes(section) ? 0 : scenario === 'simulcast' && section.kind === 'video' ? SIMULCAST : 1;
      expect(section.ssrcs).toHaveLength(expected === SIMULCAST ? (name.startsWith('chromium') ? 0 : 3) : expected);
    }
  });
});

const SIMULCAST = -1;

const VIDEO_FEEDBACK = ['nack', 'nack pli', 'ccm fir', 'transport-cc'];
const OPUS = { name: 'opus', encoding: 'opus', clockRate: 48000, channels: 2, rtxPayloadType: null };
const VP8 = { name: 'vp8', encoding: 'VP8', clockRate: 90000, channels: null, feedback: VIDEO_FEEDBACK };

const CHROMIUM = {
  audio: { ...OPUS, payloadType: 111, fmtp: 'minptime=10;useinbandfec=1', feedback: ['transport-cc'] },
  video: { ...VP8, payloadType: 96, fmtp: null, rtxPayloadType: 97 },
};
const FIREFOX = {
  audio: {
    ...OPUS,
    payloadType: 109,
    fmtp: 'maxplaybackrate=48000;stereo=1;useinbandfec=1',
    feedback: ['transport-cc'],
  },
  video: { ...VP8, payloadType: 120, fmtp: 'max-fs=12288;max-fr=60', rtxPayloadType: 124 },
};

const extensionsOf = (name: string, { kind }: MediaSection) =>
  name.startsWith('chromium')
    ? { mid: 4, audioLevel: kind === 'audio' ? 1 : null, transportCc: 3 }
    : { mid: 3, audioLevel: kind === 'audio' ? 1 : null, transportCc: 7 };

test('Chromium: host candidates of the first section only, TCP ones dropped', () => {
  const { candidates, droppedCandidates } = plan(readOffer('chromium-156-audio-video'));
  expect(candidates).toHaveLength(2);
  for (const { mline, mid, line } of candidates) {
    expect([mline, mid]).toEqual([0, '0']);
    expect(line).toMatch(/^candidate:\d+ 1 udp \d+ (?:192\.0\.2\.2|fd00::2) \d+ typ host$/);
  }
  expect(droppedCandidates).toEqual({ 'not-udp': 2 });
});

test('Firefox: mDNS names, TCP and the second component are dropped', () => {
  const { candidates, droppedCandidates } = plan(readOffer('firefox-153-audio-video'));
  expect(candidates).toEqual([]);
  expect(droppedCandidates).toEqual({ hostname: 2, 'not-udp': 4, component: 2 });
});

test('Firefox: the SSRC of a section that does not send is no source of packets, but is taken', () => {
  const text = readOffer('firefox-153-listen-only');
  expect(media(text).flatMap(({ ssrcs }) => ssrcs)).toEqual([]);
  expect(plan(text).ssrcs.size).toBe(3);
});

test('Firefox: RTX SSRCs are none of a section, but are taken', () => {
  const text = readOffer('firefox-153-simulcast');
  expect(media(text)[1]?.ssrcs).toEqual([322271731, 1045878995, 1506542911]);
  expect(plan(text).ssrcs.size).toBe(7);
});

test('Chromium: with H264 its Constrained Baseline, Firefox without the codec inactive', () => {
  const chromium = media(readOffer('chromium-156-slots'), { videoCodec: 'h264' }).filter(
    ({ kind }) => kind === 'video',
  );
  for (const { codec, use } of chromium) {
    expect(use).not.toBe('inactive');
    expect(codec).toEqual({
      name: 'h264',
      encoding: 'H264',
      payloadType: 108,
      rtxPayloadType: 109,
      clockRate: 90000,
      channels: null,
      fmtp: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
      feedback: VIDEO_FEEDBACK,
    });
  }
  const firefox = media(readOffer('firefox-153-slots'), { videoCodec: 'h264' });
  for (const { kind, codec, use, extensions, slot } of firefox) {
    expect(use === 'inactive').toBe(kind === 'video');
    if (kind !== 'video') continue;
    expect(codec).toMatchObject({ name: null, encoding: 'VP8', payloadType: 120, rtxPayloadType: null, feedback: [] });
    expect(extensions).toEqual({ mid: null, audioLevel: null, transportCc: null });
    expect(slot).toBeNull();
  }
});

test('slots are counted per kind, in the order of the m-lines', () => {
  expect(slotIndexes(media(readOffer('chromium-156-slots'), { maxSlots: 100 }))).toEqual([
    'audio0',
    'video0',
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((index) => `audio${index}`),
    ...[1, 2, 3, 4].map((index) => `video${index}`),
  ]);
});

describe('clients that are no browsers', () => {
  test('audio with many slots', () => {
    const sections = media(readOffer('plain-audio-slots'));
    expect(sections.map(({ use }) => use)).toEqual(['both', ...many(8, 'slot')]);
    expect(sections[0]).toMatchObject({
      ssrcs: [1111],
      codec: { payloadType: 111, feedback: [] },
      extensions: { mid: 4, audioLevel: 1, transportCc: null },
    });
  });

  test('video without RTX, Opus as 109, a loopback candidate', () => {
    const text = readOffer('plain-video');
    const sections = media(text);
    expect(sections.map(shape)).toEqual(['a-both', 'a-slot', 'a-slot', 'v-publish', ...many(3, 'v-slot')]);
    expect(sections[0]?.codec.payloadType).toBe(109);
    expect(sections[3]).toMatchObject({
      ssrcs: [2222],
      codec: { payloadType: 96, rtxPayloadType: null, feedback: ['nack', 'nack pli', 'ccm fir'] },
    });
    expect(plan(text).droppedCandidates).toEqual({ loopback: 1 });
    const candidates = { allowLoopback: true, deny: { contains: () => false } };
    expect(plan(text, { candidates }).candidates).toEqual([
      {
        mline: 0,
        mid: '0',
        address: '127.0.0.1',
        port: 40000,
        line: 'candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host',
      },
    ]);
  });
});
