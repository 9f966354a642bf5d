// Plays backend-auth: turns what a request brings into a claim. THIS IS NOT AUTHENTICATION: the token is the name itself.

/**
 * The claim of a request, as the text of an `X-User-Claim` header; null where the request does not say who it is.
 * `?token=` is the url-encoded name, `?device=` tells the devices (tabs) of one user apart and may be missing.
 *
 * Header values are bytes to Node: the UTF-8 text is handed over as latin1.
 * @param {URLSearchParams} query
 * @returns {string | null}
 */
export function claimOf(query) {
  const userid = query.get('token')?.trim() ?? '';
  if (userid === '') return null;
  const clientid = query.get('device') ?? '';
  return Buffer.from(JSON.stringify({ userid, clientid }), 'utf8').toString('latin1');
}

/**
 * Whether a request was meant for this gateway. A foreign `Host` is DNS rebinding: a page of some other name that
 * resolves to the loopback address. A foreign `Origin` is a page of somebody else that uses the browser of the user.
 * @param {{ host?: string | undefined, origin?: string | undefined }} headers
 * @param {number} port the port of the gateway
 * @returns {boolean}
 */
export function isOwnRequest({ host, origin }, port) {
  const own = ownHosts(port);
  return (
    host !== undefined &&
    own.includes(host) &&
    (origin === undefined || own.some((name) => origin === `http://${name}`))
  );
}

/** @param {number} port */
function ownHosts(port) {
  const names = ['localhost', '127.0.0.1', '[::1]'];
  return port === 80 ? [...names, ...names.map((name) => `${name}:80`)] : names.map((name) => `${name}:${port}`);
}
