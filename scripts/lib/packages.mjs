// Reads packages.txt, the one list of Debian packages.

/**
 * @typedef {{ readonly group: string, readonly name: string, readonly elements: readonly string[] }} DebianPackage
 */

/**
 * @param {string} text the content of packages.txt
 * @returns {DebianPackage[]}
 */
export function parsePackages(text) {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [group = '', name, ...elements] = line.split(/\s+/);
      if (name === undefined) throw new Error(`packages.txt: "${line}" names a group without a package`);
      return { group, name, elements };
    });
}

/**
 * @param {readonly DebianPackage[]} packages
 * @param {readonly string[]} groups
 * @returns {string[]} the names of the packages of these groups, in the order of the file
 */
export function namesOf(packages, groups) {
  for (const group of groups) {
    if (!packages.some((entry) => entry.group === group)) throw new Error(`packages.txt has no group "${group}"`);
  }
  return [...new Set(packages.filter((entry) => groups.includes(entry.group)).map((entry) => entry.name))];
}
