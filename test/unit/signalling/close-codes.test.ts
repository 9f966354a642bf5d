import type { CloseReason } from '../../../src/base/close-reason.ts';
import { ERRORS, ServiceError, type ErrorCode } from '../../../src/base/errors.ts';
import { closureOf, cutReason, endError, ESTABLISHED } from '../../../src/signalling/close-codes.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];
/** The table of the contract. */
const CONTRACT_CODES = new Set([1000, 1001, 1009, 4400, 4408, 4409, 4429, 4500]);

describe('closureOf', () => {
  test.each(CODES)('%s has a code of the contract and a reason that fits into a close frame', (code) => {
    const closure = closureOf(new ServiceError(code, { detail: 'ü'.repeat(500) }));
    expect(CONTRACT_CODES).toContain(closure.code);
    expect(Buffer.byteLength(closure.reason)).toBeLessThanOrEqual(123);
    expect(closure.reason).not.toBe('');
  });

  test.each<[ErrorCode, number, RegExp]>([
    ['offer-bundle', 4400, /^bundle: all sections/],
    ['offer-mid', 4400, /^mid: /],
    ['offer-codec', 4400, /^codec: /],
    ['offer-fingerprint', 4400, /^fingerprint: /],
    ['offer-rejected-section', 4400, /^rejected-section: /],
    ['offer-timeout', 4408, /^offer-timeout: /],
    ['offer-displaced', 4408, /^offer-displaced: /],
    ['offer-too-large', 1009, /^offer-too-large: /],
    ['replaced', 4409, /^replaced: /],
    ['full', 4429, /^full: /],
    ['draining', 1001, /^draining: /],
    ['connect-failed', 4500, /^connect-failed: /],
    ['connect-timeout', 4500, /^connect-timeout: /],
    ['internal', 4500, /^internal: /],
  ])('%s is %i', (error, code, reason) => {
    const closure = closureOf(new ServiceError(error));
    expect(closure.code).toBe(code);
    expect(closure.reason).toMatch(reason);
  });

  test.each([[new Error('secret')], ['secret'], [undefined], [null]])('a bug shows nothing: %p', (error) => {
    expect(closureOf(error)).toEqual({ code: 4500, reason: 'internal: an error of the server' });
  });

  test('established is 1000', () => {
    expect(ESTABLISHED.code).toBe(1000);
  });
});

describe('endError', () => {
  test.each<[CloseReason, number]>([
    ['gone', 4500],
    ['silent', 4500],
    ['replaced', 4409],
    ['failed', 4500],
    ['abandoned', 4500],
    ['removed', 4500],
    ['shutdown', 1001],
  ])('a peer that ended as %s closes with %i', (reason, code) => {
    expect(endError(reason).closeCode).toBe(code);
  });
});

describe('cutReason', () => {
  test.each([
    ['', ''],
    ['short', 'short'],
    ['x'.repeat(123), 'x'.repeat(123)],
    ['x'.repeat(124), 'x'.repeat(123)],
    // 61 two-byte characters are 122 bytes; the next does not fit whole.
    ['ü'.repeat(100), 'ü'.repeat(61)],
    ['€'.repeat(100), '€'.repeat(41)],
    ['😀'.repeat(100), '😀'.repeat(30)],
    [`${'x'.repeat(121)}😀`, 'x'.repeat(121)],
    ['a\ud800b', 'a\ufffdb'],
  ])('%j', (text, cut) => {
    expect(cutReason(text)).toBe(cut);
    expect(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(cutReason(text)))).toBe(cut);
  });
});
