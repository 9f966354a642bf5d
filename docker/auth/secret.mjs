/** RFC 7518 §3.2: a key that is shorter than the digest weakens it. */
const MIN_BYTES = 32;

/**
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {string} what tokens are signed with
 */
export function secretOf({ SECRET = '' }) {
  if (Buffer.byteLength(SECRET) >= MIN_BYTES) return SECRET;
  throw new Error(`SECRET must be ${MIN_BYTES} bytes or more, e.g. the output of: openssl rand -hex 32`);
}
