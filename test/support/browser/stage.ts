import { startGateway } from '../../../demo/gateway.mjs';
import { ServiceProcess } from '../service-process.ts';
import { BrowserClient } from './client.ts';
import { launchChromium, type Chromium } from './chromium.ts';
import type { Browser } from './tab.ts';

type Gateway = Awaited<ReturnType<typeof startGateway>>;

/** The built service, the gateway in front of it, and browsers. One per file of tests. */
export class Stage {
  readonly chromium: Chromium;
  readonly #env: Readonly<Record<string, string>>;
  readonly #gateway: Gateway;
  readonly #clients: BrowserClient[] = [];
  #service: ServiceProcess;

  private constructor(
    env: Readonly<Record<string, string>>,
    service: ServiceProcess,
    gateway: Gateway,
    chromium: Chromium,
  ) {
    this.#env = env;
    this.#service = service;
    this.chromium = chromium;
    this.#gateway = gateway;
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const service = await ServiceProcess.start(env);
    const upstream = { host: '127.0.0.1', port: service.port, secret: service.secret };
    const gateway = await startGateway({ port: 0, upstream });
    try {
      return new Stage(env, service, gateway, await launchChromium());
    } catch (error) {
      await Promise.all([gateway.close(), service.stop()]);
      throw error;
    }
  }

  get service(): ServiceProcess {
    return this.#service;
  }

  /** The service is killed, and started again in its place. */
  async crash(): Promise<void> {
    const { port } = this.#service;
    await this.#service.kill();
    this.#service = await ServiceProcess.start(this.#env, port);
  }

  /** The service ends as an operator would have it, and is started again in its place. */
  async restart(): Promise<void> {
    const { port } = this.#service;
    await this.#service.stop();
    this.#service = await ServiceProcess.start(this.#env, port);
  }

  get url(): string {
    return `http://localhost:${this.#gateway.port}`;
  }

  /** A user's device in a tab of its own, on a page of the gateway's origin that does nothing by itself. */
  async client(
    userid: string,
    options: { device?: string; browser?: Browser; page?: string } = {},
  ): Promise<BrowserClient> {
    const tab = await (options.browser ?? this.chromium).newTab();
    const client = new BrowserClient(tab, this.url, userid, options.device);
    this.#clients.push(client);
    await client.open(options.page ?? '/empty');
    return client;
  }

  /** Ends the connections and tabs of a test. */
  async clear(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map(({ tab }) => tab.close()));
  }

  /** Ends everything; rejects with what the service said where it did not end well, or did not live until now. */
  async close(): Promise<void> {
    await this.chromium.close();
    await this.#gateway.close();
    const code = await this.service.stop();
    if (code !== 0) throw new Error(`the service ended with ${String(code)}:\n${this.service.output.slice(-4000)}`);
  }
}
