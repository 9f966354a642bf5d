import { list, type Parser } from './validators.ts';

/** `off`, `all`, or patterns in which a star stands for any text. */
export const recordRule: Parser<(conversation: string) => boolean> = (text) => {
  if (text === 'off') return () => false;
  if (text === 'all') return () => true;
  const patterns = list(text);
  if (patterns.length === 0) throw new Error('no pattern');
  return (conversation) => patterns.some((pattern) => matches(pattern, conversation));
};

/** Piece by piece, so that no pattern takes long. */
function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}

export const pipelineName: Parser<string> = (text) => {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(text)) throw new Error('not such a name');
  return text;
};

/** `host=10.0.0.9,port=5004`. What they may be is for the pipeline to say. */
export const pipelineSettings: Parser<Readonly<Record<string, string>>> = (text) => {
  const pairs = list(text).map((entry): [string, string] => {
    const [, name, value] = /^([a-z]+)\s*=\s*(.*)$/.exec(entry) ?? [];
    if (name === undefined || value === undefined) throw new Error(`${JSON.stringify(entry)} is not name=value`);
    return [name, value];
  });
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) throw new Error('a name is there twice');
  return Object.fromEntries(pairs);
};
