// The table of `npm run test:bad-networks`, as it stands in docs/reliability.md.

/**
 * @typedef {{ concealed: number, lost: number, pauseMs: number }} Got what one client got while it lasted
 * @typedef {{
 *   fault: string, promised: { concealed: number, pauseMs: number | null, recoveryMs: number },
 *   got: Got, video: string, recoveryMs: number, others: Got[]
 * }} Measured a line of the report of test/bad-networks
 */

/** Text between which the table stands on the page. */
const [BEGIN, END] = ['<!-- measured: begin -->', '<!-- measured: end -->'];

/**
 * @param {readonly Measured[]} rows
 * @returns {string}
 */
export const tableOf = (rows) =>
  [
    '| network | sound made up | picture stands still for | recovered after | video | the others: sound made up, picture stands still |',
    '|---|---|---|---|---|---|',
    ...rows.map(rowOf),
  ].join('\n');

/** @param {Measured} row */
function rowOf({ fault, promised, got, video, recoveryMs, others }) {
  const pause = promised.pauseMs === null ? '–' : `${seconds(got.pauseMs)} (${seconds(promised.pauseMs)})`;
  const worst = { concealed: most(others, 'concealed'), pauseMs: most(others, 'pauseMs') };
  return `| ${[
    fault,
    `${percent(got.concealed)} (${percent(promised.concealed)})`,
    pause,
    `${seconds(recoveryMs)} (${seconds(promised.recoveryMs)})`,
    video,
    `${percent(worst.concealed)}, ${seconds(worst.pauseMs)}`,
  ].join(' | ')} |`;
}

/**
 * @param {readonly Got[]} others
 * @param {'concealed' | 'pauseMs'} figure
 */
const most = (others, figure) => Math.max(...others.map((each) => each[figure]));

/** @param {number} share */
const percent = (share) => `${Number((share * 100).toFixed(1))} %`;

/** @param {number} ms */
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/**
 * The page with this in place of what was measured before. Throws where it has no place for it.
 * @param {string} page
 * @param {string} measured
 * @returns {string}
 */
export function written(page, measured) {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page has no ${BEGIN} with an ${END} behind it`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${measured}\n\n${page.slice(end)}`;
}
