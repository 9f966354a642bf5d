import express, { type RequestHandler } from 'express';
import { ServiceError } from '../../base/errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Names, ids and a few settings. */
const MAX_BODY = 16_384;

/** Takes a body, for `bodyObject`. The guard has seen to its content type. */
export const jsonBody: RequestHandler = express.text({ type: () => true, limit: MAX_BODY });

/** The JSON object in a body. Throws `admin-body`. */
export const bodyObject = (body: unknown): JsonObject => objectOf(parsed(typeof body === 'string' ? body : ''));

/** Throws `admin-body` where it is none. */
export function objectOf(value: unknown): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new ServiceError('admin-body', { detail: 'the body and its "settings" are JSON objects' });
}

/** A text in it. Throws `admin-body`, with what is wanted. */
export function textMember(object: JsonObject, name: string, what: string): string {
  const member = object[name];
  if (typeof member === 'string') return member;
  throw new ServiceError('admin-body', { detail: `a "${name}" is wanted, ${what}` });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ServiceError('admin-body', { detail: 'this is no JSON' });
  }
}
