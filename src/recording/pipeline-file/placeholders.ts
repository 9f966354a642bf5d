import { Misplaced, type Position } from './error.ts';
import type { Assignment, Word } from './words.ts';

/**
 * What may stand in braces. A placeholder is a whole property value, or a part of a `location`: it never becomes text of
 * a pipeline, it is set as a property when the pipeline was made, so that no id can say anything to GStreamer's parser.
 */
export type PlaceholderType =
  | 'text'
  | 'number'
  /** Only in a `location`. */
  | 'path';

interface Placeholder {
  readonly type: PlaceholderType;
  /** Says something about one track, so it cannot stand where a pipeline has several. */
  readonly ofTrack: boolean;
}

const of = (type: PlaceholderType, ofTrack: boolean): Placeholder => ({ type, ofTrack });

export const PLACEHOLDERS = {
  conversation: of('text', false),
  recording: of('text', false),
  /** When the recording began, ISO 8601 in UTC; in a `location` without colons. */
  started: of('text', false),
  /** Counts the files of a recording, from 1. */
  segment: of('number', false),
  /** The directory of the recording. */
  dir: of('path', false),
  userid: of('text', true),
  clientid: of('text', true),
  kind: of('text', true),
  codec: of('text', true),
  mid: of('text', true),
  ssrc: of('number', true),
  csrc: of('number', true),
  payloadtype: of('number', true),
  clockrate: of('number', true),
  /** A name for the track that no other of the recording has. */
  track: of('path', true),
} as const satisfies Record<string, Placeholder>;

export type PlaceholderName = keyof typeof PLACEHOLDERS;

/** What an operator gives when he starts a recording; declared in the header of the file. */
export interface Setting {
  readonly name: string;
  readonly type: 'text' | 'number';
  readonly default: string | number | null;
  /** A text that is not written into the manifest. */
  readonly isSecret?: boolean;
}

/** A `location`: texts as they are, and placeholders. */
export type LocationPart = { readonly text: string } | { readonly placeholder: PlaceholderName };

/** What is to be set at a property after parsing. */
export type Slot =
  | { readonly kind: 'value'; readonly name: string; readonly sentinel: string }
  | { readonly kind: 'location'; readonly parts: readonly LocationPart[] };

/** Lower case in braces: caps may have lists in braces too, of upper-case names and numbers. */
const BRACES = /\{([a-z]+)\}/g;

/** What the parser sees in the place of a text and of a file name. */
const TEXT_SENTINEL = 'placeholder';
/** The place of a number: in the range of most properties. */
const NUMBER_SENTINEL = 1;

export interface PlaceholderRules {
  readonly settings: readonly Setting[];
  /** Whether the pipeline, here, is about one track. */
  readonly ofTrack: boolean;
}

/** The slot of an assignment; null where it has no placeholder. Throws where a placeholder is not allowed. */
export function slotOf(word: Word, rules: PlaceholderRules): Slot | null {
  if (word.kind === 'assignment' && word.property === 'location') return locationOf(word, rules);
  const [first] = [...word.raw.matchAll(BRACES)];
  if (first === undefined) return null;
  const position = { line: word.line, column: word.column + first.index };
  const name = first[1] ?? '';
  if (word.kind !== 'assignment' || word.value !== first[0] || word.property === 'name') {
    throw new Misplaced(position, `{${name}} may only be a whole property value, or stand in a location`);
  }
  if (word.property.includes('::')) throw new Misplaced(position, `{${name}} cannot be set at a child's property`);
  return { kind: 'value', name, sentinel: sentinelOf(name, position, rules) };
}

function sentinelOf(name: string, position: Position, rules: PlaceholderRules): string {
  const setting = rules.settings.find((each) => each.name === name);
  if (setting !== undefined)
    return String(setting.default ?? (setting.type === 'number' ? NUMBER_SENTINEL : TEXT_SENTINEL));
  const known = knownAs(name, position, rules);
  if (PLACEHOLDERS[known].type === 'path') throw new Misplaced(position, `{${name}} may only stand in a location`);
  return PLACEHOLDERS[known].type === 'number' ? String(NUMBER_SENTINEL) : TEXT_SENTINEL;
}

function knownAs(name: string, position: Position, { settings, ofTrack }: PlaceholderRules): PlaceholderName {
  if (!isPlaceholder(name)) {
    const known = [...Object.keys(PLACEHOLDERS), ...settings.map((each) => each.name)].map((each) => `{${each}}`);
    throw new Misplaced(position, `there is no {${name}}; there are ${known.join(' ')}`);
  }
  if (PLACEHOLDERS[name].ofTrack && !ofTrack) {
    throw new Misplaced(position, `{${name}} is about one track, and there may be several here`);
  }
  return name;
}

export const isPlaceholder = (name: string): name is PlaceholderName => Object.hasOwn(PLACEHOLDERS, name);

/** `{dir}/` and one file name; nothing else can be written to. */
function locationOf(word: Assignment, rules: PlaceholderRules): Slot {
  const position = { line: word.line, column: word.valueColumn };
  const name = /^\{dir\}\/(.*)$/.exec(word.value)?.[1];
  if (name === undefined) throw new Misplaced(position, 'a location begins with {dir}/');
  const parts = partsOf(name, position, rules);
  const texts = parts.map((part) => ('text' in part ? part.text : '')).join('');
  if (!/^[A-Za-z0-9._-]*$/.test(texts) || name.startsWith('.')) {
    throw new Misplaced(position, 'behind {dir}/ a location has letters, digits, "." "_" "-" and placeholders');
  }
  for (const needed of rules.ofTrack ? (['segment', 'track'] as const) : (['segment'] as const)) {
    if (!parts.some((part) => 'placeholder' in part && part.placeholder === needed)) {
      throw new Misplaced(position, `a location needs {${needed}}, or files would overwrite one another`);
    }
  }
  return { kind: 'location', parts };
}

function partsOf(name: string, position: Position, rules: PlaceholderRules): LocationPart[] {
  const pieces = name.split(BRACES);
  return pieces.flatMap((piece, index): LocationPart[] => {
    if (index % 2 === 0) return piece === '' ? [] : [{ text: piece }];
    if (rules.settings.some((each) => each.name === piece) || piece === 'dir') {
      throw new Misplaced(position, `{${piece}} cannot be a part of a file name`);
    }
    return [{ placeholder: knownAs(piece, position, rules) }];
  });
}
