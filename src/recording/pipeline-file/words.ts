import { Misplaced, type Position } from './error.ts';

/**
 * The words of a gst-launch text, as its own lexer cuts them: by white space, except in quotes, which open at the
 * beginning of a word or of a property's value and nowhere else. Unlike gst-launch this insists on closed quotes and on
 * `property=value` without spaces, so that what is read here cannot differ from what GStreamer reads.
 */
export type Word = PlainWord | Assignment;

export interface PlainWord extends Position {
  readonly kind: 'plain';
  readonly raw: string;
}

/** `property=value` */
export interface Assignment extends Position {
  readonly kind: 'assignment';
  readonly raw: string;
  readonly property: string;
  /** Without its quotes. */
  readonly value: string;
  /** Where the value begins. */
  readonly valueColumn: number;
}

/** A line that belongs to the pipeline, with its number in the file. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

const ASSIGNMENT = /^([A-Za-z0-9_][A-Za-z0-9_%:-]*)=/;

export const wordsOf = (lines: readonly Line[]): Word[] => lines.flatMap(wordsOfLine);

function wordsOfLine({ number, text }: Line): Word[] {
  const words: Word[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at += 1;
    if (at >= text.length) return words;
    const word = wordAt(number, text, at);
    words.push(word);
    at += word.raw.length;
  }
}

function wordAt(line: number, text: string, start: number): Word {
  const rest = text.slice(start);
  const position = { line, column: start + 1 };
  const property = ASSIGNMENT.exec(rest)?.[1];
  if (property === undefined) {
    const raw = endOf(rest, position);
    if (raw.startsWith('=')) throw new Misplaced(position, 'a property is written name=value, without spaces');
    return { kind: 'plain', raw, ...position };
  }
  const valueColumn = start + property.length + 2;
  const value = endOf(rest.slice(property.length + 1), { line, column: valueColumn });
  if (value === '') throw new Misplaced(position, 'a property is written name=value, without spaces');
  return {
    kind: 'assignment',
    raw: `${property}=${value}`,
    property,
    value: unquoted(value),
    valueColumn,
    ...position,
  };
}

/** The text up to the end of the word that it begins with. */
function endOf(text: string, position: Position): string {
  const quote = text.charAt(0);
  if (quote !== '"' && quote !== "'") return /^(?:\\.|\S)*/.exec(text)?.[0] ?? '';
  const quoted = quote === '"' ? /^"(?:[^"\\]|\\.)*"/.exec(text) : /^'(?:[^'\\]|\\.)*'/.exec(text);
  const raw = quoted?.[0];
  if (raw === undefined) throw new Misplaced(position, 'the quote is not closed on its line');
  if (/^\S/.test(text.slice(raw.length))) {
    throw new Misplaced({ line: position.line, column: position.column + raw.length }, 'a space must follow the quote');
  }
  return raw;
}

const unquoted = (value: string): string => (/^["']/.test(value) ? value.slice(1, -1) : value);
