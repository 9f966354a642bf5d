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

  constructor(code: ErrorCode, detail = '', retryAfter: number | null = null) {
    const [message, remedy] = ERRORS[code];
    super(message);
    this.code = code;
    this.remedy = remedy;
    this.retryAfter = retryAfter;
    this.detail = detail;
  }
}

type Codes = Readonly<Record<string | number, ErrorCode>>;

/** Anything that was thrown, as an error of ours: the same, or one with this code. */
export const asCallError = (error: unknown, code: ErrorCode): CallError =>
  error instanceof CallError ? error : new CallError(code, String(error));

/** What `getUserMedia` rejects with, as what it means. `missing`: the kind that there is no device of. */
export function captureError(error: unknown, missing: Kind): CallError {
  const none = missing === 'audio' ? 'no-microphone' : 'no-camera';
  const codes: Codes = {
    NotAllowedError: 'denied',
    SecurityError: 'denied',
    NotFoundError: none,
    OverconstrainedError: none,
  };
  return new CallError(codes[(error as Partial<Error> | null)?.name ?? ''] ?? 'device-busy', String(error));
}

/** Close codes before the connection was up (docs/contract.md). */
const CLOSE_CODES: Codes = {
  1007: 'offer-refused',
  1009: 'offer-refused',
  4400: 'offer-refused',
  4409: 'replaced',
  4429: 'full',
  4500: 'media-failed',
};

export const closeError = (code: number, reason: string): CallError =>
  new CallError(CLOSE_CODES[code] ?? 'unreachable', `${code} ${reason}`.trim());

/** A 404 is no refusal: that is a proxy without its service. */
const STATUSES: Codes = { 400: 'refused', 401: 'refused', 403: 'refused', 429: 'full', 503: 'full' };
/** Where the problem tells more than the status (docs/errors.md). One that drains is about to be started anew. */
const PROBLEMS: Codes = { draining: 'unreachable', 'permission-denied': 'not-permitted' };

/** A response that is no success. `problem` is the code of its problem, where there is one. */
export function responseError(status: number, retryAfter: string | null, problem = ''): CallError {
  const seconds = Number.parseInt(retryAfter ?? '', 10);
  return new CallError(
    PROBLEMS[problem] ?? STATUSES[status] ?? 'unreachable',
    `${status} ${problem}`.trim(),
    // What drains may be back before the time that it says.
    Number.isNaN(seconds) || problem === 'draining' ? null : seconds,
  );
}

const FINAL: readonly ErrorCode[] = ['refused', 'offer-refused', 'replaced', 'removed', 'closed'];

/** Whether another try makes no sense: it would end the same, or take the place of somebody. */
export const isFinal = ({ code }: CallError): boolean => FINAL.includes(code);
