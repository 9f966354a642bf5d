import { readFileSync } from 'node:fs';
import { missingFrom } from '../../../scripts/lib/debian.mjs';
import { namesOf, parsePackages } from '../../../scripts/lib/packages.mjs';

const file = readFileSync(new URL('../../../packages.txt', import.meta.url), 'utf8');

describe('the list of Debian packages', () => {
  it('reads group, name and elements, and leaves comments and empty lines out', () => {
    expect(parsePackages('# head\n\nruntime  a  x y # why\nbuild b\n')).toEqual([
      { group: 'runtime', name: 'a', elements: ['x', 'y'] },
      { group: 'build', name: 'b', elements: [] },
    ]);
  });

  it('refuses a line that has only a group', () => {
    expect(() => parsePackages('runtime\n')).toThrow('"runtime" names a group without a package');
  });

  it('names the packages of several groups in the order of the file', () => {
    const packages = parsePackages('test t\nruntime a\nbuild b\nruntime c\n');
    expect(namesOf(packages, ['runtime', 'build'])).toEqual(['a', 'b', 'c']);
  });

  it('refuses a group that the file does not have', () => {
    expect(() => namesOf(parsePackages('runtime a\n'), ['runtme'])).toThrow('no group "runtme"');
  });

  it('as committed: known groups, no package and no element twice, elements only at run time', () => {
    const packages = parsePackages(file);
    expect(new Set(packages.map(({ group }) => group))).toEqual(new Set(['runtime', 'build', 'test', 'node', 'npm']));
    const names = packages.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const elements = packages.flatMap((entry) => entry.elements);
    expect(new Set(elements).size).toBe(elements.length);
    expect(packages.filter(({ group }) => group !== 'runtime').flatMap((entry) => entry.elements)).toEqual([]);
    expect(elements).toEqual(expect.arrayContaining(['webrtcbin', 'nicesrc', 'dtlssrtpenc', 'rtpbin', 'appsrc']));
  });
});

describe('which packages are missing', () => {
  it('counts only what dpkg calls installed', () => {
    const report = 'installed a\nconfig-files b\nnot-installed c\ninstalled d\n';
    expect(missingFrom(report, ['a', 'b', 'c', 'd', 'e'])).toEqual(['b', 'c', 'e']);
  });
});
