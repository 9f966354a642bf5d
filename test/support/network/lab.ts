import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../eventually.ts';

const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Where things are: the service inside, its clients outside, the router with one foot in each network. */
export const INSIDE = { service: '10.77.0.2', router: '10.77.0.1' };
export const OUTSIDE = { router: '203.0.113.1', client: '203.0.113.2' };
const PORT = 8080;

/** Why namespaces cannot be made here, for the name of a test that is skipped; null where they can. */
export const noNamespaces = (): string | null => {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const tool of ['ip', 'nft']) {
    try {
      execFileSync('sh', ['-c', `command -v ${tool}`]);
    } catch {
      return `network namespaces need the program ${tool}`;
    }
  }
  return null;
};

/**
 * Three network namespaces: the service, a router, and a client that has no way to the service's own address.
 * The router hands TCP through to the service; what else passes is the test's to say, in nftables.
 */
export class Lab implements AsyncDisposable {
  readonly #name = `w${process.pid}`;
  readonly #namespaces: string[] = [];
  readonly #folders: string[] = [];
  readonly #children: ChildProcess[] = [];

  /** @param rules of nftables for the router, beside those for TCP */
  static async open(rules: string): Promise<Lab> {
    const lab = new Lab();
    try {
      lab.#build(rules);
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
    return lab;
  }

  #build(rules: string): void {
    const [service, router, client] = ['s', 'r', 'c'].map((each) => this.#name + each) as [string, string, string];
    for (const each of [service, router, client]) {
      ip('netns', 'add', each);
      this.#namespaces.push(each);
      ip('-n', each, 'link', 'set', 'lo', 'up');
    }
    connect(service, INSIDE.service, router, INSIDE.router);
    connect(client, OUTSIDE.client, router, OUTSIDE.router);
    ip('-n', service, 'route', 'add', 'default', 'via', INSIDE.router);
    ip('netns', 'exec', router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
    const table = `table ip lab {
      chain prerouting { type nat hook prerouting priority dstnat;
        ip daddr ${OUTSIDE.router} tcp dport ${PORT} dnat to ${INSIDE.service}; }
      ${rules}
    }`;
    execFileSync('ip', ['netns', 'exec', router, 'nft', '-f', '-'], { input: table });
  }

  /** Of a namespace, as `ip netns` knows it. */
  nameOf(where: 'service' | 'router' | 'client'): string {
    return `${this.#name}${where[0] ?? ''}`;
  }

  /** Starts a program in one of the namespaces. */
  run(where: 'service' | 'router' | 'client', command: string, args: string[], env: NodeJS.ProcessEnv = {}): Running {
    const child = spawn('ip', ['netns', 'exec', this.nameOf(where), command, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.push(child);
    const running = { child, output: '' };
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (running.output += String(text)));
    return running;
  }

  /** coturn with these arguments; resolves when it listens. */
  async startTurn(where: 'router' | 'client', args: string[]): Promise<Running> {
    const folder = mkdtempSync(join(tmpdir(), 'coturn-'));
    this.#folders.push(folder);
    const files = [`--pidfile=${folder}/pid`, `--userdb=${folder}/db`, '--log-file=stdout'];
    const turn = this.run(where, 'turnserver', ['-n', '--no-cli', '--no-tls', '--no-dtls', ...files, ...args]);
    const sockets = ['netns', 'exec', this.nameOf(where), 'ss', '-Hlun', 'sport', '=', ':3478'];
    await eventually('coturn listens', () => (execFileSync('ip', sockets).length > 0 ? true : null));
    return turn;
  }

  /** The built service; resolves when it listens. */
  async startService(env: NodeJS.ProcessEnv): Promise<Running> {
    const listen = { LISTEN: `${INSIDE.service}:${PORT}`, ADMIN_LISTEN: 'off', ICE_ADDRESSES: INSIDE.service };
    const service = this.run('service', process.execPath, [file('dist/main.js')], { ...listen, ...env });
    await eventually('the service listens', () => (service.output.includes('server-listening') ? true : null));
    return service;
  }

  /** A client outside; resolves with what it printed, whether it was connected or not. */
  async call(): Promise<{ isConnected: boolean; answer: string }> {
    const claim = 'X-User-Claim: {"userid":"ann"}';
    const url = `ws://${OUTSIDE.router}:${PORT}/connect`;
    const args = [file('scripts/call.mjs'), url, '--address', OUTSIDE.client, '--header', claim];
    const client = this.run('client', process.execPath, args);
    const [code] = (await once(client.child, 'close')) as [number | null];
    return { isConnected: code === 0, answer: client.output };
  }

  /** Two clients outside, until each has heard and seen so many packets of the other; how many that were. */
  async talk(packets: number): Promise<Record<string, { audio: number; video: number }>> {
    const args = [file('test/support/network/talk.mjs'), OUTSIDE.router, `${PORT}`, `${packets}`];
    const clients = this.run('client', process.execPath, args);
    const [code] = (await once(clients.child, 'close')) as [number | null];
    if (code !== 0) throw new Error(clients.output);
    return JSON.parse(clients.output) as Record<string, { audio: number; video: number }>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    for (const each of this.#namespaces) ip('netns', 'del', each);
    for (const each of this.#folders) rmSync(each, { recursive: true });
  }
}

export interface Running {
  readonly child: ChildProcess;
  output: string;
}

const ip = (...args: string[]): void => void execFileSync('ip', args);

/** A cable between two namespaces, with an address at each end. */
function connect(one: string, oneAddress: string, other: string, otherAddress: string): void {
  const [near, far] = [`${one}0`, `${one}1`];
  ip('-n', one, 'link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', other);
  for (const [namespace, device, address] of [
    [one, near, oneAddress],
    [other, far, otherAddress],
  ] as const) {
    ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', device);
    ip('-n', namespace, 'link', 'set', device, 'up');
  }
}
