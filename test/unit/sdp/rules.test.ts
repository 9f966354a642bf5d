import { hasSlot, isData, isMedia, mediaSections, publishes } from '../../../src/sdp/plan.ts';
import type { SectionUse } from '../../../src/sdp/types.ts';
import { addLine, edit, editSection, media, plan, readOffer, slotIndexes } from './support.ts';

const CHROMIUM = readOffer('chromium-156-events');
const FIREFOX = readOffer('firefox-153-events');
const AUDIO = readOffer('plain-audio-slots');
const VIDEO = readOffer('plain-video');

const replace = (text: string, index: number, what: RegExp, by: string): string =>
  editSection(text, index, (section) => edit(section, what, by));
const remove = (text: string, index: number, line: RegExp): string =>
  replace(text, index, new RegExp(`^${line.source}.*\\r\\n`, 'm'), '');
const atSession = (text: string, line: string): string => edit(text, 't=0 0\r\n', `t=0 0\r\n${line}\r\n`);
const useOf = (text: string, index: number): SectionUse | undefined => media(text)[index]?.use;

describe('directions', () => {
  test.each([
    ['sendrecv', 'both'],
    ['sendonly', 'publish'],
    ['recvonly', 'slot'],
    ['inactive', 'inactive'],
  ])('%s is %s, at the section and at the session', (direction, use) => {
    expect(useOf(replace(AUDIO, 0, /a=sendrecv/, `a=${direction}`), 0)).toBe(use);
    expect(useOf(atSession(remove(AUDIO, 0, /a=sendrecv/), `a=${direction}`), 0)).toBe(use);
  });

  test('the section wins over the session', () => {
    expect(useOf(atSession(AUDIO, 'a=inactive'), 0)).toBe('both');
    expect(useOf(atSession(AUDIO, 'a=inactive'), 1)).toBe('slot');
  });

  test('without any it is sendrecv', () => {
    expect(useOf(remove(AUDIO, 3, /a=recvonly/), 3)).toBe('both');
  });

  test('an attribute that only starts like a direction is none', () => {
    expect(useOf(addLine(AUDIO, 0, 'a=inactive-since:1'), 0)).toBe('both');
  });

  test('of the data section it means nothing', () => {
    expect(plan(addLine(CHROMIUM, 6, 'a=inactive')).sections[6]).toEqual({
      type: 'data',
      mline: 6,
      mid: '6',
      sctpPort: 5000,
    });
  });
});

describe('what a section leaves to others', () => {
  const everywhere = (text: string, name: string): string =>
    text.replaceAll(new RegExp(`^a=${name}:.*\\r\\n`, 'gm'), '');
  const line = (name: string): string => new RegExp(`^a=${name}:.*`, 'm').exec(CHROMIUM)?.[0] ?? '';

  test.each(['ice-ufrag', 'ice-pwd', 'fingerprint', 'setup'])('%s may stand at the session', (name) => {
    expect(plan(atSession(everywhere(CHROMIUM, name), line(name)))).toEqual(plan(CHROMIUM));
  });

  test('a bundle-only section may leave all of its transport to the tagged one', () => {
    let text = replace(CHROMIUM, 3, /^m=audio .*/, 'm=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=bundle-only');
    for (const name of ['ice-ufrag', 'ice-pwd', 'fingerprint', 'setup'])
      text = remove(text, 3, new RegExp(`a=${name}`));
    expect(plan(text).text).toBe(plan(CHROMIUM).text);
  });

  test('the letters of a fingerprint and the name of its hash may be small', () => {
    const small = CHROMIUM.replaceAll(
      /a=fingerprint:(.*)/g,
      (_, value: string) => `a=fingerprint:${value.toLowerCase()}`,
    );
    expect(plan(small.replaceAll('sha-256', 'SHA-256'))).toEqual(plan(CHROMIUM));
  });

  test('fingerprints of other hashes may stand beside', () => {
    expect(plan(addLine(CHROMIUM, 0, 'a=fingerprint:sha-1 00:11')).text).toBe(plan(CHROMIUM).text);
  });
});

