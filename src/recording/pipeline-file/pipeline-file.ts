import type { Codec, MediaKind } from '../types.ts';
import { Misplaced, PipelineFileError, type Position } from './error.ts';
import { CODECS, partsOf, type Branch, type BranchKey, type Header } from './header.ts';
import { slotOf, type PlaceholderRules } from './placeholders.ts';
import { templateOf, type Template } from './template.ts';
import { wordsOf } from './words.ts';

/**
 * A file of `pipelines/` that may be used on a live conversation: its header, and the text of its pipeline with the
 * placeholders taken out. Pure; whether GStreamer likes the text is asked elsewhere (`check.ts`).
 *
 * A pipeline is made of `once` and of one branch per track. The branch of a codec is that of its name, else that of its
 * kind, else, in a file about one track, `once` alone.
 */
export interface PipelineFile extends Header {
  readonly once: Template;
  readonly branches: ReadonlyMap<Codec, Template>;
}

/** Throws a `PipelineFileError`. `name` is that of the file without `.gst`. */
export function parsePipelineFile(name: string, text: string): PipelineFile {
  try {
    return parse(name, text);
  } catch (error) {
    if (error instanceof Misplaced) throw new PipelineFileError(`${name}.gst`, error.position, error.message);
    throw error;
  }
}

function parse(name: string, text: string): PipelineFile {
  const { header, once, branches } = partsOf(text);
  if (header.name !== name) throw new Misplaced(START, `the file is named ${name}, its header says ${header.name}`);
  const rules = { settings: header.settings, ofTrack: header.scope === 'track' };
  const onceTemplate = templateOf(wordsOf(once), (word) => slotOf(word, rules));
  const file = { ...header, once: onceTemplate, branches: branchesOf(header, onceTemplate, branches) };
  if (header.scope === 'conversation' && onceTemplate.source !== null) {
    throw new Misplaced(onceTemplate.source.position, 'in a pipeline about a conversation, tracks enter by branches');
  }
  return file;
}

function branchesOf(header: Header, once: Template, branches: ReadonlyMap<BranchKey, Branch>): Map<Codec, Template> {
  const rules = { settings: header.settings, ofTrack: true };
  const templates = new Map([...branches].map(([key, branch]) => [key, branchTemplate(key, branch, once, rules)]));
  const needless = [...branches].find(([key]) => !header.kinds.some((kind) => key === kind || isOf(key, kind)));
  if (needless !== undefined)
    throw new Misplaced(needless[1].position, `track.${needless[0]} is of no kind of the file`);
  const found = header.kinds.flatMap((kind) => {
    const ofKind = CODECS[kind].flatMap((codec): [Codec, Template][] => {
      const template = templates.get(codec) ?? templates.get(kind) ?? (once.source === null ? undefined : EMPTY);
      return template === undefined ? [] : [[codec, template]];
    });
    if (ofKind.length === 0) throw new Misplaced(START, `no "appsrc name=track" for ${kind}, in a branch or outside`);
    return ofKind;
  });
  return new Map(found);
}

const START: Position = { line: 1, column: 1 };
const EMPTY: Template = { words: [], source: null };

const isOf = (key: BranchKey, kind: MediaKind): boolean => CODECS[kind].some((codec) => codec === key);

function branchTemplate(key: BranchKey, branch: Branch, once: Template, rules: PlaceholderRules): Template {
  const template = templateOf(wordsOf(branch.lines), (word) => slotOf(word, rules));
  if (template.source === null && once.source === null) {
    throw new Misplaced(branch.position, `track.${key}: no "appsrc name=track"`);
  }
  if (template.source !== null && once.source !== null) {
    throw new Misplaced(template.source.position, 'there is an "appsrc name=track" outside of the branches already');
  }
  return template;
}
