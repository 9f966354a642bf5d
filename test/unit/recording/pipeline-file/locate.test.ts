import { locate } from '../../../../src/recording/pipeline-file/locate.ts';

const word = (text: string, index: number) => ({ text, line: index + 1, column: 5 });
const words = ['a', '!', 'b', 'x=1', '!', 'c'].map(word);

describe('the place of a mistake', () => {
  it('is the end of the shortest text that is complained of in the same words', () => {
    const tried: string[] = [];
    const place = locate(words, 'no x', (text) => {
      tried.push(text);
      return text.includes('x=1') ? 'no x' : text.endsWith('b') ? 'something else' : null;
    });
    expect(place).toEqual({ line: 4, column: 5 });
    // A text that ends with a link is wrong for that alone.
    expect(tried).toEqual(['a', 'a', 'a ! b', 'a ! b x=1']);
  });

  it('is found whatever numbers GStreamer gives to elements', () => {
    let count = 0;
    const attempt = (text: string): string | null => (text.includes('c') ? `no link to c${(count += 1)}` : null);
    expect(locate(words, 'no link to c99', attempt)).toEqual({ line: 6, column: 5 });
  });

  it('is that of caps, which are read only when the element behind them is known', () => {
    const attempt = (text: string): string | null => (text.includes('c') ? 'bad caps "x=1"' : null);
    expect(locate(words, 'bad caps "x=1"', attempt)).toEqual({ line: 4, column: 5 });
  });

  it('is the beginning where nothing else can be said', () => {
    expect(locate(words, 'no x', () => null)).toEqual({ line: 1, column: 5 });
    expect(locate([], 'empty', () => 'empty')).toEqual({ line: 1, column: 1 });
  });
});