describe('sections that are alive', () => {
  test('port 0 with bundle-only', () => {
    expect(FIREFOX).toMatch(/^m=audio 0 /m);
    expect(mediaSections(plan(FIREFOX)).filter(hasSlot)).toHaveLength(6);
  });

  test.each(['RTP/SAVPF', 'UDP/TLS/RTP/SAVPF', 'UDP/TLS/RTP/SAVP', 'TCP/DTLS/RTP/SAVPF', 'RTP/AVP'])(
    '%s',
    (protocol) => {
      expect(plan(AUDIO.replaceAll('UDP/TLS/RTP/SAVPF', protocol)).text).toBe(plan(AUDIO).text);
    },
  );

  test('as large as an offer may be', () => {
    const missing = 256 * 1024 - AUDIO.length;
    const large = edit(AUDIO, 's=-', `s=-${'x'.repeat(missing)}`);
    expect(large).toHaveLength(256 * 1024);
    expect(plan(large)).toEqual(plan(AUDIO));
    const lines = 10_000 - AUDIO.trimEnd().split('\r\n').length;
    expect(plan(AUDIO + 'a=x\r\n'.repeat(lines))).toEqual(plan(AUDIO));
  });

  test('blank lines at the end', () => {
    expect(plan(`${AUDIO}\r\n\n`)).toEqual(plan(AUDIO));
    expect(plan(AUDIO.trimEnd())).toEqual(plan(AUDIO));
  });

  test('text beyond ASCII where it is only text', () => {
    expect(plan(edit(AUDIO, 's=-', 's=Zoë 会議')).text).toBe(plan(AUDIO).text);
  });

  test.each(['a', 'sdparta_0', '{12-34_56.78}', "!#$%&'*+-.^_`{|}", 'x'.repeat(16), '007', '__proto__'])(
    'mid %s',
    (mid) => {
      const text = AUDIO.replace('a=mid:3', () => `a=mid:${mid}`).replace(
        'BUNDLE 0 1 2 3',
        () => `BUNDLE 0 1 2 ${mid}`,
      );
      const { sections, text: written } = plan(text);
      expect(sections[3]?.mid).toBe(mid);
      expect(written).toContain(`a=mid:${mid}\r\n`);
      expect(plan(written).sections).toEqual(sections);
    },
  );

  test('groups of other semantics', () => {
    expect(plan(atSession(AUDIO, 'a=group:LS 0 1'))).toEqual(plan(AUDIO));
  });

  test('a bundle in another order: candidates are those of its first section', () => {
    const moved = editSection(AUDIO, 2, (section) => `${section}a=candidate:7 1 udp 5 198.51.100.7 777 typ host\r\n`);
    const { candidates, text } = plan(edit(moved, 'BUNDLE 0 1 2', 'BUNDLE 2 1 0'));
    expect(candidates.map(({ mline, mid, address }) => [mline, mid, address])).toEqual([[0, '0', '198.51.100.7']]);
    expect(text).toContain('a=group:BUNDLE 0 1 2');
  });
});

describe('slots', () => {
  test('sections beyond the limit are inactive, in the order of the m-lines, whatever their kind', () => {
    const sections = media(CHROMIUM, { maxSlots: 3 });
    expect(sections.map(({ use }) => use)).toEqual(['both', 'both', 'slot', 'inactive', 'inactive', 'inactive']);
    expect(slotIndexes(sections)).toEqual(['audio0', 'video0', 'audio1']);
    expect(sections[3]).toMatchObject({ slot: null, codec: { name: 'opus' }, ssrcs: [] });
  });

  test('a section that only publishes takes none', () => {
    const sections = media(VIDEO, { maxSlots: 4 });
    expect(sections.map(({ use }) => use)).toEqual(['both', 'slot', 'slot', 'publish', 'slot', 'inactive', 'inactive']);
  });

  test('with no slot at all only publishing is left', () => {
    expect(
      media(VIDEO, { maxSlots: 0 })
        .filter(({ use }) => use !== 'inactive')
        .map(publishes),
    ).toEqual([true]);
  });

  test('audio and video of one index share a stream, and nobody else', () => {
    const slots = media(CHROMIUM).filter(hasSlot);
    for (const { kind, slot } of slots) {
      expect(slot.streamId).toBe(`slot${slot.index}`);
      expect(slot.trackId).toBe(`${kind}${slot.index}`);
    }
    expect(new Set(slots.map(({ slot }) => `${slot.streamId} ${slot.trackId}`)).size).toBe(slots.length);
  });

  test('SSRCs are drawn from 4096', () => {
    const first = (random: number) => media(AUDIO, { random: () => random })[0]?.slot?.ssrc;
    expect(first(0)).toBe(0x10000000);
    expect(first(0.5)).toBe(0x10000800);
    expect(first(1 - Number.EPSILON)).toBe(0x10000fff);
  });

  test('SSRCs differ from each other and from the offered ones, even if the same number is drawn each time', () => {
    const offered = 0x10000005;
    const offer = AUDIO.replaceAll('a=ssrc:1111', `a=ssrc:${offered}`);
    const slots = media(offer, { random: () => 5 / 4_096 }).filter(hasSlot);
    expect(slots.map(({ slot }) => slot.ssrc)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => offered + n));
    const last = media(AUDIO, { random: () => 1 - Number.EPSILON }).filter(hasSlot);
    expect(last.map(({ slot }) => slot.ssrc).slice(0, 3)).toEqual([0x10000fff, 0x10000000, 0x10000001]);
  });
});

