import type { ErrorCode } from '../../../src/base/errors.ts';
import { addLine, edit, editSection, readOffer, refusal } from './support.ts';

const CHROMIUM = readOffer('chromium-156-events');
const FIREFOX = readOffer('firefox-153-events');
const AUDIO = readOffer('plain-audio-slots');
const VIDEO = readOffer('plain-video');
const DATA = 6;

const remove = (text: string, index: number, line: RegExp): string =>
  editSection(text, index, (section) => edit(section, new RegExp(`^${line.source}.*\\r\\n`, 'm'), ''));
const replace = (text: string, index: number, what: RegExp, by: string): string =>
  editSection(text, index, (section) => edit(section, what, by));

/** A valid offer with as many audio sections as wanted. */
function sections(count: number): string {
  const [session = '', first = ''] = AUDIO.split(/(?=^m=)/m);
  const mids = Array.from({ length: count }, (_, index) => index);
  return (
    edit(session, /BUNDLE .*/, `BUNDLE ${mids.join(' ')}`) +
    mids.map((mid) => first.replace('a=mid:0', `a=mid:${mid}`).replace(/^a=ssrc.*\r\n/gm, '')).join('')
  );
}

/** A one-section offer that is valid but for what is said of it. */
const one = (change: (section: string) => string): string => editSection(sections(1), 0, change);

