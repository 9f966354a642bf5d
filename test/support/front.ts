import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask } from './client.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const START_MS = 60_000;

/** A program that says on one of its outputs that it is ready, and ends on SIGTERM. */
export class Program {
  readonly #child: ChildProcess;
  readonly #output: string[];

  private constructor(child: ChildProcess, output: string[]) {
    this.#child = child;
    this.#output = output;
  }

  static async start(command: string, args: string[], env: NodeJS.ProcessEnv, ready: string): Promise<Program> {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const program = new Program(child, []);
    const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
    await new Promise<void>((resolve, reject) => {
      const read = (text: string): void => {
        program.#output.push(text);
        if (program.output.includes(ready)) resolve();
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`${command} ended (${String(code)}):\n${program.output}`)));
    });
    clearTimeout(timer);
    return program;
  }

  get output(): string {
    return this.#output.join('');
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}

/** The auth service of docker/auth. */
export async function startAuth(secret: string): Promise<{ auth: Program; port: number }> {
  const env = { LISTEN: '127.0.0.1:0', SECRET: secret };
  const auth = await Program.start(process.execPath, [file('docker/auth/main.mjs')], env, 'auth-listening');
  return { auth, port: Number(/"port":(\d+)/.exec(auth.output)?.[1]) };
}

/** Caddy as docker/caddy has it, on https://localhost: one after the other on the same port. */
export class Front {
  readonly port: number;
  readonly #env: NodeJS.ProcessEnv;
  readonly #folder: string;
  readonly #runs: Program[] = [];

  private constructor(port: number, env: NodeJS.ProcessEnv, folder: string) {
    this.port = port;
    this.#env = env;
    this.#folder = folder;
  }

  static async start(auth: number, service: number, secret: string): Promise<Front> {
    const [port, plain] = [await freePort(), await freePort()];
    const folder = mkdtempSync(join(tmpdir(), 'caddy-'));
    const own = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    const ports = { BIND: '127.0.0.1', HTTPS_PORT: String(port), HTTP_PORT: String(plain) };
    const behind = { AUTH: `127.0.0.1:${auth}`, SERVICE: `127.0.0.1:${service}`, PROXY_SECRET: secret };
    const front = new Front(port, { ...own, ...ports, ...behind, DOMAIN: 'localhost' }, folder);
    await front.again();
    return front;
  }

  /** Of every run. */
  get output(): string {
    return this.#runs.map(({ output }) => output).join('');
  }

  async again(): Promise<void> {
    const args = ['run', '--config', file('docker/caddy/Caddyfile'), '--adapter', 'caddyfile'];
    this.#runs.push(await Program.start('caddy', args, this.#env, 'serving initial configuration'));
    // The very first time it makes its certificate while it listens already.
    const status = (): Promise<number | null> =>
      ask({ tls: this.port }, '/')
        .then((reply) => reply.status)
        .catch(() => null);
    await eventually('caddy answers', status, 60);
  }

  /** As a crash does it: whatever is open breaks. */
  async crash(): Promise<void> {
    await this.#runs.at(-1)?.stop('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#runs.at(-1)?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