describe('codecs', () => {
  const video = (...lines: string[]): string => {
    const types = lines.flatMap((line) => /^a=rtpmap:(\d+)/.exec(line)?.[1] ?? []);
    return editSection(VIDEO, 3, (section) =>
      section
        .replace(/SAVPF 96/, `SAVPF ${types.join(' ')}`)
        .replace(/^a=rtpmap.*\r\n/m, lines.map((line) => `${line}\r\n`).join('')),
    );
  };
  const h264 = (profile: string, more = ';packetization-mode=1', type = 98): string[] => [
    `a=rtpmap:${type} H264/90000`,
    `a=fmtp:${type} profile-level-id=${profile}${more}`,
  ];
  const chosen = (text: string, codec: 'vp8' | 'h264' = 'h264') => media(text, { videoCodec: codec })[3]?.codec;

  test.each([
    ['Constrained Baseline', '42e01f'],
    ['Constrained Baseline by its flag alone', '42401f'],
    ['Main that keeps to Baseline', '4d801f'],
    ['Baseline', '42001f'],
    ['capital letters', '42E01F'],
  ])('H264 %s', (_name, profile) => {
    expect(chosen(video(...h264(profile)))).toMatchObject({ name: 'h264', payloadType: 98 });
  });

  test.each([
    ['Main', '4d001f', undefined],
    ['High', '64001f', undefined],
    ['a profile that is none', 'xyz', undefined],
    ['single NAL units', '42e01f', ';packetization-mode=0'],
    ['no packetization mode', '42e01f', ''],
  ])('H264 of %s is not ours', (_name, profile, more) => {
    const text = video(...h264(profile, more));
    expect(chosen(text)).toMatchObject({ name: null, encoding: 'H264', payloadType: 98, fmtp: null, feedback: [] });
    expect(media(text, { videoCodec: 'h264' })[3]?.use).toBe('inactive');
  });

  test('H264 without a profile is Baseline', () => {
    expect(chosen(video('a=rtpmap:98 H264/90000', 'a=fmtp:98 packetization-mode=1'))).toMatchObject({ name: 'h264' });
  });

  test('Constrained Baseline is taken before Baseline, and the first of equals', () => {
    const lines = [h264('42001f', undefined, 98), h264('42e01f', undefined, 99), h264('42e034', undefined, 100)].flat();
    expect(chosen(video(...lines))?.payloadType).toBe(99);
  });

  test('the other video codec of a deployment is inactive', () => {
    expect(media(VIDEO, { videoCodec: 'h264' })[3]).toMatchObject({ use: 'inactive', codec: { name: null } });
    expect(chosen(video(...h264('42e01f')), 'vp8')).toMatchObject({ name: null });
  });

  test('a sendrecv section without a codec of ours takes no slot', () => {
    const text = replace(VIDEO, 3, /a=sendonly/, 'a=sendrecv');
    expect(slotIndexes(media(text, { videoCodec: 'h264' }))).toEqual(['audio0', 'audio1', 'audio2']);
  });

  test('names are compared without case, and the order of the m-line decides', () => {
    const text = video('a=rtpmap:101 vp8/90000', 'a=rtpmap:100 VP8/90000').replace('SAVPF 101 100', 'SAVPF 100 101');
    expect(chosen(text, 'vp8')).toMatchObject({ payloadType: 100, encoding: 'VP8' });
    expect(chosen(video('a=rtpmap:101 vp8/90000'), 'vp8')).toMatchObject({ name: 'vp8', encoding: 'vp8' });
  });

  test('RTX is the one of this codec', () => {
    const others = ['a=rtpmap:101 rtx/90000', 'a=fmtp:101 apt=102', 'a=rtpmap:102 VP9/90000'];
    const own = ['a=rtpmap:103 rtx/90000', 'a=fmtp:103 apt=96'];
    expect(chosen(video('a=rtpmap:96 VP8/90000', ...others), 'vp8')?.rtxPayloadType).toBeNull();
    expect(chosen(video('a=rtpmap:96 VP8/90000', ...others, ...own), 'vp8')?.rtxPayloadType).toBe(103);
  });

  test.each([64, 72, 95])('payload type %i would be taken for RTCP', (type) => {
    expect(chosen(video(`a=rtpmap:${type} VP8/90000`), 'vp8')?.name).toBeNull();
    expect(chosen(video(`a=rtpmap:${type} VP8/90000`, 'a=rtpmap:35 VP8/90000'), 'vp8')?.payloadType).toBe(35);
  });

  test.each([
    ['mono', '48000'],
    ['one channel', '48000/1'],
    ['another rate', '16000/2'],
  ])('Opus that is %s is none', (_name, rate) => {
    const text = AUDIO.replaceAll(/opus\/48000\/2/g, `opus/${rate}`);
    expect(media(text).every(({ use, codec }) => use === 'inactive' && codec.name === null)).toBe(true);
  });

  test('static payload types need no rtpmap', () => {
    const text = editSection(AUDIO, 1, (section) =>
      section.replace('SAVPF 111', 'SAVPF 13 0 8').replace(/^a=(rtpmap|fmtp).*\r\n/gm, ''),
    );
    expect(media(text)[1]).toMatchObject({
      use: 'inactive',
      codec: { name: null, encoding: 'PCMU', payloadType: 0, clockRate: 8000, channels: null },
    });
  });

  test('payload types without rtpmap do not matter beside the wanted one', () => {
    expect(useOf(replace(AUDIO, 1, /SAVPF 111/, 'SAVPF 99 111'), 1)).toBe('slot');
  });

  test('feedback may be given for all payload types at once', () => {
    const text = addLine(addLine(AUDIO, 1, 'a=rtcp-fb:* transport-cc'), 1, 'a=rtcp-fb:* nack');
    expect(media(text)[1]?.codec.feedback).toEqual(['transport-cc']);
  });

  test('only known fmtp parameters go on, the first of equals', () => {
    const fmtp = 'a=fmtp:111 payload=1;MinPTime=10; useinbandfec=1;media=video;stereo=x;ssrc=1;x;minptime=20;=;cbr=1"';
    expect(media(replace(AUDIO, 1, /a=fmtp.*/, fmtp))[1]?.codec.fmtp).toBe('minptime=10;useinbandfec=1');
    expect(media(replace(AUDIO, 1, /a=fmtp.*/, 'a=fmtp:111 __proto__=1;constructor=1'))[1]?.codec.fmtp).toBeNull();
  });
});

