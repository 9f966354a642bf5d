import type { CallError as PublicError, ErrorCode, Kind } from '../types.ts';

/** For each code what is wrong, and what a user can do. README.md lists the same, and a test compares the two. */
export const ERRORS: Readonly<Record<ErrorCode, readonly [message: string, remedy: string]>> = {
  unsupported: ['This browser cannot make calls.', 'Use a current version of Firefox, Chrome, Edge or Safari.'],
  'insecure-context': ['Microphone and camera work on secure pages only.', 'Open this page with https://.'],
  denied: ['The page may not use the microphone or camera.', 'Allow it in the address bar, then try again.'],
  'no-microphone': ['No microphone was found.', 'Connect one, or go on without.'],
  'no-camera': ['No camera was found.', 'Connect one, or go on without.'],
  'device-busy': ['The microphone or camera cannot be started.', 'Close other programs that use it, then try again.'],
  refused: ['The service does not let you in.', 'Sign in again.'],
  full: ['The service is full.', 'Try again in a moment.'],
  'offer-refused': ['The service cannot work with this browser.', 'Update the browser, or use another one.'],
  'not-permitted': ['You may not join this conversation.', 'Ask somebody who is in it to let you in.'],
  replaced: ['This device is connected in another place.', 'Go on there, or connect here again.'],
  removed: ['You were removed from the call.', 'Ask whoever runs it.'],
  'pin-refused': ['The pin could not be set.', 'Try again when you are in the conversation.'],
  unreachable: ['The service does not answer.', 'Check the network; it may also be restarting.'],
  'media-failed': ['Sound and picture do not get through.', 'Try another network: this one may block UDP.'],
  closed: ['The call has ended.', 'Connect again.'],
};

export class CallError extends Error implements PublicError {
  override readonly name = 'CallError';
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly retryAfter: number | null;
  readonly detail: string;

  constructor(
    code: ErrorCode,
    { detail = '', retryAfter = null }: { detail?: string; retryAfter?: number | null } = {},
  ) {
    const [message, remedy] = ERRORS[code];
    super(message);
    this.code = code;
    this.remedy = remedy;
    this.retryAfter = retryAfter;
    this.detail = detail;
  }
}

/** Anything that was thrown, as an error of ours: the same, or one with this code. */
export const asCallError = (error: unknown, code: ErrorCode): CallError =>
  error instanceof CallError ? error : new CallError(code, { detail: String(error) });

/** What `getUserMedia` rejects with, as what it means. `missing`: the kind that there is no device of. */
export function captureError(name: string, detail: string, missing: Kind): CallError {
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new CallError('denied', { detail });
    case 'NotFoundError':
    case 'OverconstrainedError':
      return new CallError(missing === 'audio' ? 'no-microphone' : 'no-camera', { detail });
    default:
      return new CallError('device-busy', { detail: `${name}: ${detail}` });
  }
}

/** A close code before the connection was up (docs/contract.md). */
export function closeError(code: number, reason: string): CallError {
  const detail = `${code} ${reason}`.trim();
  switch (code) {
    case 1007:
    case 1009:
    case 4400:
      return new CallError('offer-refused', { detail });
    case 4409:
      return new CallError('replaced', { detail });
    case 4429:
      return new CallError('full', { detail });
    case 4500:
      return new CallError('media-failed', { detail });
    default:
      return new CallError('unreachable', { detail });
  }
}

/** What a proxy or the service says to whom it does not know. A 404 is none: that is a proxy without its service. */
const REFUSALS: readonly number[] = [400, 401, 403];

/** A response that is no success. `code` is that of the problem (docs/errors.md), where there is one. */
export function responseError(status: number, retryAfter: string | null, code = ''): CallError {
  const seconds = retryAfter === null ? NaN : Number(retryAfter);
  const options = { detail: `${status} ${code}`.trim(), retryAfter: Number.isFinite(seconds) ? seconds : null };
  // It is about to be started anew, and its place is looked for as after a crash.
  if (code === 'draining') return new CallError('unreachable', { detail: options.detail });
  if (code === 'permission-denied') return new CallError('not-permitted', options);
  if (status === 429 || status === 503) return new CallError('full', options);
  return new CallError(REFUSALS.includes(status) ? 'refused' : 'unreachable', options);
}

/** Whether another try makes no sense: it would end the same, or take the place of somebody. */
export const isFinal = ({ code }: CallError): boolean =>
  code === 'refused' || code === 'offer-refused' || code === 'replaced' || code === 'removed' || code === 'closed';
