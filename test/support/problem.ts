import type { Reply } from './client.ts';

/** An error as the contract has it: RFC 9457, with a stable code. */
export const expectProblem = (reply: Reply, status: number, code: string): void => {
  expect(reply.status).toBe(status);
  expect(reply.headers['content-type']).toBe('application/problem+json');
  expect(JSON.parse(reply.body)).toEqual({
    type: 'about:blank',
    title: expect.any(String),
    status,
    code,
    detail: expect.any(String),
  });
};
