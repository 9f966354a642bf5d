import { compactTime, propertyText, safeName } from '../names.ts';
import type { RecordedTrack } from '../types.ts';
import type { PlacedAssignment } from './compose.ts';
import { isPlaceholder, type LocationPart, type PlaceholderName, type Setting } from './placeholders.ts';

/** What placeholders stand for in one pipeline. */
export interface ValueContext {
  readonly recording: string;
  readonly conversation: string;
  /** ms since 1970. */
  readonly startedMs: number;
  readonly segment: number;
  /** In the order that the pipeline was composed for. */
  readonly tracks: readonly RecordedTrack[];
  /** By name; checked by `checkedSettings`. */
  readonly settings: ReadonlyMap<string, string | number>;
}

/** A property to be set; for a `location` the value is a file name. */
export interface PropertyValue {
  readonly element: string;
  readonly property: string;
  readonly value: string | number;
  readonly isFile: boolean;
}

/** A longer file name is refused by most file systems. */
const MAX_FILE_NAME = 255;

export const valuesOf = (assignments: readonly PlacedAssignment[], context: ValueContext): PropertyValue[] =>
  assignments.map((assignment) => {
    const { element, property } = assignment;
    const track = assignment.track === null ? null : (context.tracks[assignment.track] ?? null);
    const isFile = assignment.kind === 'location';
    const value = isFile ? fileName(assignment.parts, context, track) : valueOf(assignment.name, context, track);
    return { element, property, value, isFile };
  });

function valueOf(name: string, context: ValueContext, track: RecordedTrack | null): string | number {
  const setting = context.settings.get(name);
  const value = setting ?? (isPlaceholder(name) ? placeholderValue(name, context, track) : null);
  if (value === null) throw new RangeError(`{${name}} has no value here`);
  return typeof value === 'string' ? propertyText(value) : value;
}

/** Texts that come from outside become safe names. */
function fileName(parts: readonly LocationPart[], context: ValueContext, track: RecordedTrack | null): string {
  const name = parts
    .map((part) => ('text' in part ? part.text : fileNamePart(part.placeholder, context, track)))
    .join('');
  if (name.length > MAX_FILE_NAME) throw new RangeError(`a file name would be ${name.length} characters long`);
  return name;
}

function fileNamePart(name: PlaceholderName, context: ValueContext, track: RecordedTrack | null): string {
  if (name === 'started') return compactTime(context.startedMs);
  if (name === 'segment') return String(context.segment).padStart(4, '0');
  const value = placeholderValue(name, context, track);
  if (value === null) throw new RangeError(`{${name}} has no value here`);
  return typeof value === 'number' || name === 'track' ? String(value) : safeName(value);
}

function placeholderValue(
  name: PlaceholderName,
  context: ValueContext,
  track: RecordedTrack | null,
): string | number | null {
  if (isOfRecording(name)) return OF_RECORDING[name](context);
  return track === null ? null : OF_TRACK[name](track);
}

type OfRecording = 'conversation' | 'recording' | 'segment' | 'started' | 'dir';

const OF_RECORDING: Record<OfRecording, (context: ValueContext) => string | number | null> = {
  conversation: ({ conversation }) => conversation,
  recording: ({ recording }) => recording,
  segment: ({ segment }) => segment,
  started: ({ startedMs }) => new Date(startedMs).toISOString(),
  // A part of no value: a file name is put in the directory by whoever opens it.
  dir: () => null,
};

const OF_TRACK: Record<Exclude<PlaceholderName, OfRecording>, (track: RecordedTrack) => string | number> = {
  userid: ({ userid }) => userid,
  clientid: ({ clientid }) => clientid,
  kind: ({ kind }) => kind,
  codec: ({ codec }) => codec,
  mid: ({ mid }) => mid,
  ssrc: ({ ssrc }) => ssrc,
  csrc: ({ csrc }) => csrc,
  payloadtype: ({ payloadType }) => payloadType,
  clockrate: ({ clockRate }) => clockRate,
  track: (track) => trackName(track),
};

const isOfRecording = (name: PlaceholderName): name is OfRecording => Object.hasOwn(OF_RECORDING, name);

/** Recognised by people, and unlike that of any other track: an SSRC is there once in a recording. */
export const trackName = ({ userid, kind, ssrc }: RecordedTrack): string =>
  `${safeName(userid)}-${kind}-${ssrc.toString(16).padStart(8, '0')}`;

/** The settings of a file with what an operator gave; throws a RangeError that says what is wrong with it. */
export function checkedSettings(
  settings: readonly Setting[],
  given: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, string | number> {
  const unknown = Object.keys(given).find((name) => !settings.some((each) => each.name === name));
  if (unknown !== undefined) throw new RangeError(`there is no setting ${unknown}`);
  return new Map(settings.map((setting) => [setting.name, checkedSetting(setting, ownValue(given, setting.name))]));
}

/** A setting may be named as what every object has. */
const ownValue = (given: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(given, name) ? given[name] : undefined;

function checkedSetting({ name, type, default: fallback }: Setting, given: unknown): string | number {
  const value = given ?? fallback;
  if (value === null) throw new RangeError(`the setting ${name} is needed`);
  if (type === 'number' && typeof value === 'number' && Number.isFinite(value)) return value;
  if (type === 'text' && typeof value === 'string' && value.length <= MAX_SETTING) return value;
  throw new RangeError(
    `the setting ${name} is a ${type}${type === 'text' ? ` of at most ${MAX_SETTING} characters` : ''}`,
  );
}

const MAX_SETTING = 1024;
