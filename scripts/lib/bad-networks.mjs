// The table of `npm run test:bad-networks`, as it stands in docs/reliability.md.

/**
 * @typedef {{ concealed: number, lost: { audio: number, video: number }, pauseMs: number }} Most
 * @typedef {{
 *   fault: string,
 *   promised: {
 *     concealed: number, pauseMs: number | null, fewer: { withinMs: number, share: number } | null, recoveryMs: number
 *   },
 *   promisedOthers: Most,
 *   bitrate: number, got: { concealed: number, pauseMs: number, share: number },
 *   fewerAfterMs: number | null, recoveryMs: number, others: Most[]
 * }} Measured a line of the report of test/bad-networks: what was promised of the one whose network is bad and of the others,
 *   what the others sent to it in bits per second, what it got, and what they got
 */

/** Text between which the table stands on the page. */
const [BEGIN, END] = ['<!-- measured: begin -->', '<!-- measured: end -->'];

/**
 * @param {readonly Measured[]} rows
 * @returns {string}
 */
export const tableOf = (rows) =>
  [
    '| network | sound made up | picture stands still for | pictures that come | recovered after | the others: packets of sound, of pictures lost; sound made up; picture stands still |',
    '|---|---|---|---|---|---|',
    ...rows.map(rowOf),
  ].join('\n');

/** @param {Measured} row */
function rowOf({ fault, promised, promisedOthers, bitrate, got, fewerAfterMs, recoveryMs, others }) {
  const { fewer } = promised;
  return `| ${[
    fewer === null ? fault : `${fault}; ${megabits(bitrate)} come before`,
    `${percent(got.concealed)} (${percent(promised.concealed)})`,
    promised.pauseMs === null ? seconds(got.pauseMs) : `${seconds(got.pauseMs)} (${seconds(promised.pauseMs)})`,
    fewer === null || fewerAfterMs === null
      ? 'all'
      : `fewer after ${seconds(fewerAfterMs)} (${seconds(fewer.withinMs)}), then ${percent(got.share)} (${percent(fewer.share)})`,
    `${seconds(recoveryMs)} (${seconds(promised.recoveryMs)})`,
    `${figures(worst(others))} (${figures(promisedOthers)})`,
  ].join(' | ')} |`;
}

/** @param {Most} got */
const figures = ({ lost, concealed, pauseMs }) =>
  `${lost.audio}, ${lost.video}; ${percent(concealed)}; ${seconds(pauseMs)}`;

/**
 * @param {readonly Most[]} others
 * @returns {Most}
 */
const worst = (others) => {
  /** @param {(each: Most) => number} figure */
  const most = (figure) => Math.max(...others.map(figure));
  return {
    lost: { audio: most(({ lost }) => lost.audio), video: most(({ lost }) => lost.video) },
    concealed: most(({ concealed }) => concealed),
    pauseMs: most(({ pauseMs }) => pauseMs),
  };
};

/** @param {number} bits per second */
const megabits = (bits) => `${(bits / 1e6).toFixed(1)} Mbit/s`;

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
