import { ServiceError } from '../base/errors.ts';
import type { ClientId, UserId } from '../base/ids.ts';
import { isText } from './text.ts';

/** Who sends a request, and with which of his devices, as backend-auth says it. */
export interface Claim {
  readonly userid: UserId;
  /** The empty text where the claim names no device. */
  readonly clientid: ClientId;
}

/** Length of the header in bytes. */
const MAX_CLAIM_BYTES = 8 * 1024;
/** Length of an id in Unicode code points: what a person would count, whatever the encoding makes of it. */
const MAX_ID_LENGTH = 256;

/** A byte order mark is not part of JSON (RFC 8259 §8.1), so it is kept and makes the text malformed. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the `X-User-Claim` header as Node hands it over: one character per byte (latin1), the bytes being UTF-8.
 * Throws a ServiceError `claim-*`.
 */
export function parseClaim(header: string | undefined): Claim {
  if (header === undefined || header.trim() === '') throw new ServiceError('claim-missing');
  if (header.length > MAX_CLAIM_BYTES) throw new ServiceError('claim-too-long');
  const members = parseObject(decode(header));
  return { userid: useridOf(members), clientid: clientidOf(members) };
}

function decode(header: string): string {
  // A character above U+00FF is no byte: `Buffer.from` would quietly cut it down to one.
  if (/[^\0-\xff]/.test(header)) throw new ServiceError('claim-malformed');
  try {
    return utf8.decode(Buffer.from(header, 'latin1'));
  } catch (cause) {
    throw new ServiceError('claim-malformed', { cause });
  }
}

function parseObject(text: string): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own error quotes the claim, which is nobody's business in a log.
    throw new ServiceError('claim-malformed');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ServiceError('claim-malformed');
  // Own members only, so that nothing a prototype has can be taken for a member of the claim.
  return new Map(Object.entries(value));
}

function useridOf(members: ReadonlyMap<string, unknown>): UserId {
  const userid = members.get('userid');
  if (!isText(userid, MAX_ID_LENGTH) || userid === '') throw new ServiceError('claim-userid');
  return userid as UserId;
}

function clientidOf(members: ReadonlyMap<string, unknown>): ClientId {
  const clientid = members.has('clientid') ? members.get('clientid') : '';
  if (!isText(clientid, MAX_ID_LENGTH)) throw new ServiceError('claim-clientid');
  return clientid as ClientId;
}
