import type { Codec } from '../types.ts';
import type { Position } from './error.ts';
import type { LocationPart } from './placeholders.ts';
import type { PipelineFile } from './pipeline-file.ts';
import { SOURCE, type Template, type TemplateWord } from './template.ts';

/** A pipeline for certain tracks, ready for `parseLaunch`: nothing of what is set afterwards is in the text. */
export interface Composed {
  readonly words: readonly PlacedWord[];
  readonly assignments: readonly PlacedAssignment[];
  /** The names of the appsrcs, in the order of the tracks. */
  readonly sources: readonly string[];
}

/** A word of the text, and where it stands in the file. */
export interface PlacedWord extends Position {
  readonly text: string;
}

/** A property that is set after parsing. */
export type PlacedAssignment = Position & {
  /** The name of an element. */
  readonly element: string;
  readonly property: string;
  /** Index of the track that the value is about; null where the pipeline is about several. */
  readonly track: number | null;
} & (
    | { readonly kind: 'value'; readonly name: string }
    | { readonly kind: 'location'; readonly parts: readonly LocationPart[] }
  );

/** What the parser sees where a file name will stand. */
const LOCATION_SENTINEL = 'placeholder';

/**
 * Puts `once` and the branches of the tracks together. Names of a branch get the number of its track: `track` becomes
 * `track-0`. Throws a RangeError where the file has no branch for a codec, or is about one track and gets another number.
 */
export function compose(file: PipelineFile, tracks: readonly Codec[]): Composed {
  const isOfTrack = file.scope === 'track';
  if (isOfTrack && tracks.length !== 1) throw new RangeError(`${file.name} is about one track, not ${tracks.length}`);
  const pieces = tracks.map((codec, index) => {
    const template = file.branches.get(codec);
    if (template === undefined) throw new RangeError(`${file.name} has nothing for ${codec}`);
    return copyOf(template, `-${index}`, index);
  });
  const once = copyOf(file.once, '', isOfTrack ? 0 : null);
  const all = [once, ...pieces];
  return {
    words: all.flatMap(({ words }) => words),
    assignments: all.flatMap(({ assignments }) => assignments),
    sources: tracks.map((_, index) => (file.once.source === null ? `${SOURCE}-${index}` : SOURCE)),
  };
}

export const descriptionOf = (words: readonly PlacedWord[]): string => words.map(({ text }) => text).join(' ');

interface Copy {
  readonly words: readonly PlacedWord[];
  readonly assignments: readonly PlacedAssignment[];
}

/** An element that something is set at needs a name; one that has none in the file gets one. */
function copyOf(template: Template, suffix: string, track: number | null): Copy {
  const names = new Map<number, string>();
  for (const word of template.words) {
    if (word.name !== null && isNaming(word)) names.set(word.element, `${word.name}${suffix}`);
  }
  const words: PlacedWord[] = [];
  const assignments: PlacedAssignment[] = [];
  for (const word of template.words) {
    const { line, column } = word;
    if (word.kind === 'text') {
      words.push({ text: renamed(word.raw, word.name, suffix), line, column });
      continue;
    }
    words.push({ text: `${word.property}=${sentinelOf(word)}`, line, column });
    let element = names.get(word.element);
    if (element === undefined) {
      element = `at-${line}-${column}${suffix}`;
      names.set(word.element, element);
      words.push({ text: `name=${element}`, line, column });
    }
    const place = { element, property: word.property, track, line, column };
    assignments.push(
      word.slot.kind === 'value'
        ? { kind: 'value', name: word.slot.name, ...place }
        : { kind: 'location', parts: word.slot.parts, ...place },
    );
  }
  return { words, assignments };
}

const isNaming = (word: TemplateWord): boolean => word.kind === 'text' && word.raw.startsWith('name=');

const sentinelOf = ({ slot }: TemplateWord & { kind: 'slot' }): string =>
  slot.kind === 'value' ? slot.sentinel : LOCATION_SENTINEL;

function renamed(raw: string, name: string | null, suffix: string): string {
  if (name === null) return raw;
  return raw.startsWith('name=') ? `name=${name}${suffix}` : `${name}${suffix}${raw.slice(name.length)}`;
}
