import fc from 'fast-check';

/** What may be done to a text on its way here. */
type Mutation = (lines: readonly string[]) => string[];

const position = fc.nat(10_000);

const byteChange: fc.Arbitrary<Mutation> = fc
  .tuple(position, position, fc.integer({ min: 0, max: 255 }))
  .map(([line, column, code]) => (lines) => {
    const index = line % lines.length;
    const text = lines[index] ?? '';
    const at = column % (text.length + 1);
    return lines.with(index, text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1));
  });
const deletion: fc.Arbitrary<Mutation> = position.map((line) => (lines) => lines.toSpliced(line % lines.length, 1));
const duplication: fc.Arbitrary<Mutation> = fc.tuple(position, position).map(
  ([from, to]) =>
    (lines) =>
      lines.toSpliced(to % lines.length, 0, lines[from % lines.length] ?? ''),
);
const move: fc.Arbitrary<Mutation> = fc.tuple(position, position).map(([from, to]) => (lines) => {
  const line = lines[from % lines.length] ?? '';
  return lines.toSpliced(from % lines.length, 1).toSpliced(to % lines.length, 0, line);
});
const cut: fc.Arbitrary<Mutation> = position.map((line) => (lines) => lines.slice(0, line % lines.length));
const numberChange: fc.Arbitrary<Mutation> = fc
  .tuple(position, fc.constantFrom('0', '-1', '1', '4', '15', '96', '111', '4294967296', '1e9', 'x', ''))
  .map(([line, number]) => (lines) => {
    const index = line % lines.length;
    return lines.with(index, (lines[index] ?? '').replace(/\d+/, number));
  });
/** A word of one line in the place of a word of another. */
const graft: fc.Arbitrary<Mutation> = fc.tuple(position, position, position).map(([from, to, word]) => (lines) => {
  const words = (lines[from % lines.length] ?? '').split(/[ :=]/);
  const index = to % lines.length;
  const target = (lines[index] ?? '').split(' ');
  return lines.with(index, target.with(word % target.length, words[word % words.length] ?? '').join(' '));
});
const stretch: fc.Arbitrary<Mutation> = fc
  .tuple(position, fc.constantFrom(2, 17, 33, 129, 1_000))
  .map(([line, times]) => (lines) => {
    const index = line % lines.length;
    return lines.toSpliced(index, 1, ...Array<string>(times).fill(lines[index] ?? ''));
  });
const lengthening: fc.Arbitrary<Mutation> = fc
  .tuple(position, fc.constantFrom('a', ' ', ':', '9', ';', '/', '\u{1f600}'), fc.constantFrom(64, 257, 10_000))
  .map(([line, character, times]) => (lines) => {
    const index = line % lines.length;
    return lines.with(index, `${lines[index] ?? ''}${character.repeat(times)}`);
  });

const usual = [byteChange, deletion, duplication, move, cut, numberChange] as const;
const rough = [...usual, graft, stretch, lengthening] as const;

const apply = (text: string, mutations: readonly Mutation[]): string =>
  mutations
    .reduce((lines, mutation) => (lines.length === 0 ? lines : mutation(lines)), text.split('\r\n'))
    .join('\r\n');

/** Texts that are nearly one of these: their lines moved, cut, doubled, or changed in a few characters. @param most changes */
export const mutatedLines = (texts: readonly string[], most = 4): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...texts), fc.array(fc.oneof(...usual), { minLength: 1, maxLength: most }))
    .map(([text, mutations]) => apply(text, mutations));

/** As `mutatedLines`, and words of one line in another, lines a thousand times, lines of 10 000 characters. */
export const roughLines = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...texts), fc.array(fc.oneof(...rough), { minLength: 1, maxLength: 6 }))
    .map(([text, mutations]) => apply(text, mutations));

/** The bytes of one of these texts, some of them changed, taken out or put in, or the rest cut off. */
export const mutatedBytes = (texts: readonly string[]): fc.Arbitrary<Buffer> => {
  const splice = fc.record({ at: fc.nat(100_000), taken: fc.nat(8), put: fc.uint8Array({ maxLength: 8 }) });
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(splice, { minLength: 1, maxLength: 6 }), fc.option(position))
    .map(([text, splices, end]) => {
      const bytes = splices.reduce((before, { at, taken, put }) => {
        const from = at % (before.length + 1);
        return Buffer.concat([before.subarray(0, from), put, before.subarray(from + taken)]);
      }, Buffer.from(text));
      return end === null ? bytes : bytes.subarray(0, end % (bytes.length + 1));
    });
};
