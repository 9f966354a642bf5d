import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RULES } from './support/architecture-rules.ts';
import { violations, type Rules, type SourceFile } from './support/architecture.ts';

const TOP = resolve(import.meta.dirname, '..');

describe('the architecture', () => {
  it('is kept by every file: layers, no cycles, no long files, one reader of the environment', () => {
    const files = ['src', 'client', 'dashboard', 'demo', 'docker', 'node-gst', 'scripts'].flatMap(read);
    expect(files.length).toBeGreaterThan(50);
    expect(violations(files, RULES)).toEqual([]);
  });

  it('leaves tests 450 lines a file', () => {
    const files = ['test', 'node-gst/test'].flatMap(read);
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter(({ text }) => text.split('\n').length > 451).map(({ path }) => path)).toEqual([]);
  });
});

function read(folder: string): SourceFile[] {
  return readdirSync(join(TOP, folder), { withFileTypes: true }).flatMap((entry): SourceFile[] => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ['node_modules', 'build', 'dist', 'test'].includes(entry.name) ? [] : read(path);
    return /\.(ts|js|mjs|cjs|cc|h)$/.test(entry.name) ? [{ path, text: readFileSync(join(TOP, path), 'utf8') }] : [];
  });
}

describe('the check itself', () => {
  const file = (path: string, text = ''): SourceFile => ({ path, text });
  const check = (...files: SourceFile[]): string[] => violations(files, { ...RULES, longFiles: {} });
  const BASE = file('src/base/ids.ts');

  it('is content with what is allowed', () => {
    expect(
      check(
        BASE,
        file('src/sdp/types.ts', `import type { Mid } from '../base/ids.ts';`),
        file('src/sdp/offer.ts', `import sdp from 'sdp-transform'; export * from './types.ts'; import 'node:fs';`),
        file('src/media/types.ts', `import type { A } from '../sdp/types.ts';`),
        file('src/events/x.ts', `import type { A } from '../media/types.ts';`),
        file('src/app.ts', `import './sdp/offer.ts'; await import('./media/types.ts');`),
      ),
    ).toEqual([]);
  });

  it.each([
    [`import { x } from '../http/server.ts';`],
    [`import type { X } from '../http/server.ts';`],
    [`import '../http/server.ts';`],
    [`export { x } from '../http/server.ts';`],
    [`export type * from '../http/server.ts';`],
    [`const x = await import('../http/server.ts');`],
    ['const x = await import(`../http/server.ts`);'],
    [`type X = import('../http/server.ts').X;`],
    [`type X = typeof import('../http/server.ts');`],
    [`const x = require('../http/server.ts');`],
    [`import x = require('../http/server.ts');`],
  ])('finds %s', (text) => {
    expect(check(file('src/http/server.ts'), file('src/sdp/a.ts', text))).toEqual([
      'src/sdp/a.ts: may not import src/http/server.ts',
    ]);
  });

  it('takes no comment or text for an import', () => {
    expect(
      check(file('src/sdp/a.ts', `// import '../http/server.ts'\nexport const x = "import '../http/server.ts'";`)),
    ).toEqual([]);
  });

  it.each([
    ['src/conversation/a.ts', 'src/sdp/offer.ts'], // only its types
    ['src/conversation/a.ts', 'src/media/fake/plane.ts'],
    ['src/media/types.ts', 'src/media/fake/plane.ts'],
    ['src/media/fake/plane.ts', 'src/media/gst/plane.ts'],
    ['src/events/a.ts', 'src/peer/peer.ts'],
    ['src/base/a.ts', 'src/config/env.ts'],
    ['src/main.ts', 'src/http/server.ts'],
    ['src/peer/a.ts', 'src/conversation/types.ts'],
    ['src/app.ts', 'demo/main.mjs'],
    ['demo/main.mjs', 'src/app.ts'],
    ['node-gst/index.d.ts', 'src/base/ids.ts'],
  ])('%s may not import %s', (from, to) => {
    const up = '../'.repeat(from.split('/').length - 1);
    expect(check(file(to), file(from, `import '${up === '' ? './' : up}${to}';`))).toEqual([
      `${from}: may not import ${to}`,
    ]);
  });

  it('knows declarations by their short name, and what the build makes', () => {
    const declarations = [
      file('node-gst/index.d.ts', `export * from './media';`),
      file('node-gst/media.d.ts', `import type { A } from './index'; import type { B } from './no';`),
      file('node-gst/index.cjs', `require('./build/Release/x.node');`),
    ];
    expect(check(...declarations)).toEqual(['node-gst/media.d.ts: imports ./no, which is no file']);
  });

  it.each([
    ['src/sdp/a.ts', 'ws'],
    ['src/http/a.ts', 'sdp-transform'],
    ['src/conversation/a.ts', 'node-gst'],
    ['src/media/fake/a.ts', 'node-gst/media'],
    ['src/base/a.ts', '@scope/name/deep'],
    ['src/base/a.ts', 'fs'], // modules of Node are written node:fs
  ])('%s may not import the package of %s', (path, specifier) => {
    const name = specifier.startsWith('@') ? '@scope/name' : specifier.split('/')[0];
    expect(check(file(path, `import x from '${specifier}';`))).toEqual([`${path}: may not import the package ${name}`]);
  });

  it('finds cycles, of types too', () => {
    const cycle = check(
      file('src/sdp/a.ts', `import type { B } from './b.ts';`),
      file('src/sdp/b.ts', `import { c } from './c.ts';`),
      file('src/sdp/c.ts', `export * from './b.ts'; import './a.ts';`),
    );
    expect(cycle).toEqual([
      'import cycle: src/sdp/b.ts -> src/sdp/c.ts -> src/sdp/b.ts',
      'import cycle: src/sdp/a.ts -> src/sdp/b.ts -> src/sdp/c.ts -> src/sdp/a.ts',
    ]);
    expect(check(file('src/sdp/a.ts', `import './a.ts';`))).toEqual(['import cycle: src/sdp/a.ts -> src/sdp/a.ts']);
  });

  it('finds files that belong nowhere, and imports of files that are not there', () => {
    expect(check(file('src/new/a.ts'), file('src/sdp/a.ts', `import './b.ts';`))).toEqual([
      'src/new/a.ts: belongs to no layer',
      'src/sdp/a.ts: imports ./b.ts, which is no file',
    ]);
  });

  it('finds long files of any language, and reasons that are needed no more', () => {
    const long = 'x\n'.repeat(401);
    expect(check(file('node-gst/src/a.cc', long), file('node-gst/src/b.cc', 'x\n'.repeat(400)))).toEqual([
      'node-gst/src/a.cc: has 401 lines, more than 400, and no listed reason',
    ]);
    const rules: Rules = { ...RULES, longFiles: { 'node-gst/src/a.cc': 'a table', 'node-gst/src/b.cc': 'was long' } };
    expect(violations([file('node-gst/src/a.cc', long), file('node-gst/src/b.cc')], rules)).toEqual([
      'node-gst/src/b.cc: is listed as long, but is not longer than 400 lines',
    ]);
  });

  it.each([
    ['process.env.HOME'],
    ['process.env["HOME"]'],
    ['process["env"]'],
    ['globalThis.process.env'],
    ['const { env } = process;'],
    ['const { env: e, pid } = process;'],
    [`import { env } from 'node:process';`],
    [`import { env as e } from 'node:process';`],
  ])('finds %s', (text) => {
    const message = 'only src/config/env.ts reads process.env';
    expect(check(file('src/sdp/a.ts', text))).toEqual([`src/sdp/a.ts: ${message}`]);
    expect(check(file('src/config/env.ts', text))).toEqual([]);
  });

  it.each([['process.pid'], ['env.process'], ['const { pid } = process;'], ['// process.env'], ['"process.env"']])(
    'is content with %s',
    (text) => expect(check(file('src/sdp/a.ts', text))).toEqual([]),
  );
});
