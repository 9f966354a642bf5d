/**
 * The fields of a GstStructure as GStreamer writes it, `level, rms=(GValueArray)< -4.9 >, endtime=(guint64)1000;`, as JSON:
 * numbers, truth values, arrays and texts. Null where the text is none.
 */
export function structureOf(text: string): { name: string; fields: Record<string, unknown> } | null {
  const name = /^[A-Za-z][\w/:.-]*/.exec(text)?.[0];
  if (name === undefined) return null;
  const reader = new Reader(text, name.length);
  const fields: Record<string, unknown> = {};
  while (reader.takes(/,\s*/y)) {
    const field = reader.match(/([A-Za-z][\w/:.-]*)=/y)?.[1];
    if (field === undefined) return null;
    const value = reader.value();
    if (value === undefined) return null;
    fields[field] = value;
  }
  return { name, fields };
}

class Reader {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  takes(pattern: RegExp): boolean {
    return this.match(pattern) !== null;
  }

  /** Undefined where there is none. */
  value(): unknown {
    const type = this.match(/\(([\w.-]+)\)/y)?.[1] ?? '';
    if (this.takes(/<\s*/y)) return this.#list(/\s*>/y);
    if (this.takes(/\{\s*/y)) return this.#list(/\s*\}/y);
    const quoted = this.match(/"((?:[^"\\]|\\.)*)"/y)?.[1];
    if (quoted !== undefined) return unescaped(quoted);
    const word = this.match(/[^\s,;<>{}"]+/y)?.[0];
    return word === undefined ? undefined : typed(type, word);
  }

  #list(end: RegExp): unknown[] | undefined {
    const values: unknown[] = [];
    while (!this.takes(end)) {
      if (values.length > 0 && !this.takes(/\s*,\s*/y)) return undefined;
      const value = this.value();
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  }
}

const unescaped = (text: string): string => text.replace(/\\(.)/g, '$1');

/** Numbers that JSON cannot hold stay texts. Without a type, as in arrays, what looks like a number is one. */
function typed(type: string, word: string): unknown {
  if (/^(boolean|gboolean|bool)$/.test(type)) return word === 'true';
  if (type === 'string' || type === 'gchararray') return word;
  const number = Number(word);
  return Number.isFinite(number) && (Number.isSafeInteger(number) || /[.e]/.test(word)) ? number : word;
}
