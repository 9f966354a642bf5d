import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { mutatedBytes, mutatedLines, roughLines } from './mutations.ts';

const ROOT = join(import.meta.dirname, '../../..');
const files = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(ending))
    .sort();

/** Each text of a folder by its name without the ending. */
const texts = (folder: string, ending: string): ReadonlyMap<string, string> =>
  new Map(
    files(folder, ending).map((name) => [
      name.slice(0, -ending.length),
      readFileSync(join(ROOT, folder, name), 'utf8'),
    ]),
  );

export const OFFERS = texts('test/fixtures/offers', '.sdp');
export const ANSWERS = texts('test/fixtures/answers', '.sdp');
export const PIPELINES = texts('pipelines', '.gst');

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

const anyText = fc.string({ unit: 'binary', maxLength: 300 });
const anyId = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('', '__proto__', 'constructor', '\0', '\ud800', 'a'.repeat(256), 'a'.repeat(257), '😀'.repeat(257)),
  fc.jsonValue({ maxDepth: 2 }),
);
/** JSON that is nearly what is asked for: the right names with values of any type, members beside them. */
const jsonOf = (...names: string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.record(Object.fromEntries(names.map((name) => [name, anyId])), { requiredKeys: [] }),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'toString', ...names)), fc.jsonValue()),
    )
    .map(([own, more]) => JSON.stringify({ ...more, ...own }));

/** A JSON text as it is, or with bytes changed. */
const nearJson = (json: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    json,
    json.chain((text) => mutatedBytes([text])).map((bytes) => bytes.toString()),
    fc.json(),
    anyText,
  );

/** Of a good object one member has another value, of any type. */
const oneMemberOff = (good: string[]): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...good), fc.nat(), anyId).map(([text, which, value]) => {
    const members = Object.entries(JSON.parse(text) as Record<string, unknown>);
    return JSON.stringify(
      Object.fromEntries(members.map(([name, own], i) => [name, i === which % members.length ? value : own])),
    );
  });

/** `X-User-Claim`, one character per byte as Node hands it over. */
export const claims: fc.Arbitrary<string> = fc.oneof(
  oneMemberOff(['{"userid":"ann","clientid":"laptop"}', '{"userid":"ann"}']).map(utf8),
  nearJson(jsonOf('userid', 'clientid')).map(utf8),
  fc.uint8Array({ maxLength: 300 }).map(latin1),
  fc.tuple(jsonOf('userid'), fc.constantFrom(8_000, 8_192, 9_000)).map(([text, size]) => utf8(text).padEnd(size)),
);

export const segments: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }).map(encodeURIComponent),
  fc
    .array(fc.constantFrom('%', '%2', '%2F', '%00', '%ff', '%C3%A9', '%ed%a0%80', 'a', '/', '?', '#', '..', '+', '\\'))
    .map((parts) => parts.join('')),
  anyText,
);

export const targets: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(
      fc.oneof(fc.constant(''), fc.constantFrom('', 'http://x', 'HTTPS://', 'http://a@b:1', '//x', 'ws://x')),
      fc.oneof(
        fc.constantFrom('/connect', '/join/'),
        fc.constantFrom('/join', '/', '/./connect', '/join//', '/CONNECT'),
      ),
      fc.oneof(fc.constant(''), segments),
      fc.constantFrom('', '?token=secret-of-the-fuzzer', '#secret-of-the-fuzzer', '??', '?/join/a'),
    )
    .map((parts) => parts.join('')),
  anyText,
);

const offerTexts = [...OFFERS.values()];
/** A part of one offer in the place of a part of another. */
const crossed: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...offerTexts), fc.array(fc.constantFrom(...offerTexts), { maxLength: 6 }), fc.nat(100))
  .map(([session, others, pick]) => {
    const parts = (text: string): string[] => text.split(/(?=^m=)/m);
    const sections = others.map((text) => parts(text).slice(1)).map((list) => list[pick % list.length] ?? '');
    return [parts(session)[0], ...sections].join('');
  });
