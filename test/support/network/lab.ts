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
export const OUTSIDE = { router: '203.0.113.1', client: '203.0.113.2', otherClient: '203.0.113.3' };
export const INSIDE6 = { service: 'fd77::2', router: 'fd77::1' };
export const OUTSIDE6 = { router: '2001:db8::1', client: '2001:db8::2' };
const PORT = 8080;

/** What passes the router, in nftables, beside TCP to the service. */
export interface Rules {
  readonly ip?: string;
  readonly ip6?: string;
}

/** By which a client comes. */
export type Family = 4 | 6;

/** Why namespaces cannot be made here, for the name of a test that is skipped; null where they can. */
export const noNamespaces = (): string | null => {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const tool of ['ip', 'nft', 'tc']) {
    try {
      execFileSync('sh', ['-c', `command -v ${tool}`]);
    } catch {
      return `network namespaces need the program ${tool}`;
    }
  }
  return null;
};

/**
 * Three network namespaces: the service, a router, and a client that has no way to the service's own address in IPv4.
 * The router hands TCP through to the service; what else passes is the test's to say, in nftables.
 */
export class Lab implements AsyncDisposable {
  readonly #name = `w${process.pid}`;
  readonly #namespaces: string[] = [];
  readonly #folders: string[] = [];
  readonly #children: ChildProcess[] = [];

  static async open(rules: Rules): Promise<Lab> {
    const lab = new Lab();
    try {
      lab.#build(rules);
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
    return lab;
  }

  #build(rules: Rules): void {
    const [service, router, client] = ['s', 'r', 'c'].map((each) => this.#name + each) as [string, string, string];
    for (const each of [service, router, client]) {
      ip('netns', 'add', each);
      this.#namespaces.push(each);
      ip('-n', each, 'link', 'set', 'lo', 'up');
    }
    connect(service, [INSIDE.service, INSIDE6.service], router, [INSIDE.router, INSIDE6.router]);
    connect(client, [OUTSIDE.client, OUTSIDE6.client], router, [OUTSIDE.router, OUTSIDE6.router]);
    ip('-n', service, 'route', 'add', 'default', 'via', INSIDE.router);
    ip('-n', service, 'route', 'add', 'default', 'via', INSIDE6.router);
    ip('-n', client, '-6', 'route', 'add', 'default', 'via', OUTSIDE6.router);
    const forward = ['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1'];
    ip('netns', 'exec', router, 'sysctl', '-qw', ...forward);
    const table = `table ip lab {
      chain prerouting { type nat hook prerouting priority dstnat;
        ip daddr ${OUTSIDE.router} tcp dport ${PORT} dnat to ${INSIDE.service}; }
      ${rules.ip ?? ''}
    }
    table ip6 lab {
      chain prerouting { type nat hook prerouting priority dstnat;
        ip6 daddr ${OUTSIDE6.router} tcp dport ${PORT} dnat to ${INSIDE6.service}; }
      ${rules.ip6 ?? ''}
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
    const listen = { LISTEN: `[::]:${PORT}`, ADMIN_LISTEN: 'off', ICE_ADDRESSES: INSIDE.service };
    const service = this.run('service', process.execPath, [file('dist/main.js')], { ...listen, ...env });
    await eventually('the service listens', () => (service.output.includes('server-listening') ? true : null));
    return service;
  }

  /** A client outside; resolves with what it printed, whether it was connected or not. */
  async call(family: Family = 4): Promise<{ isConnected: boolean; answer: string }> {
    const claim = 'X-User-Claim: {"userid":"ann"}';
    const { host, address } = door(family);
    const args = [file('scripts/call.mjs'), `ws://${host}/connect`, '--address', address, '--header', claim];
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

  /** Two clients outside talk until each has heard a hundred packets of the other; resolves with what they printed. */
  async voices(family: Family): Promise<{ haveHeard: boolean; output: string }> {
    const { host, address } = door(family);
    const client = this.run('client', process.execPath, [file('test/support/network/two-voices.mjs'), host, address]);
    const [code] = (await once(client.child, 'close')) as [number | null];
    return { haveHeard: code === 0, output: client.output };
  }

  /** Packets that named counters of the router's rules have seen. */
  counted(family: Family): Readonly<Record<string, number>> {
    const table = family === 4 ? 'ip' : 'ip6';
    const nft = ['netns', 'exec', `${this.#name}r`, 'nft', '-j', 'list', 'counters', 'table', table, 'lab'];
    const { nftables } = JSON.parse(execFileSync('ip', nft, { encoding: 'utf8' })) as {
      nftables: { counter?: { name: string; packets: number } }[];
    };
    return Object.fromEntries(nftables.flatMap(({ counter }) => (counter ? [[counter.name, counter.packets]] : [])));
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

/** Where a client asks for the service, and its own address. */
const door = (family: Family): { host: string; address: string } =>
  family === 4
    ? { host: `${OUTSIDE.router}:${PORT}`, address: OUTSIDE.client }
    : { host: `[${OUTSIDE6.router}]:${PORT}`, address: OUTSIDE6.client };

const ip = (...args: string[]): void => void execFileSync('ip', args);

/** A cable between two namespaces, with an address of each family at each end. */
function connect(one: string, oneAddresses: string[], other: string, otherAddresses: string[]): void {
  const [near, far] = [`${one}0`, `${one}1`];
  ip('-n', one, 'link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', other);
  for (const [namespace, device, addresses] of [
    [one, near, oneAddresses],
    [other, far, otherAddresses],
  ] as const) {
    for (const address of addresses) {
      // Nobody else has it: nothing waits until that is known.
      const rest = address.includes(':') ? [`${address}/64`, 'nodad'] : [`${address}/24`];
      ip('-n', namespace, 'addr', 'add', ...rest, 'dev', device);
    }
    ip('-n', namespace, 'link', 'set', device, 'up');
  }
}
