// What Prometheus reads, read by a page: one sample, and what happened between two of them.

/**
 * @typedef {{ labels: Readonly<Record<string, string>>, value: number }} Series
 * @typedef {{ at: number, series: ReadonlyMap<string, readonly Series[]> }} Sample `at` in seconds
 */

/**
 * @param {string} text in the text format of Prometheus
 * @param {number} at
 * @returns {Sample}
 */
export function parse(text, at) {
  /** @type {Map<string, Series[]>} */
  const series = new Map();
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const list = series.get(name) ?? [];
    list.push({ labels: labelsOf(labels), value: value === '+Inf' ? Infinity : Number(value) });
    series.set(name, list);
  }
  return { at, series };
}

/** @param {string} text */
function labelsOf(text) {
  const pairs = [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
}

/**
 * The sum of all series of a name that have these labels; null where there is none.
 * @param {Sample | null} sample
 * @param {string} name
 * @param {Readonly<Record<string, string>>} [labels]
 * @returns {number | null}
 */
export function total(sample, name, labels = {}) {
  const list = (sample?.series.get(name) ?? []).filter((series) =>
    Object.entries(labels).every(([label, value]) => series.labels[label] === value),
  );
  return list.length === 0 ? null : list.reduce((sum, { value }) => sum + value, 0);
}

/**
 * What a counter went up by in a second; null where that is not known: it began in between, or anew.
 * @param {Sample | null} before
 * @param {Sample} now
 * @param {string} name
 * @param {Readonly<Record<string, string>>} [labels]
 * @returns {number | null}
 */
export function rate(before, now, name, labels) {
  return perSecond(total(before, name, labels), total(now, name, labels), seconds(before, now));
}

/**
 * @param {number | null} before
 * @param {number | null} now
 * @param {number} time in seconds
 * @returns {number | null}
 */
export function perSecond(before, now, time) {
  return before === null || now === null || now < before || time <= 0 ? null : (now - before) / time;
}

/**
 * The mean of what a histogram observed between two samples; null where it observed nothing.
 * @param {Sample | null} before
 * @param {Sample} now
 * @param {string} name
 * @param {Readonly<Record<string, string>>} [labels]
 * @returns {number | null}
 */
export function mean(before, now, name, labels) {
  const count = rate(before, now, `${name}_count`, labels);
  const sum = rate(before, now, `${name}_sum`, labels);
  return count === null || sum === null || count === 0 ? null : sum / count;
}

/**
 * Every value of a label that a metric has.
 * @param {Sample} sample
 * @param {string} name
 * @param {string} label
 */
export const valuesOf = (sample, name, label) => [
  ...new Set((sample.series.get(name) ?? []).flatMap(({ labels }) => labels[label] ?? [])),
];

/**
 * @param {{ at: number } | null} before
 * @param {{ at: number }} now
 */
export const seconds = (before, now) => (before === null ? 0 : now.at - before.at);
