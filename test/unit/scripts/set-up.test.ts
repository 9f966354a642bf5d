import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locksMatch, nodeModulesMatch } from '../../../scripts/lib/node-modules.mjs';
import { nodeVersionProblem, OLDEST } from '../../../scripts/lib/node-version.mjs';
import { isStale } from '../../../scripts/lib/stale.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'set-up-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the version of Node', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('%s will do', (version) => {
    expect(nodeVersionProblem(version)).toBeNull();
  });

  it.each(['20.18.9', '18.20.4', '9.99.99'])('%s is refused with what to do', (version) => {
    expect(nodeVersionProblem(version)).toContain(`Node ${version} is too old`);
  });

  it('is the one of package.json', () => {
    const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
    const manifest = JSON.parse(text) as { engines: { node: string } };
    expect(manifest.engines.node).toBe(`>=${OLDEST.replace(/\.0$/, '')}`);
  });
});

describe('node_modules against the lock', () => {
  const lock = {
    packages: {
      '': { version: '0.1.0' },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
      'node_modules/b': { version: '2.0.0', integrity: 'sha512-b', dev: true },
      'node_modules/only-elsewhere': { version: '1.0.0', optional: true },
    },
  };
  const without = (path: string): typeof lock => {
    const packages = Object.fromEntries(Object.entries(lock.packages).filter(([name]) => name !== path));
    return { packages } as typeof lock;
  };

  it('matches when all is there, packages of other platforms apart', () => {
    expect(locksMatch(lock, without('node_modules/only-elsewhere'), { dev: true })).toBe(true);
  });

  it('does not match when one is missing, another version, or too many', () => {
    expect(locksMatch(lock, without('node_modules/a'), { dev: true })).toBe(false);
    expect(locksMatch({ packages: { 'node_modules/a': { version: '2.0.0' } } }, lock, { dev: true })).toBe(false);
    expect(locksMatch(without('node_modules/a'), lock, { dev: true })).toBe(false);
  });

  it('needs packages for development only where they are wanted', () => {
    expect(locksMatch(lock, without('node_modules/b'), { dev: true })).toBe(false);
    expect(locksMatch(lock, without('node_modules/b'), { dev: false })).toBe(true);
  });

  it('does not match where npm did not get to its end', () => {
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    mkdirSync(join(folder, 'node_modules'));
    expect(nodeModulesMatch(folder, { dev: true })).toBe(false);
    writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify(lock));
    expect(nodeModulesMatch(folder, { dev: true })).toBe(true);
  });
});

describe('package-lock.json', () => {
  it('has the packages of other platforms too, without which npm ci refuses it there and here', () => {
    const text = readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8');
    const { packages } = JSON.parse(text) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const optional = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    expect(optional.length).toBeGreaterThan(0);
    expect(optional.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
  });
});

describe('what was built', () => {
  const at = (name: string, seconds: number): string => {
    const path = join(folder, name);
    writeFileSync(path, '');
    utimesSync(path, seconds, seconds);
    return path;
  };

  it('is stale when missing, or older than a source', () => {
    const source = at('source', 2000);
    expect(isStale(join(folder, 'nothing'), [source])).toBe(true);
    expect(isStale(at('older', 1999), [source])).toBe(true);
    expect(isStale(at('newer', 2001), [source])).toBe(false);
  });

  it('is stale when a file below a folder of sources is newer, or was removed later', () => {
    mkdirSync(join(folder, 'src/deep'), { recursive: true });
    at('src/deep/file', 2000);
    utimesSync(join(folder, 'src/deep'), 1000, 1000);
    utimesSync(join(folder, 'src'), 1000, 1000);
    const target = at('target', 1500);
    expect(isStale(target, [join(folder, 'src')])).toBe(true);
    rmSync(join(folder, 'src/deep/file'));
    utimesSync(join(folder, 'src/deep'), 1000, 1000);
    expect(isStale(target, [join(folder, 'src')])).toBe(false);
    utimesSync(join(folder, 'src/deep'), 3000, 3000);
    expect(isStale(target, [join(folder, 'src')])).toBe(true);
  });
});
