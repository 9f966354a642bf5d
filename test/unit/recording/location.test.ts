import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newFilePath } from '../../../src/recording/location.ts';

let top = '';
let directory = '';
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'location-')));
  directory = join(top, 'recording');
  mkdirSync(directory);
});
afterEach(() => rmSync(top, { recursive: true }));

describe('the path of a new file', () => {
  it('is in the directory', () => {
    expect(newFilePath(directory, 'a-1.webm')).toBe(join(directory, 'a-1.webm'));
  });

  it('is the real one where a directory above is a link', () => {
    symlinkSync(top, join(top, 'above'));
    expect(newFilePath(join(top, 'above/recording'), 'a.ogg')).toBe(join(directory, 'a.ogg'));
  });

  it.each(['', '.', '..', '../a', '/etc/passwd', 'a/b', '.hidden', 'a b', 'a\0', 'a\nb', '-rf', 'ü', 'a\\b'])(
    'refuses %j',
    (name) => {
      expect(() => newFilePath(directory, name)).toThrow('is no name for a file');
    },
  );

  it('refuses what is there already: a file, a directory, a link, a link that leads nowhere', () => {
    writeFileSync(join(directory, 'file'), '');
    mkdirSync(join(directory, 'folder'));
    symlinkSync('/etc/passwd', join(directory, 'link'));
    symlinkSync(join(top, 'not-there'), join(directory, 'dangling'));
    for (const name of ['file', 'folder', 'link', 'dangling']) {
      expect(() => newFilePath(directory, name)).toThrow('is there already');
    }
  });

  it('refuses a directory that is a link, a file, or gone', () => {
    symlinkSync(directory, join(top, 'link'));
    writeFileSync(join(top, 'file'), '');
    expect(() => newFilePath(join(top, 'link'), 'a')).toThrow('is no directory');
    expect(() => newFilePath(join(top, 'file'), 'a')).toThrow('is no directory');
    expect(() => newFilePath(join(top, 'gone'), 'a')).toThrow('ENOENT');
  });
});
