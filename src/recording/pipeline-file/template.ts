import { Misplaced, type Position } from './error.ts';
import type { Slot } from './placeholders.ts';
import type { Word } from './words.ts';

/** A piece of a pipeline: its words, and what is special about them. */
export interface Template {
  readonly words: readonly TemplateWord[];
  /** The `appsrc name=track` that the packets enter by; null where this piece has none. */
  readonly source: { readonly position: Position } | null;
}

export type TemplateWord = Position & {
  /** Where this word names an element, or refers to one that is named here (`mux.`): what is renamed in each copy. */
  readonly name: string | null;
  /** The element this word belongs to, counted in the piece; -1 where it belongs to none. */
  readonly element: number;
} & (
    | { readonly kind: 'text'; readonly raw: string }
    | { readonly kind: 'slot'; readonly property: string; readonly slot: Slot }
  );

/** What packets enter by. */
export const SOURCE = 'track';

export function templateOf(words: readonly Word[], slotOf: (word: Word) => Slot | null): Template {
  const names = namesOf(words);
  const template: TemplateWord[] = [];
  let element = -1;
  let factory = '';
  let source: Position | null = null;
  for (const word of words) {
    if (word.kind === 'plain' && isElement(word.raw)) {
      element += 1;
      factory = word.raw;
    }
    const slot = slotOf(word);
    const name = nameOf(word, names);
    const { line, column } = word;
    if (slot !== null && word.kind === 'assignment') {
      if (element < 0) throw new Misplaced(word, 'a property without an element in front of it');
      template.push({ kind: 'slot', property: word.property, slot, name, element, line, column });
    } else {
      template.push({ kind: 'text', raw: word.raw, name, element, line, column });
    }
    if (name !== SOURCE || word.kind !== 'assignment') continue;
    if (factory !== 'appsrc') throw new Misplaced(word, 'only an appsrc may be named track');
    source = { line, column };
  }
  return { words: template, source: source === null ? null : { position: source } };
}

/** Of a piece; a name stands for one element. */
function namesOf(words: readonly Word[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const word of words) {
    if (word.kind !== 'assignment' || word.property !== 'name') continue;
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(word.value)) {
      throw new Misplaced({ line: word.line, column: word.valueColumn }, 'a name has letters, digits and "_"');
    }
    if (names.has(word.value)) throw new Misplaced(word, `two elements are named ${word.value}`);
    names.add(word.value);
  }
  return names;
}

function nameOf(word: Word, names: ReadonlySet<string>): string | null {
  const name = word.kind === 'assignment' ? (word.property === 'name' ? word.value : null) : referenceOf(word.raw);
  return name !== null && names.has(name) ? name : null;
}

/** `mux.` and `mux.audio_0` */
const referenceOf = (raw: string): string | null => /^([A-Za-z][A-Za-z0-9_]*)\./.exec(raw)?.[1] ?? null;

/** Neither a link, nor a reference, nor caps, nor a parenthesis. */
const isElement = (raw: string): boolean => /^[A-Za-z][A-Za-z0-9_-]*$/.test(raw);
