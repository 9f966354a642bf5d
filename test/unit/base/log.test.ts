import { createLogger } from '../../../src/base/log.ts';

describe('createLogger', () => {
  const logged = (level: Parameters<typeof createLogger>[0]) => {
    const lines: string[] = [];
    const logger = createLogger(level, { write: (line: string) => void lines.push(line) });
    logger.debug({ a: 1 }, 'first');
    logger.warn({ b: 'two\nlines' }, 'second');
    return lines;
  };

  it('writes one JSON object per line, with level, time, fields and sentence', () => {
    const lines = logged('debug');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { level: 'debug', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), a: 1, msg: 'first' },
      { level: 'warn', time: expect.any(String), b: 'two\nlines', msg: 'second' },
    ]);
    for (const line of lines) expect(line.trimEnd()).not.toContain('\n');
  });

  it.each([
    ['warn', 1],
    ['error', 0],
    ['silent', 0],
  ] as const)('at %s writes %d of debug and warn', (level, count) => {
    expect(logged(level)).toHaveLength(count);
  });
});