describe('extensions', () => {
  const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';
  const LEVEL = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
  const without = AUDIO.replaceAll(/^a=extmap.*\r\n/gm, '');
  const withMid = (index: number, start: string): number | null | undefined =>
    media(addLine(without, index, `a=extmap:${start} ${MID}`))[index]?.extensions.mid;

  test('none', () => {
    expect(media(without)[0]?.extensions).toEqual({ mid: null, audioLevel: null, transportCc: null });
  });

  test.each([
    ['1', 1],
    ['14', 14],
    ['15', null],
    ['0', null],
    ['16', null],
    ['300', null],
    ['04', null],
    ['x', null],
    ['4096', null],
  ])('id %s', (start, id) => {
    expect(withMid(0, start)).toBe(id);
  });

  test.each([
    ['16', 16],
    ['255', 255],
    ['15', null],
    ['256', null],
  ])('id %s where one- and two-byte headers may be mixed, in all sections or in this one', (id, expected) => {
    const text = addLine(without, 0, `a=extmap:${id} ${MID}`);
    expect(media(atSession(text, 'a=extmap-allow-mixed'))[0]?.extensions.mid).toBe(expected);
    expect(media(addLine(text, 0, 'a=extmap-allow-mixed'))[0]?.extensions.mid).toBe(expected);
    expect(media(addLine(text, 1, 'a=extmap-allow-mixed'))[0]?.extensions.mid).toBeNull();
  });

  test.each([
    // Section 0 goes both ways, section 1 only receives.
    [0, 'sendrecv', 5],
    [0, 'sendonly', null],
    [0, 'recvonly', null],
    [0, 'inactive', null],
    [1, 'sendrecv', 5],
    [1, 'recvonly', 5],
    [1, 'sendonly', null],
    [1, 'sideways', null],
  ])('section %i with direction %s', (index, direction, id) => {
    expect(withMid(index, `5/${direction}`)).toBe(id);
  });

  test('a direction of a section that only publishes', () => {
    const publishing = replace(without, 0, /a=sendrecv/, 'a=sendonly');
    const id = (direction: string) =>
      media(addLine(publishing, 0, `a=extmap:5/${direction} ${MID}`))[0]?.extensions.mid;
    expect([id('sendonly'), id('recvonly'), id('inactive')]).toEqual([5, null, null]);
  });

  test('an encrypted one is not ours', () => {
    expect(withMid(0, '5 urn:ietf:params:rtp-hdrext:encrypt')).toBeNull();
  });

  test('audio levels belong to audio', () => {
    expect(media(addLine(VIDEO, 3, `a=extmap:1 ${LEVEL}`))[3]?.extensions.audioLevel).toBeNull();
  });

  test('the same line twice, and a second id for the same thing', () => {
    expect(media(addLine(AUDIO, 0, `a=extmap:4 ${MID}`))[0]?.extensions.mid).toBe(4);
    expect(media(addLine(AUDIO, 0, `a=extmap:9 ${MID}`))[0]?.extensions.mid).toBe(4);
  });

  test('what strangers do with their ids is their business', () => {
    const text = addLine(addLine(AUDIO, 0, 'a=extmap:9 urn:x'), 1, 'a=extmap:9 urn:y');
    expect(plan(text).text).toBe(plan(AUDIO).text);
  });
});

