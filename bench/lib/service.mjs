// The service as the bench starts it.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { mediaAddress } from './address.mjs';
import { end, freePort } from './process.mjs';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/**
 * Listening on a port of its own. Throws where it sends media otherwise than asked for.
 *
 * @param {string} egress
 * @param {NodeJS.ProcessEnv} [settings]
 * @param {'inherit' | number} [stderr] where it goes
 * @param {readonly string[]} [command] that becomes the service
 */
export async function startService(egress, settings = {}, stderr = 'inherit', command = [process.execPath, MAIN]) {
  const [port, adminPort] = [await freePort(), await freePort()];
  const [program, ...args] = command;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', stderr],
    env: {
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
