import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERRORS } from '../src/base/errors.ts';
import { SETTINGS } from '../src/config/settings.ts';
import { METRICS } from '../src/metrics/catalogue.ts';
import { processRegistry } from '../src/metrics/process.ts';
import { EVENTS } from '../src/events/catalogue.ts';
import { WEBHOOK_TYPES } from '../src/webhooks/types.ts';
import { RULES } from './support/architecture-rules.ts';
import { codeSpans, headings, sectionUnder, tableUnder, unquote, withoutBlocks } from './support/markdown.ts';

/** What the docs say about the code is compared with the code, in both directions. */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Not ours, or made by a build. */
const FOREIGN = new Set([
  '.git',
  'node_modules',
  'dist',
  'dist.new',
  'build',
  'coverage',
  'artifacts',
  'recordings',
  'webhook-spool',
]);

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (FOREIGN.has(entry.name)) return [];
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

const FILES = filesBelow('.');
const DOCS = FILES.filter((path) => path.endsWith('.md'));

describe('settings', () => {
  const inCode = Object.entries(SETTINGS).map(([name, setting]) => ({
    name,
    default: setting.default,
    description: setting.description,
    allowed: setting.allowed,
  }));

  it('stand in the README as in the code', () => {
    const rows = tableUnder(read('README.md'), 'Settings').map(([name = '', value = '', allowed, description]) => ({
      name: unquote(name),
      default: value === '–' ? '' : unquote(value),
      description,
      allowed,
    }));
    expect(rows).toEqual(inCode);
  });

  it('stand in .env as in the code, every one of them commented out', () => {
    const [, ...blocks] = read('.env').trim().split(/\n\n/);
    const settings = blocks.map((block) => {
      const [, description, name, value] = /^# (.*)\n#([A-Z_]+)=(.*)$/.exec(block) ?? [];
      return { name, default: value, description };
    });
    expect(settings).toEqual(
      inCode.map(({ name, default: value, description }) => ({ name, default: value, description })),
    );
  });

  it('that a document names are there', () => {
    // What looks the same: variables of others, constants of C, methods of HTTP, words of SDP.
    const others = [
      'DEMO_PORT',
      'FUZZ_CASES',
      'FUZZ_SERVICE_CASES',
      'FUZZ_SEED',
      'FUZZ_SECONDS',
      'UV_THREADPOOL_SIZE',
      'G_SLICE',
      'MALLOC_ARENA_MAX',
      'GST_DEBUG',
      'GST_DEBUG_FILE',
      'SIOCGSTAMP',
      'OPTIONS',
      'DELETE',
      'BUNDLE',
      'SECRET',
      'SERVICE',
    ];
    const ofCompose = [...read('docker/example.env').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name = '']) => name);
    const known = new Set([...Object.keys(SETTINGS), ...ofCompose, ...others]);
    const named = DOCS.flatMap((path) =>
      codeSpans(read(path)).map((span) => ({ path, name: /^([A-Z]+(?:_[A-Z]+)+|[A-Z]{5,})(?:=.*)?$/.exec(span)?.[1] })),
    );
    expect(named.filter(({ name }) => name !== undefined && !known.has(name))).toEqual([]);
  });
});

