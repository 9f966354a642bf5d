import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

describe('client/dist/client.js', () => {
  const bundle = read('client/dist/client.js');

  it('is one module that needs no other, and no more than 11 kB on the wire', () => {
    expect(bundle).not.toMatch(/\bimport\b/);
    expect(bundle).toMatch(/export\{[\w$]+ as CallError,[\w$]+ as connect\}/);
    expect(gzipSync(bundle, { level: 9 }).length).toBeLessThan(11_000);
  });

  it('has no dependencies', () => {
    const manifest = JSON.parse(read('client/package.json')) as object;
    expect(manifest).not.toHaveProperty('dependencies');
  });
});

test('the ten lines of the README are those of client/README.md', () => {
  const linesIn = (path: string): string | undefined => /```js\n(import \{ connect \}[^]*?)```/.exec(read(path))?.[1];
  expect(linesIn('README.md')?.split('\n').length).toBeGreaterThan(10);
  expect(linesIn('README.md')).toBe(linesIn('client/README.md'));
});
