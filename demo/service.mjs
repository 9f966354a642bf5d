// Starts the built service for the demo, as a child process on a free loopback port.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { networkInterfaces } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const START_TIMEOUT_MS = 30_000;

/**
 * Starts the service and waits until it answers. What is exported (or in `.env`) holds, but for its listener.
 * @param {string} secret what the gateway proves itself with: nobody else on this machine may write claims
 * @returns {Promise<{ port: number, stop: () => void, ended: Promise<number> }>} `ended`: the exit status
 */
export async function startService(secret) {
  if (!existsSync(MAIN)) throw new Error('The service is not built. Run: npm run setup');
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN], {
    stdio: 'inherit',
    // A process group of its own: Ctrl-C reaches the demo alone, which then ends the service once.
    detached: true,
    env: {
      ICE_ADDRESSES: ownAddresses().join(','),
      LOG_LEVEL: 'warn',
      ADMIN_LISTEN: 'off',
      ...process.env,
      LISTEN: `127.0.0.1:${port}`,
      PROXY_SECRET: secret,
      TRUSTED_PROXIES: '',
    },
  });
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
  let stopped = false;
  const stop = () => {
    if (!stopped) child.kill('SIGTERM');
    stopped = true;
  };
  const failed = ended.then((code) => {
    throw new Error(`the service did not start (status ${code}); its message is above`);
  });
  await Promise.race([untilItAnswers(port), failed]).catch((error) => {
    stop();
    throw error;
  });
  failed.catch(() => undefined);
  return { port, stop, ended };
}

/**
 * The tabs are on this machine. Loopback works without any network, and for Chromium; Firefox pairs no address of its
 * own with a loopback one of the other side, so the addresses of the interfaces are there as well.
 * @returns {string[]} IPv4 addresses
 */
export function ownAddresses() {
  const external = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return [
    '127.0.0.1',
    ...external.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
  ];
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/** @param {number} port */
async function untilItAnswers(port) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(port))) {
    if (Date.now() > deadline) throw new Error(`the service does not answer on 127.0.0.1:${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Any answer will do: without a claim it is an error.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function answers(port) {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/connect', agent: false }, (response) => {
      response.resume();
      resolve(true);
    });
    request.once('error', () => resolve(false));
  });
}
