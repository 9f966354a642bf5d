import type { CloseReason } from '../base/close-reason.ts';
import { ServiceError, type ErrorCode } from '../base/errors.ts';

/** What a close frame says. */
export interface Closure {
  readonly code: number;
  /** At most 123 bytes of UTF-8 (RFC 6455 §5.5). */
  readonly reason: string;
}

/** The peer connection is up: the socket has done its work. */
export const ESTABLISHED: Closure = { code: 1000, reason: 'established' };

const MAX_REASON_BYTES = 123;

/**
 * The close frame for an error. Total: every code of the catalogue has one (4500 where the catalogue names none), and
 * whatever else is thrown is `internal`, with nothing of it shown.
 */
export const closureOf = (error: unknown): Closure => {
  const known = error instanceof ServiceError ? error : new ServiceError('internal');
  return { code: known.closeCode, reason: cutReason(`${label(known.code)}: ${known.message}`) };
};

/** The error a client is told when its peer ended before the connection was established. */
export const endError = (reason: CloseReason): ServiceError => {
  switch (reason) {
    case 'replaced':
      return new ServiceError('replaced');
    case 'shutdown':
      return new ServiceError('draining');
    case 'gone':
    case 'silent':
    case 'failed':
    case 'abandoned':
    case 'removed':
      return new ServiceError('connect-failed');
    default:
      return reason satisfies never;
  }
};

/** Cuts at a border between code points, so that the frame stays valid UTF-8. */
export const cutReason = (text: string): string => {
  let bytes = 0;
  let cut = '';
  // A lone surrogate would become three bytes of U+FFFD on the wire: it is that here already.
  for (const character of text.replace(/\p{Surrogate}/gu, '\ufffd')) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_REASON_BYTES) break;
    cut += character;
  }
  return cut;
};

/** The contract names what is wrong with an offer by a bare word: `bundle`, `mid`, `rejected-section`. */
const label = (code: ErrorCode): string => {
  const bare = /^offer-(.+)$/.exec(code)?.[1];
  return bare !== undefined && new ServiceError(code).closeCode === 4400 ? bare : code;
};
