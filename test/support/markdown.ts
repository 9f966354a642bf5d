/** Reads what the docs state in tables, so that tests can hold it against the code. */

const HEADING = /^(#+) (.*)$/;

/** The text below a heading, down to the next heading of the same or a higher rank. Throws where there is no such heading. */
export function sectionUnder(markdown: string, heading: string): string {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => HEADING.exec(line)?.[2] === heading);
  if (start < 0) throw new Error(`no heading "${heading}"`);
  const rank = HEADING.exec(lines[start] ?? '')?.[1]?.length ?? 1;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => (HEADING.exec(line)?.[1]?.length ?? Infinity) <= rank);
  return rest.slice(0, end < 0 ? undefined : end).join('\n');
}

export const headings = (markdown: string): string[] =>
  withoutBlocks(markdown)
    .split('\n')
    .flatMap((line) => HEADING.exec(line)?.[2] ?? []);

/** The cells of every table row of a text, headers and rules left out. */
export function tableRows(markdown: string): string[][] {
  const rows: string[][] = [];
  let previous: string[] | null = null;
  for (const line of markdown.split('\n')) {
    const cells = cellsOf(line);
    // The rule under a header takes the header away again.
    if (cells?.every((cell) => /^:?-+:?$/.test(cell)) === true && previous !== null) rows.pop();
    else if (cells !== null) rows.push(cells);
    previous = cells;
  }
  return rows;
}

/** The rows of the tables below a heading. */
export const tableUnder = (markdown: string, heading: string): string[][] => tableRows(sectionUnder(markdown, heading));

/** What stands between backticks, outside of code blocks. */
export const codeSpans = (markdown: string): string[] =>
  [...withoutBlocks(markdown).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);

export const withoutBlocks = (markdown: string): string => markdown.replace(/^( *)```[^]*?^\1```/gm, '');

/** What the JSON code blocks of a text hold, in their order. */
export const jsonBlocks = (markdown: string): unknown[] =>
  [...markdown.matchAll(/^```json\n([^]*?)^```/gm)].map(([, text = '']): unknown => JSON.parse(text));

export const unquote = (cell: string): string => cell.replace(/^`(.*)`$/, '$1');

function cellsOf(line: string): string[] | null {
  if (!/^\|.*\|$/.test(line)) return null;
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}
