// The last minute of some figures, and the lines that show them.

export const LENGTH = 60;

/**
 * The values with one more; the oldest goes.
 * @param {readonly (number | null)[]} values one a second; null: not known
 * @param {number | null} value
 * @returns {(number | null)[]}
 */
export const pushed = (values, value) => [...values, value].slice(-LENGTH);

/**
 * The line through the values, newest at the right, as the `d` of an SVG path. It breaks where nothing is known.
 * @param {readonly (number | null)[]} values
 * @param {{ width: number, height: number, top: number }} area `top`: the value at the upper edge
 * @returns {string}
 */
export function lineOf(values, { width, height, top }) {
  const step = width / (LENGTH - 1);
  const left = width - step * (values.length - 1);
  return values
    .map((value, index) => {
      if (value === null) return '';
      const isStart = index === 0 || values[index - 1] === null;
      const y = height - (height * Math.min(value, top)) / top;
      return `${isStart ? 'M' : 'L'}${(left + step * index).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}

/**
 * A round number that nothing is above: 1, 2 or 5 times a power of ten.
 * @param {readonly (number | null)[]} values
 * @param {number} least
 * @returns {number}
 */
export function topOf(values, least) {
  const highest = Math.max(least, ...values.map((value) => value ?? 0));
  const power = 10 ** Math.floor(Math.log10(highest));
  const factor = [1, 2, 5, 10].find((each) => each * power >= highest) ?? 10;
  return factor * power;
}
