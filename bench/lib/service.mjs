// The service as the bench starts it.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { mediaAddress } from './address.mjs';
import { end, freePort } from './process.mjs';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The command of the service, with options of Node. @param {readonly string[]} options */
export const serviceWith = (...options) => [process.execPath, ...options, MAIN];

/**
 * Listening on a port of its own. Throws where it sends media otherwise than asked for.
 *
 * @param {string} egress
 * @param {NodeJS.ProcessEnv} [settings]
 * @param {{ stderr?: 'inherit' | number, ipc?: boolean, command?: readonly string[] }} [how] where stderr goes; whether
 *   there is a channel for messages; what becomes the service
 */
export async function startService(
  egress,
  settings = {},
  { stderr = 'inherit', ipc = false, command = serviceWith() } = {},
) {
  const [port, adminPort] = [await freePort(), await freePort()];
  const [program, ...args] = command;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', stderr, ...(ipc ? ['ipc'] : [])],
    env: {
      // As in the image.
      MALLOC_ARENA_MAX: '2',
      ...process.env,
      EGRESS: egress,
      LISTEN: `127.0.0.1:${port}`,
      ADMIN_LISTEN: `127.0.0.1:${adminPort}`,
      ICE_ADDRESSES: mediaAddress(),
      LOG_LEVEL: 'info',
      ...settings,
    },
  });
  const told = [];
  await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      told.push(text);
      if (text.includes('server-listening')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the service ended (${code}):\n${told.join('')}`)));
  });
  const service = { kind: 'service', port, adminPort, child, pid: child.pid, end: () => end(child) };
  if (told.join('').includes('egress-fell-back')) {
    await service.end();
    throw new Error(`EGRESS=${egress} is not possible here`);
  }
  return service;
}
