import { addLine, plan, readOffer } from './support.ts';

const FINGERPRINT = Array.from({ length: 32 }, (_, index) =>
  ((index * 7) % 256).toString(16).padStart(2, '0').toUpperCase(),
);

/** What every section of the hand-written offers has in common. */
const transport = (mid: number, direction: string, sources: readonly string[] = []): string[] => [
  'a=setup:actpass',
  `a=mid:${mid}`,
  `a=${direction}`,
  'a=ice-ufrag:abcdefgh',
  'a=ice-pwd:abcdefghijklmnopqrstuvwx',
  `a=fingerprint:sha-256 ${FINGERPRINT.join(':')}`,
  ...sources,
  'a=rtcp-mux',
];

const MID = 'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid';
const LEVEL = 'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level';
const audio = (mid: number, direction: string, sources?: readonly string[]): string[] => [
  'm=audio 9 UDP/TLS/RTP/SAVPF 109',
  'c=IN IP4 0.0.0.0',
  'a=rtpmap:109 opus/48000/2',
  'a=fmtp:109 minptime=10;useinbandfec=1',
  MID,
  LEVEL,
  ...transport(mid, direction, sources),
];
const video = (mid: number, direction: string, sources?: readonly string[]): string[] => [
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'c=IN IP4 0.0.0.0',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:96 nack',
  'a=rtcp-fb:96 nack pli',
  'a=rtcp-fb:96 ccm fir',
  MID,
  ...transport(mid, direction, sources),
  'a=rtcp-rsize',
];
const session = ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', 'a=group:BUNDLE 0 1 2 3 4 5 6'];
const inactiveVideo = (mid: number): string[] =>
  video(mid, 'inactive').filter((line) => !/^a=(?:rtcp-fb|extmap)/.test(line));

test('the text, line by line', () => {
  expect(plan(readOffer('plain-video'), { maxSlots: 4 }).text.split('\r\n')).toEqual([
    ...session,
    ...audio(0, 'sendrecv', ['a=ssrc:1111 cname:client']),
    ...audio(1, 'recvonly'),
    ...audio(2, 'recvonly'),
    ...video(3, 'sendonly', ['a=ssrc:2222 cname:client']),
    ...video(4, 'recvonly'),
    ...inactiveVideo(5),
    ...inactiveVideo(6),
    '',
  ]);
});

test('RTX: its payload type, its SSRC, and whose it is', () => {
  const { text } = plan(readOffer('firefox-153-simulcast'));
  const section = text.slice(text.indexOf('m=video')).split('\r\n');
  expect(section[0]).toBe('m=video 9 UDP/TLS/RTP/SAVPF 120 124');
  expect(section.filter((line) => /^a=(?:rtpmap|fmtp|ssrc)/.test(line))).toEqual([
    'a=rtpmap:120 VP8/90000',
    'a=rtpmap:124 rtx/90000',
    'a=fmtp:120 max-fs=12288;max-fr=60',
    'a=fmtp:124 apt=120',
    ...[322271731, 3532350648, 1045878995, 3744160828, 1506542911, 1795373354].map(
      (ssrc) => `a=ssrc:${ssrc} cname:client`,
    ),
    'a=ssrc-group:FID 322271731 3532350648',
    'a=ssrc-group:FID 1045878995 3744160828',
    'a=ssrc-group:FID 1506542911 1795373354',
  ]);
});

test('nothing of the client goes on that we do not know', () => {
  const strange = [
    'a=rid:h send',
    'a=simulcast:send h',
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x',
    'b=AS:1',
    'a=x',
  ];
  const offer = readOffer('plain-video');
  expect(plan(strange.reduce((text, line) => addLine(text, 3, line), offer)).text).toBe(plan(offer).text);
});

test('ids beyond 14 come with the two-byte form', () => {
  const offer = readOffer('plain-video').replaceAll('a=extmap:4 ', 'a=extmap:20 ');
  expect(plan(offer).text.split('a=extmap-allow-mixed\r\n')).toHaveLength(8);
  expect(plan(readOffer('plain-video')).text).not.toContain('extmap-allow-mixed');
});
