// Numbers for people. What is not known is a dash.

const UNKNOWN = '–';

/** @param {number | null} value */
export const count = (value) => (value === null || !Number.isFinite(value) ? UNKNOWN : value.toLocaleString('en'));

/**
 * @param {number | null} value
 * @param {string} unit
 */
export const perSecondText = (value, unit) =>
  value === null ? UNKNOWN : `${short(value)}${unit === '' ? '' : ` ${unit}`}/s`;

/** @param {number | null} bytes in a second */
export const bits = (bytes) => {
  if (bytes === null) return UNKNOWN;
  const value = bytes * 8;
  return value < 1e6 ? `${short(value / 1e3)} kbit/s` : `${short(value / 1e6)} Mbit/s`;
};

/** @param {number | null} value 0 to 1 */
export const part = (value) => (value === null ? UNKNOWN : `${short(value * 100)} %`);

/** @param {number | null} value in seconds */
export const duration = (value) => {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  return value < 0.001 ? `${short(value * 1e6)} µs` : `${short(value * 1e3)} ms`;
};

/** @param {number} value */
const short = (value) => value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 });
