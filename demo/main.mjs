// `npm run demo`: the service on a loopback port of its own, and the gateway with the page in front of it.
//
//   npm run demo                      http://localhost:8080
//   npm run demo -- --port 9000       another port; DEMO_PORT=9000 does the same
import { randomBytes } from 'node:crypto';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { startGateway } from './gateway.mjs';
import { startService } from './service.mjs';

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main() {
  const port = chosenPort();
  // The gateway first: a port that is taken is known before anything is started.
  const upstream = { host: '127.0.0.1', port: 0, secret: randomBytes(24).toString('hex') };
  const gateway = await startGateway({ port, upstream }).catch((error) => {
    throw error.code === 'EADDRINUSE' ? new Error(portTaken(port)) : error;
  });
  const service = await startService(upstream.secret).catch(async (error) => {
    await gateway.close();
    throw error;
  });
  upstream.port = service.port;
  console.log(`\nThe demo runs: open http://localhost:${gateway.port} in two tabs. Ctrl-C ends it.\n`);

  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => service.stop());
  const code = await service.ended;
  await gateway.close();
  if (code !== 0) throw new Error(`the service ended with status ${code}`);
}

function chosenPort() {
  const { values } = parseArgs({ options: { port: { type: 'string' } } });
  // npm takes a `--port` without the `--` before it for a setting of its own, and hands it on like this.
  const text = values.port ?? process.env.npm_config_port ?? process.env.DEMO_PORT ?? '8080';
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) {
    throw new Error(`the port ${JSON.stringify(text)} is not a number from 0 to 65535`);
  }
  return Number(text);
}

/** @param {number} port */
function portTaken(port) {
  return (
    `Port ${port} of this machine is taken by another program. Choose another one:\n` +
    `  npm run demo -- --port ${port === 65535 ? 8081 : port + 1}        (or DEMO_PORT=…; 0 takes any free port)`
  );
}
