// Tokens of users: JSON Web Tokens (RFC 7519) signed with HS256 (RFC 7515), and nothing else that these may be.
import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * @typedef {{ readonly userid: string, readonly clientid: string }} User one of his devices; '' is a device too
 * @typedef {{ readonly state: 'good', readonly user: User } | { readonly state: 'bad', readonly why: string }} Verdict
 */

/** What no user's token comes near. */
const MAX_LENGTH = 8 * 1024;
const BASE64URL = /^[\w-]+$/;

/**
 * The header names the algorithm, and an attacker writes the header: it is compared, never followed.
 * @param {string} token
 * @param {string | Uint8Array} secret
 * @param {number} nowSeconds
 * @returns {Verdict}
 */
export function verify(token, secret, nowSeconds) {
  const parts = token.length > MAX_LENGTH ? [] : token.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3 || !parts.every((part) => BASE64URL.test(part))) return bad('no token');
  const { alg, crit } = objectIn(header) ?? {};
  if (alg !== 'HS256') return bad('not signed with HS256');
  // RFC 7515 §4.1.11: what one must understand, and we do not.
  if (crit !== undefined) return bad('unknown extensions');
  const expected = signatureOf(`${header}.${payload}`, secret);
  const isSigned =
    signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
  if (!isSigned) return bad('a wrong signature');
  return judge(objectIn(payload), nowSeconds);
}

/**
 * @param {User} user
 * @param {string} secret
 * @param {number} expiresSeconds since 1970
 * @returns {string}
 */
export function sign({ userid, clientid }, secret, expiresSeconds) {
  const parts = [
    { alg: 'HS256', typ: 'JWT' },
    { userid, clientid, exp: expiresSeconds },
  ];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${signatureOf(signed, secret)}`;
}

/**
 * @param {Record<string, unknown> | null} claims of a token whose signature is right
 * @param {number} nowSeconds
 * @returns {Verdict}
 */
function judge(claims, nowSeconds) {
  const { exp, nbf = 0, userid, clientid = '' } = claims ?? {};
  if (typeof exp !== 'number' || typeof nbf !== 'number') return bad('no time at which it ends');
  if (nowSeconds >= exp) return bad('expired');
  if (nowSeconds < nbf) return bad('not valid yet');
  if (typeof userid !== 'string' || userid === '' || typeof clientid !== 'string') return bad('no user');
  return { state: 'good', user: { userid, clientid } };
}

/**
 * @param {string} part
 * @returns {Record<string, unknown> | null}
 */
function objectIn(part) {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} text
 * @param {string | Uint8Array} secret
 */
const signatureOf = (text, secret) => createHmac('sha256', secret).update(text).digest('base64url');

/**
 * @param {string} why
 * @returns {Verdict}
 */
const bad = (why) => ({ state: 'bad', why });
