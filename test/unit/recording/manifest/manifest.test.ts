import { manifestOf, ManifestError, readManifest, textOf } from '../../../../src/recording/manifest/manifest.ts';
import { ann, closed, entriesOf, facts, opened, START, started, voice } from './support.ts';

const manifest = manifestOf(entriesOf(started, ann, voice, opened(1, START), closed(1, [facts()])));
type Changeable = Record<string, unknown> & { entries: Record<string, unknown>[]; segments: Record<string, unknown>[] };

describe('a manifest as text', () => {
  it('is read as it was written', () => {
    expect(readManifest(textOf(manifest))).toEqual(manifest);
    expect(textOf(manifest)).toMatch(/^\{\n {2}"version": 1,[^]*\}\n$/);
  });

  it.each<[string, (value: Changeable) => unknown, string]>([
    ['another version', (value) => void (value['version'] = 2), 'no manifest of version 1'],
    ['no entries', (value) => void (value['entries'] = {} as never), 'no manifest of version 1'],
    ['a changed entry', (value) => void (value.entries[1]!['userid'] = 'bob'), 'entry 1 was changed'],
    ['a changed summary', (value) => void (value.segments[0]!['durationMs'] = 1), '"segments" does not follow'],
    ['a missing summary', (value) => Reflect.deleteProperty(value, 'interrupted'), '"interrupted" does not follow'],
    ['a changed conversation', (value) => void (value['conversation'] = 'b'), '"conversation" does not follow'],
  ])('is refused with %s', (_, change, message) => {
    const value = JSON.parse(textOf(manifest)) as Changeable;
    change(value);
    expect(() => readManifest(JSON.stringify(value))).toThrow(ManifestError);
    expect(() => readManifest(JSON.stringify(value))).toThrow(message);
  });

  it.each(['', 'x', '{', '7', 'null', textOf(manifest).slice(0, -10)])('is refused where it is %j', (text) => {
    expect(() => readManifest(text)).toThrow('no JSON object');
  });

  it('is refused with an empty list of entries', () => {
    expect(() => readManifest('{"version":1,"entries":[]}')).toThrow('does not start a recording');
  });
});