/** Sections of several offers, each with a mid of its own, all bundled: what the rules behind the first ones see. */
export const consistent: fc.Arbitrary<string> = crossed.map((text) => {
  let count = 0;
  const sections = text.replace(/^a=mid:.*/gm, () => `a=mid:m${count++}`);
  const mids = Array.from({ length: count }, (_, index) => `m${index}`).join(' ');
  return sections.replace(/^a=group:BUNDLE.*/m, `a=group:BUNDLE ${mids}`);
});

/** One thing is changed: most of them can be answered. */
export const nearOffers: fc.Arbitrary<string> = mutatedLines(offerTexts, 1);

export const offers: fc.Arbitrary<string> = fc.oneof(
  mutatedLines(offerTexts),
  roughLines(offerTexts),
  mutatedBytes(offerTexts).map((bytes) => bytes.toString()),
  consistent,
  crossed,
  consistent.chain((text) => mutatedLines([text])),
  anyText.map((text) => `v=0\r\n${text}`),
  nearOffers,
);

export const trickles: fc.Arbitrary<string> = fc.oneof(
  mutatedLines([
    'candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host generation 0',
    'a=candidate:1 1 UDP 1 ::1 9 typ host',
  ]),
  roughLines(['candidate:1 1 udp 2122260223 2001:db8::1 50000 typ srflx raddr 0.0.0.0 rport 0']),
  fc
    .tuple(fc.ipV4Extended(), fc.ipV6(), fc.nat(70_000))
    .map(([v4, v6, port]) => `candidate:1 1 udp 1 ${port % 2 ? v4 : v6} ${port} typ host`),
  anyText,
);

/** The name of a plan's offer and an answer to it that is not quite one. */
export const answers: fc.Arbitrary<readonly [name: string, answer: string]> = fc
  .constantFrom(...ANSWERS.keys())
  .chain((name) => roughLines([ANSWERS.get(name) ?? '']).map((text) => [name, text] as const));

/** JSON texts that are good, a member or bytes of them changed, and what `jsonOf` makes. */
const nearlyOf = (names: string[], ...good: string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...good),
    oneMemberOff(good),
    mutatedBytes(good).map((bytes) => bytes.toString()),
    nearJson(jsonOf(...names)),
  );

export const adminBodies: fc.Arbitrary<string> = nearlyOf(
  ['pipeline', 'settings', 'userid', 'conversationid'],
  '{"pipeline":"record-track","settings":{"bitrate":64000}}',
  '{"pipeline":"record-audio"}',
);
export const channelMessages: fc.Arbitrary<string> = nearlyOf(
  ['type', 'mid', 'userid', 'clientid', 'kinds'],
  '{"type":"select","mid":"m1","userid":"bob","clientid":"phone"}',
  '{"type":"select","mid":"m1","userid":null}',
  '{"type":"select","mid":"m1","userid":"ann","clientid":""}',
  '{"type":"mute","kinds":["audio","video"]}',
);

const pipelineTexts = [...PIPELINES.values()].map((text) => text.replaceAll('\n', '\r\n'));
export const pipelineFiles: fc.Arbitrary<string> = fc.oneof(
  mutatedLines(pipelineTexts).map((text) => text.replaceAll('\r\n', '\n')),
  roughLines(pipelineTexts).map((text) => text.replaceAll('\r\n', '\n')),
  mutatedBytes([...PIPELINES.values()]).map((bytes) => bytes.toString()),
);

/** GStreamer's structures, as elements write them into messages. */
export const structures: fc.Arbitrary<string> = mutatedBytes([
  'level, endtime=(guint64)1000, rms=(GValueArray)< -4.9, -5.1 >, name=(string)"a \\"b\\"", ok=(boolean)true;',
]).map((bytes) => bytes.toString());
