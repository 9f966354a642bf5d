import { createHash } from 'node:crypto';

const PREFIX = 40;
const DIGITS = 16;

/**
 * A file name for an id, whatever is in it: at most 40 ASCII characters that people recognise, and 64 bits of its
 * SHA-256 that tell it from others. Never empty, no dot, no separator.
 */
export const safeName = (id: string): string => `${readable(id)}-${digest(id).slice(0, DIGITS)}`;

const readable = (id: string): string => id.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, PREFIX) || '_';

/** Ids may hold half a surrogate pair, which UTF-8 has no form for: those are hashed as JSON, which escapes it. */
const digest = (id: string): string =>
  createHash('sha256')
    .update(isWellFormed(id) ? id : JSON.stringify(id))
    .digest('hex');

const isWellFormed = (text: string): boolean => Buffer.from(text, 'utf8').toString('utf8') === text;

/** A text that GObject takes: it ends texts at NUL, and knows UTF-8 only. */
export const propertyText = (text: string): string =>
  Buffer.from(text, 'utf8').toString('utf8').replaceAll('\0', '\ufffd');

/** The directory of a recording below that of its conversation: sorts by time. */
export const recordingName = (startedMs: number, id: string): string => `${compactTime(startedMs)}-${id}`;

/** `20250131T235959Z` */
export const compactTime = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');
