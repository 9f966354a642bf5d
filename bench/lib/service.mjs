// The service as the bench starts and watches it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** Of /proc/<pid>/stat; the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const END_MS = 10_000;

/** Listening on a port of its own. Throws where it sends media otherwise than asked for. @param {string} egress */
export async function startService(egress) {
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      EGRESS: egress,
      LISTEN: `127.0.0.1:${port}`,
      ADMIN_LISTEN: '127.0.0.1:0',
      ICE_ADDRESSES: '127.0.0.1',
      LOG_LEVEL: 'info',
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
  const service = { port, pid: child.pid, end: () => end(child) };
  if (told.join('').includes('egress-fell-back')) {
    await service.end();
    throw new Error(`EGRESS=${egress} is not possible here`);
  }
  return service;
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), END_MS);
  await exited;
  clearTimeout(kill);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** CPU time of a process with all threads it ever had, µs. @param {number} pid */
export function cpuUsOf(pid) {
  // The name of the program is in parentheses and may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS_PER_SECOND;
}

/** @param {number} pid */
export const footprintOf = (pid) => ({
  threads: readdirSync(`/proc/${pid}/task`).length,
  fds: readdirSync(`/proc/${pid}/fd`).length,
  rssKb: Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
});

/** Time that the cores of this machine were busy, ms, whoever it was for. */
export const busyMs = () => cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
