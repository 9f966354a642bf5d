/** What the addon exports and what index.d.ts, media.d.ts and tap.d.ts promise are the same. */
import { readFileSync } from 'node:fs';
import * as gst from 'node-gst';
import ts from 'typescript';

const exists = (name: string): boolean => (gst as Record<string, unknown>)[name] !== undefined;

function parse(file: string): ts.SourceFile {
  const path = new URL(`../${file}`, import.meta.url);
  return ts.createSourceFile(file, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
}

/** Functions, classes and constants: what exists at run time. */
function values(file: string): string[] {
  return parse(file).statements.flatMap((node) => {
    if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText());
    return (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) && node.name ? [node.name.text] : [];
  });
}

/** The members of an interface and of those it extends. */
function members(file: string, name: string): string[] {
  const found = parse(file).statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === name);
  if (!found || !ts.isInterfaceDeclaration(found)) throw new Error(`no interface ${name} in ${file}`);
  const parents = (found.heritageClauses ?? []).flatMap((clause) =>
    clause.types.map((type) => type.expression.getText()),
  );
  const own = found.members.map((member) => member.name!.getText());
  return [...new Set([...own, ...parents.flatMap((parent) => members(file, parent))])].sort();
}

const keysOf = (object: object): string[] =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(object))
    .filter((key) => key !== 'constructor')
    .sort();

const PROMISED = [...values('index.d.ts'), ...values('media.d.ts'), ...values('tap.d.ts')];

test('the exports are those of the declarations', () => {
  const names = Object.keys(gst).filter((name) => name !== 'default' && name !== 'module.exports');
  expect(names.sort()).toEqual(PROMISED.sort());
  expect(names.filter(exists)).toEqual(names);
});

test('a wrapper has the members of GstObject, and JavaScript cannot make one', () => {
  gst.init();
  const wrapper = gst.pipeline();
  expect(keysOf(wrapper)).toEqual(members('index.d.ts', 'GstObject'));
  const GstObject = wrapper.constructor as unknown as new () => unknown;
  expect(() => new GstObject()).toThrow(/is made by make\(\), pipeline\(\)/);
  for (const key of keysOf(wrapper)) {
    const property = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(wrapper), key)!;
    const call = Reflect.get(property, 'get' in property ? 'get' : 'value') as () => unknown;
    for (const stranger of [{}, null, 5, new Proxy(wrapper, {})]) {
      expect(() => Reflect.apply(call, stranger, [])).toThrow(/must be a GstObject|Illegal invocation/);
    }
  }
  wrapper.dispose();
});

test('the objects of the media half have the members of their declarations', () => {
  gst.init();
  const section = {
    kind: 'audio',
    codec: 'opus',
    payloadType: 111,
    clockRate: 48_000,
    extensions: { mid: 0, audioLevel: 0, transportCc: 0 },
  } as const;
  const options: gst.PeerMediaOptions = {
    csrc: 1,
    tracks: [{ ...section, mline: 0, mid: '0', ssrcs: [1] }],
    slots: [{ ...section, mline: 1, mid: '1', ssrc: 2 }],
  };
  const pipe = gst.pipeline();
  const bin = gst.make('webrtcbin');
  pipe.add(bin);
  const pad = bin.requestPad('sink_%u', 'sink_1');
  const [peer, harness, forwarder] = [gst.peerMedia(bin, options), gst.mediaHarness(options), gst.forwarder()];
  const tap = gst.tap({ maxBytes: 65_536 });
  const reader = gst.tapReader(tap.takeChildFd(), {}, () => undefined);
  const appsrc = gst.make('appsrc');
  reader.track(3, appsrc, { ...section, origin: 'first', fill: 'none' });
  const own = (object: object) => Object.keys(object).sort();
  expect(own(peer)).toEqual(members('media.d.ts', 'PeerMedia'));
  expect(own(harness)).toEqual(members('media.d.ts', 'MediaHarness'));
  expect(own(forwarder)).toEqual(members('media.d.ts', 'Forwarder'));
  expect(own(tap)).toEqual(members('tap.d.ts', 'Tap'));
  expect(own(tap.stats())).toEqual(members('tap.d.ts', 'TapStats'));
  expect(own(reader)).toEqual(members('tap.d.ts', 'TapReader'));
  expect(own(reader.stats())).toEqual(members('tap.d.ts', 'TapReaderStats'));
  expect(own(reader.stats().tracks.get(3)!)).toEqual(members('tap.d.ts', 'TapFeedStats'));
  expect(own(tap.slot({ ...section, ssrc: 3 }))).toEqual(members('media.d.ts', 'Slot'));
  for (const { tracks, slots } of [peer, harness]) {
    expect(own(tracks[0]!)).toEqual(members('media.d.ts', 'Track'));
    expect(own(slots[0]!)).toEqual(members('media.d.ts', 'Slot'));
  }
  for (const object of [peer, harness, forwarder, tap, reader]) object.close();
  for (const object of [pad!, bin, pipe, appsrc]) object.dispose();
});
