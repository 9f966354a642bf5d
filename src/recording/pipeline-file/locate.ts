import { descriptionOf, type PlacedWord } from './compose.ts';
import type { Position } from './error.ts';

/** GStreamer's words about a description; null where it likes it. */
export type Attempt = (description: string) => string | null;

/**
 * Where in the file the mistake is that GStreamer complains of; it names no place itself. The shortest beginning of the
 * text that it complains of in the same words ends with the culprit.
 */
export function locate(words: readonly PlacedWord[], complaint: string, attempt: Attempt): Position {
  const index = words.findIndex((word, at) => {
    const start = words.slice(0, at + 1);
    // A text that ends with a link is wrong for that alone.
    const whole = word.text === '!' ? start.slice(0, -1) : start;
    if (whole.length === 0) return false;
    const answer = attempt(descriptionOf(whole));
    return answer !== null && unnumbered(answer) === unnumbered(complaint);
  });
  const { line, column } = culprit(words, index, complaint) ?? { line: 1, column: 1 };
  return { line, column };
}

/** Elements without a name are counted through the life of a process. */
const unnumbered = (text: string): string => text.replace(/\d+/g, '#');

/** Caps are read only when the element behind them is known. */
function culprit(words: readonly PlacedWord[], index: number, complaint: string): PlacedWord | undefined {
  const linked = words[index - 1]?.text === '!' ? words[index - 2] : undefined;
  if (linked !== undefined && complaint.includes(`"${linked.text}"`)) return linked;
  return words[Math.max(index, 0)];
}