describe('errors', () => {
  const inCode = Object.entries<{ message: string; status?: number; closeCode?: number }>(ERRORS).map(
    ([code, { message, status, closeCode }]) => ({ code, status, closeCode, message }),
  );

  it('stand in docs/errors.md as in the code', () => {
    const rows = tableUnder(read('docs/errors.md'), 'Errors').map(([code = '', status, closeCode, message]) => ({
      code: unquote(code),
      status: numberOf(status),
      closeCode: numberOf(closeCode),
      message,
    }));
    expect(rows).toEqual(inCode);
  });

  it('say when they happen and what to do', () => {
    for (const [code, , , , , remedy] of tableUnder(read('docs/errors.md'), 'Errors')) {
      expect([code, remedy]).not.toEqual([code, '']);
    }
  });

  it('have the close codes of the contract', () => {
    const documented = tableUnder(read('docs/contract.md'), 'Close codes').map(([code]) => Number(code));
    const thrown = inCode.flatMap(({ closeCode }) => closeCode ?? []);
    // 1000 is no error: the connection is established. 1002 and 1007 are sent by ws itself, before there is an error of ours.
    expect(documented).toEqual([...new Set([1000, 1002, 1007, ...thrown])].sort((a, b) => a - b));
  });

  it('that a document names are there', () => {
    const prefixes = [...new Set(Object.keys(ERRORS).map((code) => code.split('-')[0] ?? ''))].filter(
      (prefix) => !(prefix in ERRORS),
    );
    const looksLikeOne = new RegExp(`^(?:${prefixes.join('|')})-[a-z-]+$`);
    // The client library has codes of its own; test/unit/client compares them.
    const unknown = DOCS.filter((path) => path !== 'client/README.md').flatMap((path) =>
      codeSpans(read(path))
        .filter((span) => looksLikeOne.test(span) && !(span in ERRORS) && !(span in EVENTS))
        .map((span) => `${path}: ${span}`),
    );
    expect(unknown).toEqual([]);
  });

  const numberOf = (cell: string | undefined): number | undefined => (cell === '–' ? undefined : Number(cell));
});

describe('the layers', () => {
  it('stand in docs/architecture.md as they are enforced', () => {
    const rows = tableUnder(read('docs/architecture.md'), 'Imports').map(
      ([name, files = '', may = '', packages = '']) => [
        name,
        { files: codeSpans(files), may: codeSpans(may), packages: codeSpans(packages) },
      ],
    );
    expect(rows).toEqual(Object.entries(RULES.layers));
  });
});

describe('the page in the contract', () => {
  it('is the one of the demo', () => {
    const [, script = ''] =
      /```js\n([^]*?)```/.exec(sectionUnder(read('docs/contract.md'), 'The shortest client')) ?? [];
    const lines = (text: string): string[] =>
      text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
    expect(lines(script).length).toBeGreaterThan(10);
    expect(lines(read('demo/page/documented.html')).join('\n')).toContain(lines(script).join('\n'));
  });
});

