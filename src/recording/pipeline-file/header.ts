import type { Codec, MediaKind } from '../types.ts';
import { Misplaced, type Position } from './error.ts';
import { isPlaceholder, type Setting } from './placeholders.ts';
import type { Line } from './words.ts';

export type Scope = 'track' | 'conversation';

/** What a file says about itself, in comment lines `# key: value`. */
export interface Header {
  readonly name: string;
  readonly scope: Scope;
  readonly kinds: readonly MediaKind[];
  readonly settings: readonly Setting[];
  /** `silence`: Opus has no holes; what was not sent, or got lost, is filled. */
  readonly fill: 'none' | 'silence';
  /** Names of the element messages that are measurements. */
  readonly messages: readonly string[];
}

/** A file cut in its parts. The text of a branch is there once per track, the other text once per pipeline. */
export interface Parts {
  readonly header: Header;
  readonly once: readonly Line[];
  readonly branches: ReadonlyMap<BranchKey, Branch>;
}

export type BranchKey = Codec | MediaKind;

export interface Branch {
  readonly position: Position;
  readonly lines: readonly Line[];
}

export const CODECS: Readonly<Record<MediaKind, readonly Codec[]>> = { audio: ['opus'], video: ['vp8', 'h264'] };

const BRANCH_KEYS: readonly BranchKey[] = ['audio', 'video', 'opus', 'vp8', 'h264'];
const START: Position = { line: 1, column: 1 };

/** Reads the comment lines, and puts every other line where it belongs. */
export function partsOf(text: string): Parts {
  const fields = new Map<string, Field>();
  const once: Line[] = [];
  const branches = new Map<BranchKey, Branch & { readonly lines: Line[] }>();
  let open = once;
  for (const [index, line] of text.split('\n').entries()) {
    const number = index + 1;
    refuseControls(line, number);
    const mark = /^#\s*(?:track\.(\w+)|once):\s*$/.exec(line);
    const field = /^#\s*(name|scope|kinds|settings|fill|messages):\s*(.*?)\s*$/.exec(line);
    if (mark !== null) {
      open = mark[1] === undefined ? once : openBranch(branches, mark[1], { line: number, column: 1 });
    } else if (field !== null) {
      addField(fields, field[1] ?? '', { value: field[2] ?? '', line: number, column: 1 });
    } else if (!/^\s*#/.test(line)) {
      open.push({ number, text: line });
    }
  }
  return { header: headerOf(fields), once, branches };
}

interface Field extends Position {
  readonly value: string;
}

function refuseControls(line: string, number: number): void {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  const at = line.search(/[\u0000-\u0008\u000a-\u001f\u007f]/);
  if (at >= 0) throw new Misplaced({ line: number, column: at + 1 }, 'a control character; lines end with \\n');
}

function openBranch(branches: Map<BranchKey, Branch & { lines: Line[] }>, name: string, position: Position): Line[] {
  const key = BRANCH_KEYS.find((each) => each === name);
  if (key === undefined) throw new Misplaced(position, `track.${name}: there are ${BRANCH_KEYS.join(', ')}`);
  if (branches.has(key)) throw new Misplaced(position, `track.${name} is here twice`);
  const branch = { position, lines: [] };
  branches.set(key, branch);
  return branch.lines;
}

function addField(fields: Map<string, Field>, key: string, field: Field): void {
  if (fields.has(key)) throw new Misplaced(field, `${key} is here twice`);
  fields.set(key, field);
}

function headerOf(fields: ReadonlyMap<string, Field>): Header {
  return {
    name: required(fields, 'name', /^[a-z][a-z0-9-]{0,39}$/, 'lower-case letters, digits and "-"').value,
    scope: required(fields, 'scope', /^(track|conversation)$/, 'track or conversation').value as Scope,
    kinds: listOf(
      required(fields, 'kinds', /^(audio|video)(\s*,\s*(audio|video))*$/, 'audio, video, or both'),
    ) as MediaKind[],
    settings: settingsOf(fields.get('settings')),
    fill: (optional(fields, 'fill', /^(none|silence)$/, 'none or silence')?.value ?? 'none') as Header['fill'],
    messages: listOf(optional(fields, 'messages', /^[A-Za-z][\w./-]*(\s*,\s*[A-Za-z][\w./-]*)*$/, 'names of messages')),
  };
}

function required(fields: ReadonlyMap<string, Field>, key: string, pattern: RegExp, allowed: string): Field {
  const field = optional(fields, key, pattern, allowed);
  if (field === null) throw new Misplaced(START, `the header needs a line "# ${key}: …"`);
  return field;
}

function optional(fields: ReadonlyMap<string, Field>, key: string, pattern: RegExp, allowed: string): Field | null {
  const field = fields.get(key);
  if (field === undefined) return null;
  if (!pattern.test(field.value)) throw new Misplaced(field, `${key} is ${allowed}, not "${field.value}"`);
  return field;
}

const listOf = (field: Field | null): string[] => (field === null ? [] : [...new Set(field.value.split(/\s*,\s*/))]);

/** `host=127.0.0.1, port:number=5004, title` */
function settingsOf(field: Field | undefined): Setting[] {
  if (field === undefined || field.value === '') return [];
  const settings = field.value.split(/\s*,\s*/).map((text) => settingOf(text, field));
  const twice = settings.find((each, index) => settings.findIndex(({ name }) => name === each.name) !== index);
  if (twice !== undefined) throw new Misplaced(field, `the setting ${twice.name} is here twice`);
  return settings;
}

function settingOf(text: string, position: Position): Setting {
  const [, name = '', type = 'text', value] = /^([a-z]+)(?::(text|secret|number))?(?:=([^\s"'!]+))?$/.exec(text) ?? [];
  if (name === '')
    throw new Misplaced(position, `a setting is name, name=default, name:number=default or name:secret, not "${text}"`);
  if (isPlaceholder(name)) throw new Misplaced(position, `{${name}} is there already`);
  if (type === 'secret') return { name, type: 'text', default: value ?? null, isSecret: true };
  if (type === 'text') return { name, type, default: value ?? null };
  const number = value === undefined ? null : Number(value);
  if (number !== null && !Number.isFinite(number)) throw new Misplaced(position, `the default of ${name} is no number`);
  return { name, type: 'number', default: number };
}
