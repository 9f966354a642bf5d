// LISTEN=127.0.0.1:8000 SECRET=… node docker/auth/main.mjs
//
// The same two variables as backend-auth has, so that either can stand in the place of the other.
import { once } from 'node:events';
import process from 'node:process';
import { authServer } from './server.mjs';
import { secretOf } from './secret.mjs';

const { LISTEN = ':80' } = process.env;
const [, host, port] = /^(.*):(\d{1,5})$/.exec(LISTEN) ?? [];
if (port === undefined) throw new Error(`LISTEN=${LISTEN}: not an address and a port`);

const server = authServer({ secret: secretOf(process.env) });
server.listen({ port: Number(port), ...(host === '' ? {} : { host }) });
await once(server, 'listening');
const address = /** @type {import('node:net').AddressInfo} */ (server.address());
console.log(JSON.stringify({ event: 'auth-listening', address: address.address, port: address.port }));

for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT'])) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
