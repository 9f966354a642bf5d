// Who has no picture: the initials of the name on a colour of one's own.

/** Each holds white letters with a contrast of 4.5 and more. */
export const COLOURS = [
  '#3f51b5',
  '#00695c',
  '#a03a13',
  '#7b1fa2',
  '#1565a0',
  '#8a5300',
  '#ad1457',
  '#2e7031',
  '#4e5d6c',
  '#b3261e',
  '#5e35b1',
  '#00707f',
];

/**
 * The same for everybody who sees this device: its CSRC is the same for all.
 * @param {number} csrc
 * @returns {string}
 */
export function colourOf(csrc) {
  // The golden ratio as a fraction of 2^32: neighbouring numbers get colours that are far apart.
  const spread = Math.imul(csrc, 0x9e3779b1) >>> 0;
  return COLOURS[Math.floor((spread / 2 ** 32) * COLOURS.length)] ?? '#4e5d6c';
}

/**
 * The first letters of the first word and the last; one of a single word.
 * @param {string} name
 * @returns {string}
 */
export function initialsOf(name) {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const [first = [...name.trim()][0] ?? '?', last = ''] = words.length > 1 ? [words[0], words.at(-1)] : words;
  return (firstOf(first) + firstOf(last)).toLocaleUpperCase();
}

/** @param {string} word */
const firstOf = (word) => [...word][0] ?? '';
