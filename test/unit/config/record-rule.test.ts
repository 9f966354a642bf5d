import { pipelineSettings, recordRule } from '../../../src/config/record-rule.ts';

describe('RECORD', () => {
  const table: [rule: string, conversation: string, isRecorded: boolean][] = [
    ['off', 'off', false],
    ['all', 'tea', true],
    ['tea', 'tea', true],
    ['tea', 'teapot', false],
    ['coffee, tea', 'tea', true],
    ['tea*', 'teapot', true],
    ['*pot', 'teapot', true],
    ['*pot', 'pots', false],
    ['t*a*t', 'teapot', true],
    ['t*z*t', 'teapot', false],
    ['aba*aba', 'aba', false],
    ['aba*aba', 'abaaba', true],
    ['a*ab*b', 'aab', false],
    ['a.c', 'abc', false],
    ['*', '', true],
    ['x*y', 'x\ny', true],
  ];

  it.each(table)('%j names %j: %s', (rule, conversation, isRecorded) => {
    expect(recordRule(rule)(conversation)).toBe(isRecorded);
  });

  it('takes no time, whatever the pattern', () => {
    const pattern = `${'*a'.repeat(100)}b`;
    const began = performance.now();
    expect(recordRule(pattern)('a'.repeat(256))).toBe(false);
    expect(performance.now() - began).toBeLessThan(100);
  });

  it('needs a pattern', () => {
    expect(() => recordRule(',')).toThrow('no pattern');
  });
});

describe('settings of a pipeline', () => {
  it.each<[string, object]>([
    ['host=10.0.0.9,port=5004', { host: '10.0.0.9', port: '5004' }],
    [' host = a b , port=', { host: 'a b', port: '' }],
    ['title=a=b', { title: 'a=b' }],
    [',', {}],
    ['', {}],
  ])('%j', (text, settings) => {
    expect(pipelineSettings(text)).toEqual(settings);
  });

  it.each(['host', '=a', 'Host=a', 'a.b=c', '__proto__=1', 'a=1,a=2'])('%j are none', (text) => {
    expect(() => pipelineSettings(text)).toThrow(/is not name=value|is there twice/);
  });
});
