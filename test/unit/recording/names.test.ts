import { compactTime, propertyText, recordingName, safeName } from '../../../src/recording/names.ts';
import { HOSTILE_IDS } from './support.ts';

describe('the name of an id', () => {
  it('is what people recognise, and 16 hex digits of its SHA-256', () => {
    // printf ann | sha256sum
    expect(safeName('ann')).toBe('ann-49915e0d7d4b402e');
  });

  it.each(HOSTILE_IDS.map((id) => [JSON.stringify(id).slice(0, 40), id]))('is harmless for %s', (_, id) => {
    expect(safeName(id)).toMatch(/^[A-Za-z0-9_-]{1,40}-[0-9a-f]{16}$/);
  });

  it('differs where ids differ, also where they differ in nothing that is shown', () => {
    const ids = [...HOSTILE_IDS, '', 'a!b', 'a b', 'A b', 'a'.repeat(255) + '?'];
    expect(new Set(ids.map(safeName)).size).toBe(ids.length);
  });
});

describe('a text for a property', () => {
  it.each([
    ['ann', 'ann'],
    ['a\0b', 'a\ufffdb'],
    ['a\ud800b', 'a\ufffdb'],
    ['" ! {x}\n', '" ! {x}\n'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
  ])('%j becomes %j', (text, expected) => {
    expect(propertyText(text)).toBe(expected);
  });
});

describe('the name of a recording', () => {
  it('begins with its time, so that names sort', () => {
    const start = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    expect(compactTime(start)).toBe('20260102T030405Z');
    expect(recordingName(start, 'abc')).toBe('20260102T030405Z-abc');
  });
});
