// What the conformance suite has found out, as a table by requirement and client.

/** In the order of the columns; each is the name of the outermost `describe` of its tests. */
export const CLIENTS = /** @type {const} */ (['Chromium', 'Firefox', 'a plain client']);

/**
 * @typedef {{ ancestorTitles: string[], title: string, status: string }} Assertion
 * @typedef {{ testResults: { assertionResults: Assertion[] }[] }} JestReport the part of jest's --json that is read
 * @typedef {{ id: string, results: Partial<Record<string, 'passed' | 'failed'>> }} Row by client, who has tests of it
 */

/**
 * One row for each requirement, in the order of their numbers. A requirement with several tests is passed by a client
 * that passes them all. Tests that were left out say nothing.
 * @param {JestReport} report
 * @returns {Row[]}
 */
export function rowsOf(report) {
  /** @type {Map<number, Row>} */
  const rows = new Map();
  for (const { ancestorTitles, title, status } of report.testResults.flatMap((file) => file.assertionResults)) {
    if (status === 'pending') continue;
    const number = Number(/^P-(\d+) /.exec(title)?.[1]);
    const row = rows.get(number) ?? { id: `P-${number}`, results: {} };
    const client = ancestorTitles[0] ?? '';
    const isPassed = status === 'passed' && row.results[client] !== 'failed';
    rows.set(number, { ...row, results: { ...row.results, [client]: isPassed ? 'passed' : 'failed' } });
  }
  return [...rows.entries()].sort(([a], [b]) => a - b).map(([, row]) => row);
}

/**
 * The same in Markdown; a dash where the requirement has no test with that client.
 * @param {readonly Row[]} rows
 * @param {Readonly<Record<string, string>>} versions of those clients that have one
 */
export function tableOf(rows, versions) {
  const heads = CLIENTS.map((client) => [client, versions[client]].filter(Boolean).join(' '));
  const lines = rows.map(({ id, results }) => [id, ...CLIENTS.map((client) => results[client] ?? '–')]);
  return [['id', ...heads], ['', ...heads].map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
