import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../browser/chromium.ts';
import { CHROMIUM } from '../browser/options.mjs';
import type { Browser } from '../browser/tab.ts';
import { eventually } from '../eventually.ts';
import { INSIDE, Lab, OUTSIDE } from './lab.ts';

const GATEWAY = fileURLToPath(new URL('gateway.mjs', import.meta.url));

/** What the router's kernel does to UDP between the service and the client. */
export interface Conditions {
  /** By nftables: the part of the packets that is lost. */
  readonly lost?: { readonly share: number; readonly ways: 'both' | 'to the client' };
  /** By tbf: how much passes to the client, and for how long the rest waits. */
  readonly rate?: { readonly bitsPerSecond: number; readonly queueMs: number };
}

/** What passes, what becomes of its source, and how many flows got another one. */
const RULES = `chain forward { type filter hook forward priority 0; }
  counter translated { }
  chain source { type nat hook postrouting priority srcnat; }`;

/** Room for two datagrams: tbf passes none that is larger. */
const BURST_BYTES = 3_000;

/** Chromium in a network namespace, with a gateway of its own. */
interface Place {
  readonly chromium: Browser;
  readonly url: string;
  close(): Promise<void>;
}

/** A service, a router, and behind it Chromium with a gateway of its own: everything between the two can be lost. */
export class NetworkStage {
  readonly #lab: Lab;
  readonly #far: Place;
  #near: Place | null = null;

  private constructor(lab: Lab, far: Place) {
    this.#lab = lab;
    this.#far = far;
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<NetworkStage> {
    const lab = await Lab.open({ ip: RULES });
    try {
      await lab.startService({ CONNECT_RATE: '1000', LOG_LEVEL: 'info', ...env });
      await leadToService(lab);
      return new NetworkStage(lab, await placeIn(lab, 'client'));
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Behind the router. */
  get chromium(): Browser {
    return this.#far.chromium;
  }

  get url(): string {
    return this.#far.url;
  }

  /** Another Chromium, on the machine of the service: nothing that happens at the router concerns it. */
  async near(): Promise<Pick<Place, 'chromium' | 'url'>> {
    this.#near ??= await placeIn(this.#lab, 'service');
    return this.#near;
  }

  /** From now on the router forwards nothing. */
  cut(): Promise<void> {
    return this.#forward('drop');
  }

  /** Until `restore`. */
  async impose({ lost, rate }: Conditions): Promise<void> {
    if (lost !== undefined) {
      const way = lost.ways === 'both' ? [] : ['ip', 'daddr', OUTSIDE.client];
      const chance = ['numgen', 'random', 'mod', '1000', '<', String(Math.round(lost.share * 1_000))];
      await this.#forward(...way, 'meta', 'l4proto', 'udp', ...chance, 'drop');
    }
    if (rate !== undefined) {
      const [most, queue] = [`${rate.bitsPerSecond}bit`, `${rate.queueMs}ms`];
      await this.#line('add', 'tbf', 'rate', most, 'burst', String(BURST_BYTES), 'latency', queue);
    }
  }

  async restore({ rate }: Conditions = {}): Promise<void> {
    await this.#nft('flush', 'chain', 'ip', 'lab', 'forward');
    if (rate !== undefined) await this.#line('del');
  }

  /** The client has another address from now on: what is sent to the one before, and by it, goes nowhere. */
  async move(): Promise<void> {
    const device = ['dev', `${this.#lab.nameOf('client')}0`];
    await exec(this.#lab, 'client', 'ip', 'addr', 'del', `${OUTSIDE.client}/24`, ...device);
    await exec(this.#lab, 'client', 'ip', 'addr', 'add', `${OUTSIDE.otherClient}/24`, ...device);
    await leadToService(this.#lab);
  }

  /**
   * NAT: UDP of the client comes from the router, and from ports of this range (`first-last`); nothing comes in that the
   * client has not sent for. To be called before it connects.
   */
  async translate(ports: string): Promise<void> {
    await this.#source(ports);
    await this.#forward('ip', 'saddr', INSIDE.service, 'meta', 'l4proto', 'udp', 'ct', 'state', 'new', 'drop');
  }

  /** The router forgets which port is whose, and gives others from now on, as one does that was started anew. */
  async rebind(ports: string): Promise<void> {
    await this.#source(ports);
    const device = ['dev', `${this.#lab.nameOf('service')}1`];
    // The kernel forgets what was masqueraded behind an address when that goes.
    for (const act of ['del', 'add'])
      await exec(this.#lab, 'router', 'ip', 'addr', act, `${INSIDE.router}/24`, ...device);
  }

  /** Flows that came from the router instead. */
  get translated(): number {
    return this.#lab.counted(4)['translated'] ?? 0;
  }

  async close(): Promise<void> {
    await Promise.all([this.#far.close(), this.#near?.close()]);
    await this.#lab[Symbol.asyncDispose]();
  }

  async #source(ports: string): Promise<void> {
    const rule = ['ip', 'daddr', INSIDE.service, 'meta', 'l4proto', 'udp', 'counter', 'name', 'translated'];
    await this.#nft('flush', 'chain', 'ip', 'lab', 'source');
    await this.#nft('add', 'rule', 'ip', 'lab', 'source', ...rule, 'masquerade', 'to', `:${ports}`);
  }

  #forward(...rule: string[]): Promise<void> {
    return this.#nft('add', 'rule', 'ip', 'lab', 'forward', ...rule);
  }

  #nft(...command: string[]): Promise<void> {
    return exec(this.#lab, 'router', 'nft', ...command);
  }

  /** From the router to the client. */
  #line(act: 'add' | 'del', ...discipline: string[]): Promise<void> {
    const device = ['dev', `${this.#lab.nameOf('client')}1`];
    return exec(this.#lab, 'router', 'tc', 'qdisc', act, ...device, 'root', ...discipline);
  }
}

async function placeIn(lab: Lab, where: 'client' | 'service'): Promise<Place> {
  const gateway = lab.run(where, process.execPath, [GATEWAY, INSIDE.service, '8080']);
  const port = await eventually('the gateway listens', () => /port (\d+)/.exec(gateway.output)?.[1] ?? null);
  const folder = mkdtempSync(join(tmpdir(), 'chromium-'));
  const leave = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    // Playwright talks to it through a pipe, which does not care for networks.
    const program = join(folder, 'chromium');
    writeFileSync(program, `#!/bin/sh\nexec ip netns exec ${lab.nameOf(where)} ${CHROMIUM.executablePath} "$@"\n`);
    chmodSync(program, 0o755);
    const chromium = await launchChromium({ executablePath: program });
    const close = (): Promise<void> => chromium.close().finally(leave);
    return { chromium, url: `http://localhost:${port}`, close };
  } catch (error) {
    leave();
    throw error;
  }
}

/** A route goes with the address that it is by. */
const leadToService = (lab: Lab): Promise<void> =>
  exec(lab, 'client', 'ip', 'route', 'add', `${INSIDE.service}/32`, 'via', OUTSIDE.router);

async function exec(lab: Lab, where: 'router' | 'client', command: string, ...args: string[]): Promise<void> {
  const running = lab.run(where, command, args);
  const [code] = (await once(running.child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${String(code)} ${running.output}`);
}
