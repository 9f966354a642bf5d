import { structureOf } from '../../../src/recording/gst-structure.ts';

describe('a GstStructure as text', () => {
  it.each([
    [
      'level, endtime=(guint64)1000000000, rms=(GValueArray)< -4.9489804397817929, -inf >, ok=(boolean)true;',
      { name: 'level', fields: { endtime: 1_000_000_000, rms: [-4.948980439781793, '-inf'], ok: true } },
    ],
    ['empty;', { name: 'empty', fields: {} }],
    ['a, b=(string)"x \\"y\\", z;", c=(string)plain;', { name: 'a', fields: { b: 'x "y", z;', c: 'plain' } }],
    ['a, b=(string)7, c=(int)7, d=(gboolean)false;', { name: 'a', fields: { b: '7', c: 7, d: false } }],
    ['a, b=(GValueArray)<  >, c=(int){ 1, 2 };', { name: 'a', fields: { b: [], c: [1, 2] } }],
    ['a, b=< < (int)1 >, < (int)2, (int)3 > >;', { name: 'a', fields: { b: [[1], [2, 3]] } }],
    // More than a number of JSON can hold.
    [
      'a, b=(guint64)18446744073709551615, c=(double)1e10;',
      { name: 'a', fields: { b: '18446744073709551615', c: 1e10 } },
    ],
    [
      'GstVideoInfo/x.y-z, frame-rate=(fraction)30/1;',
      { name: 'GstVideoInfo/x.y-z', fields: { 'frame-rate': '30/1' } },
    ],
  ])('%s', (text, expected) => {
    expect(structureOf(text)).toEqual(expected);
  });

  it('gives fields that are named like members of every object', () => {
    expect(structureOf('a, constructor=(int)2;')).toEqual({ name: 'a', fields: { constructor: 2 } });
    expect(structureOf('a, __proto__=(int)2;')).toBeNull();
  });

  it.each(['', '7', 'a, b', 'a, b=', 'a, =1', 'a, b=(int)', 'a, b=<1', 'a, b=<1 2>', 'a, b="x'])(
    '%j is none',
    (text) => {
      expect(structureOf(text)).toBeNull();
    },
  );
});
