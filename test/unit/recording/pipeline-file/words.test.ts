import { wordsOf } from '../../../../src/recording/pipeline-file/words.ts';

const words = (text: string) => wordsOf([{ number: 7, text }]);

describe('the words of a pipeline', () => {
  it('are cut by white space, with their places', () => {
    expect(words('a  !\tb')).toEqual([
      { kind: 'plain', raw: 'a', line: 7, column: 1 },
      { kind: 'plain', raw: '!', line: 7, column: 4 },
      { kind: 'plain', raw: 'b', line: 7, column: 6 },
    ]);
  });

  it('know properties and their values', () => {
    expect(words('  host=127.0.0.1 a::b=c')).toEqual([
      {
        kind: 'assignment',
        raw: 'host=127.0.0.1',
        property: 'host',
        value: '127.0.0.1',
        line: 7,
        column: 3,
        valueColumn: 8,
      },
      { kind: 'assignment', raw: 'a::b=c', property: 'a::b', value: 'c', line: 7, column: 18, valueColumn: 23 },
    ]);
  });

  it.each([
    ['caps="audio/x-raw, rate=1"', 'audio/x-raw, rate=1'],
    [`title='a "b" ! c'`, 'a "b" ! c'],
    [String.raw`title="a \" ! b"`, String.raw`a \" ! b`],
    [String.raw`title=a\ b`, String.raw`a\ b`],
  ])('%s is one word', (text, value) => {
    expect(words(text)).toEqual([expect.objectContaining({ kind: 'assignment', raw: text, value })]);
  });

  it.each(['video/x-raw,format=I420', '"video/x-raw, format=I420"', 'mux.audio_0', '(', 'a"b'])(
    '%s is plain',
    (text) => {
      expect(words(text)).toEqual([{ kind: 'plain', raw: text, line: 7, column: 1 }]);
    },
  );

  it.each([
    ['a name="b', 8, 'not closed'],
    ["a 'b", 3, 'not closed'],
    ['a name = b', 8, 'without spaces'],
    ['a name= b', 3, 'without spaces'],
    ['a name="b"c', 11, 'a space must follow'],
  ])('%s is refused at column %d: %s', (text, column, message) => {
    expect(() => words(text)).toThrow(message);
    expect(() => words(text)).toThrow(expect.objectContaining({ position: { line: 7, column } }) as Error);
  });
});
