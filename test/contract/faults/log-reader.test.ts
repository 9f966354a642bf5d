// Whoever reads the log hangs: nothing waits for him.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { ask, claim } from '../../support/client.ts';
import { footprint } from '../../support/processes.ts';

jest.setTimeout(60_000);

const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
/** Longest ids make long lines: each request is four of them, of some 1700 bytes. */
const MAX_ID = 256;
/** More than a pipe and all that waits hold. */
const REQUESTS = 2_000;

/** A pipe as a shell makes it, and a pair of sockets, as Node and systemd do. */
const OUTPUTS = {
  pipe: (folder: string) => {
    const path = join(folder, 'log');
    execFileSync('mkfifo', [path]);
    const descriptor = openSync(path, 'r+');
    return { stdout: descriptor, reader: () => new Socket({ fd: openSync(path, 'r'), writable: false }) };
  },
  socket: () => ({ stdout: 'pipe' as const, reader: null }),
};

test.each(['pipe', 'socket'] as const)('a %s whose reader hangs costs log lines, and nothing else', async (kind) => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  const { stdout, reader } = OUTPUTS[kind](folder);
  const env = { ...process.env, LISTEN: '127.0.0.1:0', ADMIN_LISTEN: 'off', ICE_ADDRESSES: '127.0.0.1' };
  const child = spawn(process.execPath, [MAIN], { stdio: ['ignore', stdout, 'inherit'], env });
  try {
    const log: Readable = reader?.() ?? child.stdout!;
    let text = '';
    const read = (chunk: string): void => void (text += chunk);
    log.setEncoding('utf8').on('data', read);
    while (!text.includes('server-listening')) await once(log, 'data');
    const port = Number(/"address":"[^"]*:(\d+)"/.exec(text)?.[1]);
    log.pause();
    await flood(port);
    // It answers, and holds no more than its bound.
    expect((await ask(port, '/join/room', { method: 'POST', headers: claim('me') })).status).toBe(200);
    expect(footprint(child.pid!).memory).toBeLessThan(400);
    log.resume();
    while (!text.includes('log-lines-lost')) await once(log, 'data');
    expect(Number(/"event":"log-lines-lost","count":(\d+)/.exec(text)?.[1])).toBeGreaterThan(100);
    log.pause();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    log.destroy();
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});

/** One user goes from conversation to conversation, on a few connections. */
async function flood(port: number): Promise<void> {
  const request = (n: number): string => {
    const headers = `Host: x\r\nX-User-Claim: ${claim('u'.repeat(MAX_ID))['X-User-Claim'] ?? ''}\r\nContent-Length: 0`;
    return `POST /join/${String(n).padStart(MAX_ID, 'c')} HTTP/1.1\r\n${headers}\r\n\r\n`;
  };
  const socket = new Socket().connect(port, '127.0.0.1');
  let answers = 0;
  socket.setEncoding('latin1').on('data', (data: string) => (answers += data.split('HTTP/1.1 ').length - 1));
  for (let sent = 0; sent < REQUESTS; sent += 50) {
    socket.write(Array.from({ length: 50 }, (_, i) => request(sent + i)).join(''));
    while (answers < sent + 50) await once(socket, 'data');
  }
  socket.destroy();
}
