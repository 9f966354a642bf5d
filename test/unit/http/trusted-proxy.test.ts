import { secretCheck } from '../../../src/http/trusted-proxy.ts';

test.each([
  ['correct horse battery', true],
  ['correct horse batter', false],
  ['correct horse battery ', false],
  ['Correct horse battery', false],
  ['', false],
  [undefined, false],
  [['correct horse battery'], false],
  ['x'.repeat(100_000), false],
])('%p', (given, expected) => {
  expect(secretCheck('correct horse battery')(given)).toBe(expected);
});