describe('the profile', () => {
  const required = ['Signalling', 'Sections', 'Media', 'Conversations', 'The events channel'].flatMap((chapter) =>
    tableUnder(read('docs/profile.md'), chapter).map(([id = '']) => id),
  );

  it('has a test of that name for each requirement, and no other', () => {
    const tested = FILES.filter((path) => /^test\/conformance\/.*\.test\.ts$/.test(path)).flatMap((path) =>
      [...read(path).matchAll(/\btest(?:\.each\([^]*?\]\))?\(\s*'([\w-]*)/g)].map(([, id]) => id),
    );
    expect(required.length).toBeGreaterThan(40);
    expect(new Set(required).size).toBe(required.length);
    expect([...new Set(tested)].sort()).toEqual([...required].sort());
  });

  it('is measured whole', () => {
    const rows = tableUnder(read('docs/conformance.md'), 'Who passes the profile');
    expect(rows.map(([id]) => id)).toEqual(required);
  });
});

describe('the types of webhooks', () => {
  it('stand in docs/webhooks.md as in the code', () => {
    const rows = tableUnder(read('docs/webhooks.md'), 'Types').map(([type = '']) => unquote(type));
    expect(rows).toEqual(WEBHOOK_TYPES);
  });
});

describe('metrics', () => {
  it('stand in docs/metrics.md as in the code', () => {
    const rows = tableUnder(read('docs/metrics.md'), 'Metrics of the service').map(
      ([name = '', type, labels = '', help]) => [unquote(name), { type, help, labels: codeSpans(labels) }],
    );
    expect(rows).toEqual(Object.entries(METRICS));
  });

  it('of the process stand there too', async () => {
    const rows = tableUnder(read('docs/metrics.md'), 'Metrics of the process').map(([name = '', type, help]) => ({
      name: unquote(name),
      type,
      help,
    }));
    const there = await processRegistry().getMetricsAsJSON();
    expect(rows).toEqual(there.map(({ name, type, help }) => ({ name, type: String(type), help })));
  });

  it('that a document names are there', () => {
    const known = new Set([
      ...Object.keys(METRICS),
      ...processRegistry()
        .getMetricsAsArray()
        .map(({ name }) => name),
    ]);
    const named = DOCS.flatMap((path) =>
      codeSpans(read(path)).flatMap((span) => span.match(/\b(?:webrtc|process|nodejs)_[a-z0-9_]+/g) ?? []),
    );
    expect(named.filter((name) => !known.has(name.replace(/_(?:bucket|sum|count)$/, '')))).toEqual([]);
  });
});

describe('links and paths', () => {
  it('of links exist, with their headings', () => {
    const broken = DOCS.flatMap((path) =>
      [...withoutBlocks(read(path)).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => !linkHolds(path, target))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('in backticks exist', () => {
    const folders = [...new Set(FILES.map((path) => path.split('/')[0]))].filter((name) => name !== undefined);
    const isPath = (span: string): boolean =>
      /^[\w.-]+(?:\/[\w.*-]+)*\/?$/.test(span) && span.includes('/') && folders.includes(span.split('/')[0] ?? '');
    const missing = DOCS.flatMap((path) =>
      codeSpans(read(path))
        .filter((span) => isPath(span) && !pathHolds(span))
        .map((span) => `${path}: ${span}`),
    );
    expect(missing).toEqual([]);
  });

  it('of npm scripts exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const unknown = DOCS.flatMap((path) =>
      [...read(path).matchAll(/npm run ([a-z:-]+)/g)]
        .map(([, name = '']) => name)
        .filter((name) => !(name in scripts))
        .map((name) => `${path}: npm run ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  function linkHolds(from: string, link: string): boolean {
    const [target = '', anchor] = link.split('#');
    const path = target === '' ? from : join(dirname(from), target);
    if (!existsSync(join(ROOT, path))) return false;
    return anchor === undefined || headings(read(path)).map(anchorOf).includes(anchor);
  }

  /** As GitHub makes it of a heading. */
  const anchorOf = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-');

  /** A star stands for some part of a name. What a build makes need not be there. */
  function pathHolds(path: string): boolean {
    if (path.split('/').some((name) => FOREIGN.has(name))) return true;
    if (!path.includes('*')) return existsSync(join(ROOT, path)) && (!path.endsWith('/') || isFolder(path));
    const [before = '', after = ''] = path.split('*');
    return FILES.some((file) => file.startsWith(before) && file.endsWith(after));
  }

  const isFolder = (path: string): boolean => statSync(join(ROOT, path)).isDirectory();
});

describe('dependencies', () => {
  it('are each explained in the README, and no others', () => {
    const root = JSON.parse(read('package.json')) as Manifest;
    const addon = JSON.parse(read('node-gst/package.json')) as Manifest;
    const named = [root, addon].flatMap(({ dependencies, devDependencies }) =>
      Object.keys({ ...dependencies, ...devDependencies }),
    );
    const rows = tableUnder(read('README.md'), 'Dependencies').flatMap(([names = '']) => codeSpans(names));
    expect(rows.sort()).toEqual(named.sort());
  });

  interface Manifest {
    readonly dependencies?: Record<string, string>;
    readonly devDependencies?: Record<string, string>;
  }
});

describe('no file', () => {
  // In pieces, so that this file does not hold them itself.
  const machine = ['work', 'tmp'].map((name) => `/${name}`).join('|');
  const besides = ['../' + 'shared', '.' + 'library'].map((name) => name.replaceAll('.', '\\.')).join('|');
  const forbidden = [
    { name: 'a path of the machine it was written on', pattern: new RegExp(`(?<![\\w.])(?:${machine})\\b`) },
    { name: 'a folder beside the repository', pattern: new RegExp(`(?:${besides})\\b`) },
  ];
  const isText = (path: string): boolean =>
    /\.(?:md|ts|mts|js|mjs|cjs|cc|h|json|html|css|gst|txt|gyp|ya?ml|sdp)$|(?:^|\/)(?:Dockerfile|install-packages|run|\.env)$/.test(
      path,
    );
  const texts = FILES.filter(isText);

  it.each(forbidden)('names $name', ({ pattern }) => {
    expect(texts.length).toBeGreaterThan(100);
    expect(texts.filter((path) => pattern.test(read(path)))).toEqual([]);
  });
});
