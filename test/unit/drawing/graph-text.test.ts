import { withoutAddresses } from '../../../src/drawing/graph-text.ts';

it('numbers what is named by its address, each the same number wherever it stands', () => {
  const graph = 'a_0x55aa -> b_0x7fff0b1c;\nb_0x7fff0b1c -> a_0x55AA;\nb_0x7fff0b1c -> a_0x55aa;';
  expect(withoutAddresses(graph)).toBe('a_1 -> b_2;\nb_2 -> a_3;\nb_2 -> a_1;');
});

it('leaves everything else as it is', () => {
  expect(withoutAddresses('sink_0 [label="x264"]')).toBe('sink_0 [label="x264"]');
});
