/** The oldest Node that is supported, as package.json says in `engines`. */
export const OLDEST = '20.19.0';

/**
 * @param {string} version e.g. "20.20.2"
 * @returns {string | null} what to do about it; null where it is new enough
 */
export function nodeVersionProblem(version) {
  if (compare(version, OLDEST) >= 0) return null;
  return (
    `Node ${version} is too old: ${OLDEST} or newer is needed. Debian 13 has it (apt-get install nodejs npm libnode-dev);\n` +
    `for Debian 12 take it from https://nodejs.org/en/download or https://deb.nodesource.com.`
  );
}

/**
 * @param {string} a
 * @param {string} b
 */
function compare(a, b) {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  const at = left.findIndex((part, index) => part !== right[index]);
  return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}
