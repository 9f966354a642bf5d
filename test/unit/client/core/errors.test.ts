import { readFileSync } from 'node:fs';
import {
  CallError,
  captureError,
  closeError,
  ERRORS,
  isFinal,
  responseError,
} from '../../../../client/src/core/errors.ts';
import type { ErrorCode } from '../../../../client/src/types.ts';
import { tableUnder, unquote } from '../../../support/markdown.ts';

describe('errors', () => {
  it('stand in client/README.md as in the code', () => {
    const readme = readFileSync(new URL('../../../../client/README.md', import.meta.url), 'utf8');
    const rows = tableUnder(readme, 'Errors').map(([code = '', message, remedy]) => [unquote(code), [message, remedy]]);
    expect(rows).toEqual(Object.entries(ERRORS));
  });

  it('say what is wrong and what to do', () => {
    const error = new CallError('full', '503 full', 3);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'CallError', code: 'full', retryAfter: 3, detail: '503 full' });
    expect([error.message, error.remedy]).toEqual(ERRORS.full);
  });

  it.each<[string, 'audio' | 'video', ErrorCode]>([
    ['NotAllowedError', 'audio', 'denied'],
    ['NotFoundError', 'audio', 'no-microphone'],
    ['NotFoundError', 'video', 'no-camera'],
    ['OverconstrainedError', 'video', 'no-camera'],
    ['NotReadableError', 'audio', 'device-busy'],
  ])('of getUserMedia: %s, without %s, is %s', (name, missing, code) => {
    const error = captureError(new DOMException('x', name), missing);
    expect([error.code, error.detail]).toEqual([code, `${name}: x`]);
  });

  it.each<[number, ErrorCode, boolean]>([
    [1001, 'unreachable', false],
    [1006, 'unreachable', false],
    [1009, 'offer-refused', true],
    [4400, 'offer-refused', true],
    [4408, 'unreachable', false],
    [4409, 'replaced', true],
    [4429, 'full', false],
    [4500, 'media-failed', false],
  ])('of a socket that closes with %d: %s', (closeCode, code, final) => {
    const error = closeError(closeCode, 'bundle: x');
    expect([error.code, error.detail, isFinal(error)]).toEqual([code, `${closeCode} bundle: x`, final]);
  });

  it.each<[number, string, ErrorCode, boolean]>([
    [400, 'claim-missing', 'refused', true],
    [401, '', 'refused', true],
    [401, 'permission-denied', 'not-permitted', false],
    [403, 'connect-origin', 'refused', true],
    [404, '', 'unreachable', false],
    [426, 'upgrade-required', 'unreachable', false],
    [429, 'connect-rate', 'full', false],
    [500, 'internal', 'unreachable', false],
    [502, '', 'unreachable', false],
    [503, '', 'full', false],
  ])('of a response %d %s: %s', (status, problem, code, final) => {
    const error = responseError(status, null, problem);
    expect([error.code, error.retryAfter, isFinal(error)]).toEqual([code, null, final]);
  });

  it('have the time that the service asks for', () => {
    expect(responseError(503, '7').retryAfter).toBe(7);
    // A service that is about to end may be back before.
    expect(responseError(503, '7', 'draining')).toMatchObject({ code: 'unreachable', retryAfter: null });
    expect(responseError(503, 'Wed, 21 Oct 2026 07:28:00 GMT').retryAfter).toBeNull();
  });
});
