import { ERRORS, ServiceError, type ErrorCode } from '../../../src/base/errors.ts';
import { problemOf, rawProblem } from '../../../src/http/problem.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

describe('problemOf', () => {
  test.each(CODES)('%s', (code) => {
    const problem = problemOf(new ServiceError(code, { detail: 'this one' }));
    const body = JSON.parse(problem.body) as Record<string, unknown>;
    expect(problem.headers['Content-Type']).toBe('application/problem+json');
    expect(body).toMatchObject({ type: 'about:blank', status: problem.status, code });
    expect(body['title']).toEqual(expect.any(String));
    expect(body['detail']).toBe(`${ERRORS[code].message}: this one`);
  });

  test.each([[new Error('secret token')], ['secret token'], [undefined]])('a bug shows nothing: %p', (error) => {
    const problem = problemOf(error);
    expect(problem.status).toBe(500);
    expect(problem.body).not.toContain('secret');
    expect(JSON.parse(problem.body)).toMatchObject({ code: 'internal' });
  });

  test.each<[ErrorCode, number | undefined, string]>([
    ['full', undefined, '5'],
    ['full', 10, '10'],
    ['connect-rate', 0.2, '1'],
    ['connect-rate', 1.2, '2'],
    ['draining', 0, '1'],
    ['conversation-full', undefined, '5'],
  ])('%s after %p says Retry-After: %s', (code, retryAfter, header) => {
    const error = new ServiceError(code, retryAfter === undefined ? {} : { retryAfter });
    expect(problemOf(error).headers['Retry-After']).toBe(header);
  });

  test('no other status has Retry-After', () => {
    const others = CODES.map((code) => problemOf(new ServiceError(code))).filter(
      ({ status }) => ![429, 503].includes(status),
    );
    expect(others.every(({ headers }) => headers['Retry-After'] === undefined)).toBe(true);
  });

  test('426 names the protocol, 401 a scheme', () => {
    expect(problemOf(new ServiceError('upgrade-required')).headers).toMatchObject({
      Upgrade: 'websocket',
      Connection: 'Upgrade',
    });
    expect(problemOf(new ServiceError('permission-denied')).headers['WWW-Authenticate']).toBe('Bearer');
  });
});

test('rawProblem is a whole response', () => {
  const [head, body] = rawProblem('claim-too-long', 'über').split('\r\n\r\n') as [string, string];
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
  expect(head).toContain('Connection: close');
  expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'claim-too-long' });
});
