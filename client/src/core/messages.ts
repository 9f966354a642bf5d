import type { Kind } from '../types.ts';

// The messages of the `events` channel (docs/events.md), as far as they matter here.

export interface Device {
  readonly userid: string;
  readonly clientid: string;
  readonly csrc: number;
}

export interface Member extends Device {
  readonly publishes: readonly Kind[];
  /** What he has said to be off. */
  readonly muted?: readonly Kind[];
}

/** A section of ours that can receive. */
export interface Slot {
  readonly mid: string;
  readonly kind: Kind;
  /** The n-th of its kind. */
  readonly index: number;
}

export type Message =
  | ({ readonly type: 'welcome'; readonly slots: readonly Slot[] } & Device)
  | {
      readonly type: 'roster';
      readonly conversation: string | null;
      readonly part: number;
      readonly parts: number;
      readonly members: readonly Member[];
    }
  | { readonly type: 'slots'; readonly slots: Readonly<Record<string, Device | null>> }
  | { readonly type: 'speakers'; readonly speakers: readonly Device[] }
  | { readonly type: 'recording'; readonly on: boolean }
  | { readonly type: 'ping' }
  | { readonly type: 'error'; readonly code: string; readonly detail: string }
  | { readonly type: 'bye'; readonly reason: string };

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
const isKind: Check = (value) => value === 'audio' || value === 'video';
const either =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const isNull: Check = (value) => value === null;
const isMissing: Check = (value) => value === undefined;
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const hasAll =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(checks).every(([name, check]) => check(value[name]));

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const DEVICE = { userid: isText, clientid: isText, csrc: isNumber };

const SHAPES: Readonly<Record<Message['type'], Check>> = {
  welcome: hasAll({ ...DEVICE, slots: listOf(hasAll({ mid: isText, kind: isKind, index: isNumber })) }),
  roster: hasAll({
    conversation: either(isText, isNull),
    part: isNumber,
    parts: isNumber,
    members: listOf(hasAll({ ...DEVICE, publishes: listOf(isKind), muted: either(isMissing, listOf(isKind)) })),
  }),
  slots: hasAll({ slots: (value) => isObject(value) && Object.values(value).every(either(isNull, hasAll(DEVICE))) }),
  speakers: hasAll({ speakers: listOf(hasAll(DEVICE)) }),
  recording: hasAll({ on: (value) => typeof value === 'boolean' }),
  ping: () => true,
  error: hasAll({ code: isText, detail: isText }),
  bye: hasAll({ reason: isText }),
};

/** null for what is no message that is known here: it is ignored, so that the protocol can grow. */
export function parseMessage(text: unknown): Message | null {
  if (typeof text !== 'string') return null;
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || typeof value['type'] !== 'string' || !Object.hasOwn(SHAPES, value['type'])) return null;
    return SHAPES[value['type'] as Message['type']](value) ? (value as unknown as Message) : null;
  } catch {
    return null;
  }
}
