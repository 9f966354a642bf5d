// The demo gateway in front of a service on another address, in a network namespace of a test. Prints its port.
//
//   node gateway.mjs <host> <port>
import process from 'node:process';
import { startGateway } from '../../../demo/gateway.mjs';

const [host = '', port = ''] = process.argv.slice(2);
const gateway = await startGateway({ port: 0, upstream: { host, port: Number(port) } });
console.log(`port ${gateway.port}`);