const CASES: readonly (readonly [string, string, ErrorCode, RegExp?])[] = [
  // Text.
  ['nothing', '', 'offer-malformed'],
  ['garbage', 'garbage', 'offer-malformed'],
  ['JSON around the offer', JSON.stringify({ type: 'offer', sdp: CHROMIUM }), 'offer-malformed'],
  ['another version', edit(CHROMIUM, 'v=0', 'v=1'), 'offer-malformed', /v=0/],
  ['no version', edit(CHROMIUM, 'v=0\r\n', ''), 'offer-malformed'],
  ['two versions', edit(CHROMIUM, 's=-', 'v=0'), 'offer-malformed'],
  ['a space before', ` ${CHROMIUM}`, 'offer-malformed'],
  ['a byte order mark', `\ufeff${CHROMIUM}`, 'offer-malformed'],
  ['a NUL byte', edit(CHROMIUM, 'a=rtcp-mux', 'a=rtcp-mux\0'), 'offer-malformed', /unprintable/],
  ['a tab', edit(CHROMIUM, 's=-', 's=\t'), 'offer-malformed', /line 3/],
  ['a carriage return alone', edit(CHROMIUM, 'a=rtcp-mux', 'a=x\ra=rtcp-mux'), 'offer-malformed'],
  ['a Unicode line separator', edit(CHROMIUM, 's=-', 's=\u2028'), 'offer-malformed'],
  ['half a character', edit(CHROMIUM, 's=-', 's=\ud800'), 'offer-malformed'],
  ['an empty line inside', edit(CHROMIUM, 't=0 0\r\n', 't=0 0\r\n\r\n'), 'offer-malformed'],
  ['a line without =', edit(CHROMIUM, 't=0 0', 'hello'), 'offer-malformed', /line 4/],
  ['more than 256 KiB', edit(CHROMIUM, 's=-', `s=${'x'.repeat(256 * 1024)}`), 'offer-too-large'],
  ['more than 10000 lines', edit(CHROMIUM, 's=-', 'a=x\r\n'.repeat(10_000) + 's=-'), 'offer-malformed', /10000/],

  // Sections.
  ['no section', 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n', 'offer-sections'],
  ['129 sections', sections(129), 'offer-sections', /128/],
  ['an m-line that cannot be read', replace(AUDIO, 0, /^m=.*/, 'm=audio'), 'offer-malformed', /m-line 0/],
  ['an m-line without port', replace(AUDIO, 0, / \d+ UDP/, '  UDP'), 'offer-malformed'],
  ['a port that is none', replace(AUDIO, 0, / \d+ UDP/, ' 65536 UDP'), 'offer-malformed'],
  ['a range of ports', replace(AUDIO, 0, / \d+ UDP/, ' 9/2 UDP'), 'offer-malformed'],
  ['a text section', replace(AUDIO, 1, /^m=audio/, 'm=text'), 'offer-kind', /m-line 1/],
  ['a message section', replace(CHROMIUM, DATA, /^m=application/, 'm=message'), 'offer-kind'],
  ['a rejected section', replace(CHROMIUM, 2, /^m=audio \d+/, 'm=audio 0'), 'offer-rejected-section', /mid 2/],
  ['a rejected first section', replace(AUDIO, 0, /^m=audio \d+/, 'm=audio 0'), 'offer-rejected-section', /mid 0/],
  ['a bundle-only section that is not', remove(FIREFOX, 3, /a=bundle-only/), 'offer-rejected-section', /mid 3/],
  [
    'a rejected data section',
    replace(CHROMIUM, DATA, /^m=application \d+/, 'm=application 0'),
    'offer-rejected-section',
  ],
  ['plain RTP', one((section) => edit(section, 'UDP/TLS/RTP/SAVPF', 'TCP/RTP')), 'offer-malformed', /mid 0/],
  ['no payload type', one((section) => edit(section, / 111\r\n/, '\r\n')), 'offer-malformed', /payload/],
  ['a payload type that is none', one((section) => edit(section, / 111\r\n/, ' opus\r\n')), 'offer-malformed'],
  ['payload type 128', one((section) => edit(section, / 111\r\n/, ' 111 128\r\n')), 'offer-malformed'],

  // Mids and the bundle.
  ['no mid', remove(CHROMIUM, 1, /a=mid/), 'offer-mid', /m-line 1/],
  ['an empty mid', replace(CHROMIUM, 1, /a=mid:1/, 'a=mid:'), 'offer-mid'],
  ['two mids in a section', addLine(CHROMIUM, 1, 'a=mid:x'), 'offer-mid', /m-line 1/],
  ['one mid twice', replace(CHROMIUM, 1, /a=mid:1/, 'a=mid:0'), 'offer-mid', /0 is there twice/],
  ['a long mid', sections(1).replaceAll(/(mid:|BUNDLE )0/g, `$1${'m'.repeat(17)}`), 'offer-mid', /16/],
  ['a mid with a space', replace(CHROMIUM, 1, /a=mid:1/, 'a=mid:1 2'), 'offer-mid'],
  ['a mid beyond ASCII', replace(CHROMIUM, 1, /a=mid:1/, 'a=mid:é'), 'offer-mid'],
  ['a mid that is no token', replace(CHROMIUM, 1, /a=mid:1/, 'a=mid:a/b'), 'offer-mid'],
  ['no bundle', edit(CHROMIUM, /a=group.*\r\n/, ''), 'offer-bundle'],
  ['another group', edit(CHROMIUM, 'a=group:BUNDLE', 'a=group:LS'), 'offer-bundle'],
  ['a section outside the bundle', edit(CHROMIUM, 'BUNDLE 0 1 2', 'BUNDLE 0 1'), 'offer-bundle', /mid 2/],
  ['an unknown mid in the bundle', edit(CHROMIUM, 'BUNDLE 0', 'BUNDLE x 0'), 'offer-bundle'],
  ['a mid twice in the bundle', edit(CHROMIUM, 'BUNDLE 0', 'BUNDLE 0 0'), 'offer-bundle'],
  ['two bundles', edit(AUDIO, /BUNDLE .*/, 'BUNDLE 0 1 2\r\na=group:BUNDLE 3 4 5 6 7 8'), 'offer-bundle', /several/],
  ['an empty bundle', edit(CHROMIUM, /BUNDLE .*/, 'BUNDLE'), 'offer-bundle'],

  // The transport.
  ['no ufrag', remove(CHROMIUM, 0, /a=ice-ufrag/), 'offer-ice', /mid 0/],
  ['no ufrag in a later section', remove(CHROMIUM, 3, /a=ice-ufrag/), 'offer-ice', /mid 3/],
  ['no pwd', remove(CHROMIUM, DATA, /a=ice-pwd/), 'offer-ice', /mid 6/],
  ['a short ufrag', CHROMIUM.replaceAll(/a=ice-ufrag:.*/g, 'a=ice-ufrag:abc'), 'offer-ice'],
  ['a short pwd', CHROMIUM.replaceAll(/a=ice-pwd:.*/g, 'a=ice-pwd:abcdefghijklmnopqrstu'), 'offer-ice'],
  ['a long ufrag', CHROMIUM.replaceAll(/a=ice-ufrag:.*/g, `a=ice-ufrag:${'a'.repeat(257)}`), 'offer-ice'],
  ['a ufrag of other characters', CHROMIUM.replaceAll(/a=ice-ufrag:.*/g, 'a=ice-ufrag:ab cd'), 'offer-ice'],
  ['two ufrags in a section', addLine(CHROMIUM, 0, 'a=ice-ufrag:abcd'), 'offer-ice'],
  [
    'another ufrag in a later section',
    replace(CHROMIUM, 2, /a=ice-ufrag:.*/, 'a=ice-ufrag:abcd'),
    'offer-ice',
    /mid 2/,
  ],
  ['another pwd', replace(CHROMIUM, 2, /a=ice-pwd:.*/, `a=ice-pwd:${'p'.repeat(24)}`), 'offer-ice', /mid 2/],
  ['ice-lite', edit(CHROMIUM, 't=0 0', 't=0 0\r\na=ice-lite'), 'offer-ice', /lite/],
  ['no fingerprint', remove(CHROMIUM, 0, /a=fingerprint/), 'offer-fingerprint', /mid 0/],
  ['no fingerprint at the session', edit(FIREFOX, /a=fingerprint.*\r\n/, ''), 'offer-fingerprint'],
  ['another hash', CHROMIUM.replaceAll('sha-256', 'sha-1'), 'offer-fingerprint'],
  ['a short fingerprint', CHROMIUM.replaceAll(/(sha-256 .*):..\r/g, '$1\r'), 'offer-fingerprint'],
  ['a fingerprint that is no hexadecimal', CHROMIUM.replaceAll(/(sha-256 .*):..\r/g, '$1:XY\r'), 'offer-fingerprint'],
  [
    'another fingerprint in a later section',
    replace(CHROMIUM, 2, /a=fingerprint:.*/, `a=fingerprint:sha-256 ${Array<string>(32).fill('00').join(':')}`),
    'offer-fingerprint',
    /mid 2/,
  ],
  [
    'two fingerprints',
    addLine(CHROMIUM, 0, `a=fingerprint:sha-256 ${Array<string>(32).fill('00').join(':')}`),
    'offer-fingerprint',
    /two/,
  ],
  ['no setup', remove(CHROMIUM, 1, /a=setup/), 'offer-setup', /mid 1/],
  ['setup active', replace(CHROMIUM, 0, /setup:actpass/, 'setup:active'), 'offer-setup'],
  ['setup passive in a later section', replace(CHROMIUM, 4, /setup:actpass/, 'setup:passive'), 'offer-setup', /mid 4/],
  ['setup with something behind', replace(CHROMIUM, 4, /setup:actpass/, 'setup:actpass2'), 'offer-setup'],
  ['two setups', addLine(CHROMIUM, 4, 'a=setup:active'), 'offer-setup'],
  ['no rtcp-mux', remove(CHROMIUM, 1, /a=rtcp-mux/), 'offer-rtcp-mux', /mid 1/],
  ['no rtcp-mux in a bundle-only section', remove(FIREFOX, 3, /a=rtcp-mux/), 'offer-rtcp-mux', /mid 3/],
  ['rtcp-mux-only is not rtcp-mux', replace(CHROMIUM, 1, /a=rtcp-mux\r/, 'a=rtcp-mux-only\r'), 'offer-rtcp-mux'],

  // Directions.
  ['two directions', addLine(CHROMIUM, 1, 'a=inactive'), 'offer-direction', /mid 1/],
  ['the same direction twice', addLine(CHROMIUM, 1, 'a=sendrecv'), 'offer-direction'],
  [
    'two directions at the session',
    edit(
      one((s) => edit(s, 'a=sendrecv\r\n', '')),
      't=0 0',
      't=0 0\r\na=sendonly\r\na=recvonly',
    ),
    'offer-direction',
  ],

  // Codecs.
  ['Opus without rtpmap', remove(AUDIO, 2, /a=rtpmap/), 'offer-codec', /mid 2.*111/],
  ['VP8 without rtpmap', remove(VIDEO, 3, /a=rtpmap/), 'offer-codec', /mid 3.*96/],
  ['an rtpmap that cannot be read', replace(AUDIO, 2, /a=rtpmap:111 opus.*/, 'a=rtpmap:111'), 'offer-codec'],
  ['an rtpmap without a rate', replace(AUDIO, 2, /a=rtpmap:111 opus.*/, 'a=rtpmap:111 opus'), 'offer-codec'],
  ['two meanings of a payload type', addLine(AUDIO, 2, 'a=rtpmap:111 ISAC/16000'), 'offer-codec', /mid 2.*111/],
  [
    'one payload type for two codecs in the bundle',
    replace(VIDEO, 3, /UDP\/TLS\/RTP\/SAVPF 96/, 'UDP/TLS/RTP/SAVPF 109').replace(
      'a=rtpmap:96 VP8',
      'a=rtpmap:109 VP8',
    ),
    'offer-codec',
    /109/,
  ],

  // Extensions and SSRCs.
  [
    'one extension id for two things',
    replace(AUDIO, 2, /a=extmap:4 .*/, 'a=extmap:4 urn:ietf:params:rtp-hdrext:ssrc-audio-level'),
    'offer-malformed',
    /extmap \d/,
  ],
  [
    'an extension id taken by a stranger',
    replace(AUDIO, 2, /a=extmap:4 .*/, 'a=extmap:4 urn:x'),
    'offer-malformed',
    /4/,
  ],
  ['SSRC 0', replace(AUDIO, 0, /a=ssrc:1111 cname/, 'a=ssrc:0 cname'), 'offer-malformed', /mid 0/],
  ['an SSRC of 33 bits', replace(AUDIO, 0, /a=ssrc:1111 cname/, 'a=ssrc:4294967296 cname'), 'offer-malformed'],
  ['an SSRC with a leading zero', replace(AUDIO, 0, /a=ssrc:1111 cname/, 'a=ssrc:01111 cname'), 'offer-malformed'],
  ['an SSRC in a group that is none', addLine(AUDIO, 0, 'a=ssrc-group:FID 1111 x'), 'offer-malformed'],
  ['an SSRC in two sections', addLine(AUDIO, 4, 'a=ssrc:1111 cname:x'), 'offer-malformed', /1111/],

  // Data channels.
  ['no sctp-port', remove(CHROMIUM, DATA, /a=sctp-port/), 'offer-sctp', /mid 6/],
  ['sctp-port 0', replace(CHROMIUM, DATA, /sctp-port:5000/, 'sctp-port:0'), 'offer-sctp'],
  ['sctp-port 65536', replace(CHROMIUM, DATA, /sctp-port:5000/, 'sctp-port:65536'), 'offer-sctp'],
  ['an sctp-port that is none', replace(CHROMIUM, DATA, /sctp-port:5000/, 'sctp-port:x'), 'offer-sctp'],
  ['two sctp-ports', addLine(CHROMIUM, DATA, 'a=sctp-port:5001'), 'offer-sctp'],
  ['a max-message-size that is none', replace(CHROMIUM, DATA, /(?<=size:)\d+/, '-1'), 'offer-sctp'],
  [
    'the old form of SCTP',
    replace(CHROMIUM, DATA, /UDP\/DTLS\/SCTP webrtc-datachannel/, 'DTLS/SCTP 5000'),
    'offer-sctp',
  ],
  ['BFCP', replace(CHROMIUM, DATA, /UDP\/DTLS\/SCTP webrtc-datachannel/, 'TCP/DTLS/BFCP *'), 'offer-sctp', /mid 6/],
  [
    'two data sections',
    edit(CHROMIUM, 'BUNDLE 0', 'BUNDLE d 0') + edit(CHROMIUM.split(/(?=^m=)/m).at(-1) ?? '', 'a=mid:6', 'a=mid:d'),
    'offer-sctp',
    /several/,
  ],
];

describe.each(CASES.map(([name, text, code, detail = /^/]) => ({ name, text, code, detail })))(
  '$name',
  ({ text, code, detail }) => {
    const error = refusal(text);

    test(`is ${code}`, () => {
      expect(error?.code).toBe(code);
      expect(error?.detail ?? '').toMatch(detail);
    });

    test('has a message that fits a close reason', () => {
      expect(Buffer.byteLength(error?.message ?? 'x'.repeat(124))).toBeLessThanOrEqual(123);
      expect(error?.closeCode).toBe(code === 'offer-too-large' ? 1009 : 4400);
    });
  },
);

test('the offers that are broken here are good before', () => {
  for (const text of [CHROMIUM, FIREFOX, AUDIO, VIDEO, sections(1), sections(128)]) expect(refusal(text)).toBeNull();
});

test('the longest mid makes no message too long', () => {
  const mid = 'm'.repeat(16);
  const text = CHROMIUM.replaceAll(/a=mid:3/g, `a=mid:${mid}`).replace('BUNDLE 0 1 2 3', `BUNDLE 0 1 2 ${mid}`);
  expect(refusal(text)).toBeNull();
  const broken = [
    remove(text, 3, /a=ice-ufrag/),
    replace(text, 3, /a=ice-ufrag:.*/, 'a=ice-ufrag:abcd'),
    replace(text, 3, /a=fingerprint:.*/, `a=fingerprint:sha-256 ${Array<string>(32).fill('00').join(':')}`),
    remove(text, 3, /a=setup/),
    remove(text, 3, /a=rtcp-mux/),
    addLine(text, 3, 'a=inactive'),
    edit(text, ` ${mid} `, ' '),
    replace(text, 3, /^m=audio \d+/, 'm=audio 0'),
    remove(replace(text, 3, /^m=audio .*/, 'm=audio 9 UDP/TLS/RTP/SAVPF 111'), 3, /a=rtpmap:111/),
  ];
  for (const error of broken.map((offer) => refusal(offer))) {
    expect(error?.message).toContain(mid);
    expect(Buffer.byteLength(error?.message ?? '')).toBeLessThanOrEqual(123);
  }
});
