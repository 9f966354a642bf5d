import { canonical } from '../../../../src/recording/manifest/canonical.ts';

describe('canonical JSON', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ b: { d: 1, c: 2 }, a: {} }, '{"a":{},"b":{"c":2,"d":1}}'],
    [[[], {}], '[[],{}]'],
    [1e21, '1e+21'],
    [-0, '0'],
    [0.1, '0.1'],
    ['a"\n\u2028é', '"a\\"\\n\u2028é"'],
    ['\ud800', '"\\ud800"'],
    // Upper case before lower case: by code units.
    [{ a: 1, B: 2, '€': 3, '\u{1f600}': 4 }, '{"B":2,"a":1,"€":3,"😀":4}'],
    [JSON.parse('{"__proto__": 1, "a": 2}') as Record<string, number>, '{"__proto__":1,"a":2}'],
  ])('of %j is %s', (value, text) => {
    expect(canonical(value)).toBe(text);
  });
});
