import { existsSync, readFileSync } from 'node:fs';
import { missingFrom } from '../../../scripts/lib/debian.mjs';
import { namesOf, parsePackages } from '../../../scripts/lib/packages.mjs';
import { requiredElements } from '../../../src/media/gst/elements.ts';

const top = new URL('../../../', import.meta.url);
const file = readFileSync(new URL('packages.txt', top), 'utf8');

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

  it('names a package once that has several lines', () => {
    expect(namesOf(parsePackages('runtime a x\nruntime a y\n'), ['runtime'])).toEqual(['a']);
  });
});

describe('packages.txt', () => {
  const packages = parsePackages(file);

  it('has the groups that it explains', () => {
    const groups = ['runtime', 'build', 'compose', 'test', 'node', 'npm', 'image'];
    expect(new Set(packages.map(({ group }) => group))).toEqual(new Set(groups));
  });

  it('has the elements, with their packages, that the service checks at its start', () => {
    const elements = packages.flatMap(({ name, elements: some }) => some.map((element) => [element, name] as const));
    expect(elements.filter(([element], at) => elements.findIndex(([other]) => other === element) !== at)).toEqual([]);
    expect([...requiredElements()]).toEqual(elements);
    expect(packages.filter(({ group }) => group !== 'runtime').flatMap((entry) => entry.elements)).toEqual([]);
  });

  it('has the groups that the Dockerfile installs, and the repository the files that it copies', () => {
    const dockerfile = readFileSync(new URL('Dockerfile', top), 'utf8');
    const groups = [...dockerfile.matchAll(/^RUN install-packages ([\w ]+)/gm)].map(([, names]) =>
      names?.trim().split(' '),
    );
    expect(groups).toEqual([['node', 'npm', 'build'], ['runtime'], ['node']]);
    for (const group of groups.flat()) expect(namesOf(packages, [group!]).length).toBeGreaterThan(0);

    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, paths]) => paths!.split(' '));
    expect(copied).toContain('package-lock.json');
    expect(copied.filter((path) => !existsSync(new URL(path, top)))).toEqual([]);
    // The service reads the list when it starts.
    expect(dockerfile).toMatch(/^COPY --from=build .*\/app\/packages\.txt/m);
  });
});

describe('which packages are missing', () => {
  it('counts only what dpkg calls installed', () => {
    const report = 'installed a\nconfig-files b\nnot-installed c\ninstalled d\n';
    expect(missingFrom(report, ['a', 'b', 'c', 'd', 'e'])).toEqual(['b', 'c', 'e']);
  });
});