describe('SSRCs', () => {
  test('at most four of a section, but all are taken', () => {
    const text = [1, 2, 3, 4, 5, 6].reduce((offer, ssrc) => addLine(offer, 0, `a=ssrc:${ssrc} cname:x`), AUDIO);
    expect(media(text)[0]?.ssrcs).toEqual([1111, 1, 2, 3]);
    expect([...plan(text).ssrcs].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 1111]);
  });

  test('the old simulcast group names media, FID and FEC-FR name helpers', () => {
    const lines = ['a=ssrc-group:SIM 2222 3 4', 'a=ssrc-group:FID 2222 5', 'a=ssrc-group:FEC-FR 2222 6'];
    const text = lines.reduce((offer, line) => addLine(offer, 3, line), VIDEO);
    expect(media(text)[3]?.ssrcs).toEqual([2222, 3, 4]);
    expect(plan(text).ssrcs).toEqual(new Set([1111, 2222, 3, 4, 5, 6]));
  });

  test('the largest', () => {
    expect(media(AUDIO.replaceAll('a=ssrc:1111', 'a=ssrc:4294967295'))[0]?.ssrcs).toEqual([4294967295]);
  });
});

describe('data channels', () => {
  const sizeFor = (line: string): string | undefined =>
    /max-message-size:(\d+)/.exec(plan(edit(CHROMIUM, /a=max-message-size.*\r\n/, line)).text)?.[1];

  test.each([
    ['absent: what RFC 8841 assumes', '', '65536'],
    ['0: any size', 'a=max-message-size:0\r\n', '262144'],
    ['a size', 'a=max-message-size:1000\r\n', '1000'],
    ['more than anybody sends', 'a=max-message-size:1073741823\r\n', '262144'],
    ['more than fits a number', 'a=max-message-size:99999999999999999999\r\n', '262144'],
  ])('the size of messages, %s', (_name, line, size) => {
    expect(sizeFor(line)).toBe(size);
  });

  test.each([1, 65535])('port %i', (port) => {
    const { sections } = plan(edit(CHROMIUM, 'a=sctp-port:5000', `a=sctp-port:${port}`));
    expect(sections[6]).toMatchObject({ sctpPort: port });
  });

  test('alone', () => {
    const { sections } = plan(readOffer('chromium-156-data-only'));
    expect(sections.map(({ type }) => type)).toEqual(['data']);
    expect(sections.every(isData)).toBe(true);
    expect(sections.some(isMedia)).toBe(false);
  });

  test('before everything else', () => {
    const [session = '', ...sections] = CHROMIUM.split(/(?=^m=)/m);
    const text = [session.replace(/BUNDLE .*/, 'BUNDLE 6 0 1 2 3 4 5'), sections[6], ...sections.slice(0, 6)].join('');
    expect(plan(text).sections[0]).toEqual({ type: 'data', mline: 0, mid: '6', sctpPort: 5000 });
  });
});
