/** The lines of a session or of one m-line, and its `a=` lines by name. The first line of a section is its `m=`. */
export interface Block {
  readonly lines: readonly string[];
  /** Values of equal name in their order; an attribute without a value has the empty text. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

export interface Blocks {
  readonly session: Block;
  readonly sections: readonly Block[];
}

/** Splits SDP text at line ends (CRLF or LF) and at `m=` lines. Judges nothing. */
export function splitBlocks(text: string): Blocks {
  const groups: string[][] = [[]];
  for (const line of splitLines(text)) {
    if (line.startsWith('m=')) groups.push([]);
    groups.at(-1)?.push(line);
  }
  const [session, ...sections] = groups.map(toBlock);
  return { session: session ?? toBlock([]), sections };
}

/** The lines of a text, without the empty ones at its end. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

export const joinLines = (lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('');

export const values = (block: Block, name: string): readonly string[] => block.attributes.get(name) ?? [];

export const has = (block: Block, name: string): boolean => block.attributes.has(name);

/** The name of an `a=` line, else null. Names are case-sensitive (RFC 8866 §5.13) and matched whole. */
export function attributeName(line: string): string | null {
  if (!line.startsWith('a=')) return null;
  const colon = line.indexOf(':');
  return colon < 0 ? line.slice(2) : line.slice(2, colon);
}

function toBlock(lines: readonly string[]): Block {
  const attributes = new Map<string, string[]>();
  for (const line of lines) {
    const name = attributeName(line);
    if (name === null) continue;
    const value = line.slice(2 + name.length + 1);
    const list = attributes.get(name);
    if (list === undefined) attributes.set(name, [value]);
    else list.push(value);
  }
  return { lines, attributes };
}
