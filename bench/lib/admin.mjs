// What the bench asks of the service's admin listener.

/**
 * Throws where the answer is not a good one.
 *
 * @param {{ adminPort: number }} service @param {string} token
 * @param {string} method @param {string} path @param {string} [body]
 */
export async function askAdmin({ adminPort }, token, method, path, body) {
  // A connection that stayed open would be counted among what the service holds.
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', Connection: 'close' };
  const reply = await fetch(`http://127.0.0.1:${adminPort}${path}`, { method, headers, body });
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}
