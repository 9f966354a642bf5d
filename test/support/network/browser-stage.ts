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

/** A service, a router, and behind it Chromium with a gateway of its own: everything between the two can be lost. */
export class NetworkStage {
  readonly chromium: Browser;
  readonly url: string;
  readonly #lab: Lab;
  readonly #folder: string;

  private constructor(lab: Lab, chromium: Browser, url: string, folder: string) {
    this.#lab = lab;
    this.chromium = chromium;
    this.url = url;
    this.#folder = folder;
  }

  static async start(): Promise<NetworkStage> {
    const lab = await Lab.open({ ip: 'chain forward { type filter hook forward priority 0; }' });
    const folder = mkdtempSync(join(tmpdir(), 'chromium-'));
    try {
      await lab.startService({ CONNECT_RATE: '1000', LOG_LEVEL: 'info' });
      await leadToService(lab);
      const gateway = lab.run('client', process.execPath, [GATEWAY, INSIDE.service, '8080']);
      const port = await eventually('the gateway listens', () => /port (\d+)/.exec(gateway.output)?.[1] ?? null);
      // Playwright talks to it through a pipe, which does not care for networks.
      const program = join(folder, 'chromium');
      writeFileSync(program, `#!/bin/sh\nexec ip netns exec ${lab.nameOf('client')} ${CHROMIUM.executablePath} "$@"\n`);
      chmodSync(program, 0o755);
      return new NetworkStage(
        lab,
        await launchChromium({ executablePath: program }),
        `http://localhost:${port}`,
        folder,
      );
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  /** From now on the router forwards nothing. */
  cut(): Promise<void> {
    return exec(this.#lab, 'router', 'nft', 'add', 'rule', 'ip', 'lab', 'forward', 'drop');
  }

  restore(): Promise<void> {
    return exec(this.#lab, 'router', 'nft', 'flush', 'chain', 'ip', 'lab', 'forward');
  }

  /** The client has another address from now on: what is sent to the one before, and by it, goes nowhere. */
  async move(): Promise<void> {
    const device = ['dev', `${this.#lab.nameOf('client')}0`];
    await exec(this.#lab, 'client', 'ip', 'addr', 'del', `${OUTSIDE.client}/24`, ...device);
    await exec(this.#lab, 'client', 'ip', 'addr', 'add', `${OUTSIDE.otherClient}/24`, ...device);
    await leadToService(this.#lab);
  }

  async close(): Promise<void> {
    await this.chromium.close();
    await this.#lab[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
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
