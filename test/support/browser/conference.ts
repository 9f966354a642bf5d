import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { startGateway } from '../../../demo/gateway.mjs';
import { CHROMIUM } from './options.mjs';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
const STUB = read('../page/stub-client.js');
const LOOKS = read('../page/looks.js');

/** Long and short, of several scripts, with a word that is hard to wrap. */
export const NAMES = [
  ...['Zoë Bernstein', 'Ali', 'Maximiliana Konstantinopoulou-Hohenlohe', 'Łukasz Żółć', 'Jean-Luc de la Tour', 'Olu'],
  ...['Priya Raghunathan', 'Bob', 'Anastasija Vasiljevna Kuznjecova', 'Søren', 'Fatima az-Zahra'],
  ...['Guðrún Sigurðardóttir', 'X Æ', 'Tom', 'Wolfeschlegelsteinhausenbergerdorff', 'Ann', 'Ben', 'Cid', 'Dan'],
  ...['Eve', 'Fay', 'Gus', 'Hal', 'Ida', 'Joe', 'Kim', 'Lou', 'Mia', 'Ned'],
];

type Upstream = Parameters<typeof startGateway>[0]['upstream'];

export interface Visit {
  readonly name?: string;
  readonly width: number;
  readonly height: number;
  readonly scheme?: 'light' | 'dark';
  /** What the stub of the client library is told; without it the page has the library itself. */
  readonly stub?: {
    readonly names?: readonly string[];
    readonly recording?: boolean;
    readonly blocked?: boolean;
    readonly refuses?: readonly [message: string, remedy: string];
  };
  /** Runs before the scripts of the page. */
  readonly before?: string;
}

/** The conference page in Chromium, with a service or with a stub of the client library that needs none. */
export class Conference {
  readonly #browser: Browser;
  readonly #gateway: Awaited<ReturnType<typeof startGateway>>;

  private constructor(browser: Browser, gateway: Awaited<ReturnType<typeof startGateway>>) {
    this.#browser = browser;
    this.#gateway = gateway;
  }

  /** @param upstream the service; nobody asks one where the client library is a stub */
  static async start(upstream: Upstream = { host: '127.0.0.1', port: 1 }): Promise<Conference> {
    const gateway = await startGateway({ port: 0, upstream });
    return new Conference(await chromium.launch(CHROMIUM), gateway);
  }

  /** A tab in the lobby; closed with its context. */
  async lobby({ width, height, scheme = 'light', stub, before = '', name = 'Alexandra' }: Visit): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      reducedMotion: 'reduce',
      permissions: ['camera', 'microphone', 'clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    await page.addInitScript(`globalThis.stub = ${JSON.stringify(stub ?? null)};${before};${LOOKS}`);
    if (stub !== undefined) {
      await page.route('**/client.js', (route) => route.fulfill({ contentType: 'text/javascript', body: STUB }));
    }
    await page.goto(`http://localhost:${this.#gateway.port}/?conversation=Weekly%20planning`);
    await page.fill('#name', name);
    return page;
  }

  /**
   * A tab of the same origin with nothing in it.
   * @param before runs before everything else
   */
  async empty(before: string): Promise<Page> {
    const context = await this.#browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(before);
    await page.goto(`http://localhost:${this.#gateway.port}/empty`);
    return page;
  }

  /** A tab in the conversation. */
  async call(visit: Visit): Promise<Page> {
    const page = await this.lobby(visit);
    await page.waitForSelector('#try-microphone[data-on], .problem:not(:empty)');
    await page.waitForSelector('#try-camera[data-on]');
    await page.click('#join');
    await page.waitForSelector('#call:not([hidden])');
    return page;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#gateway.close();
  }
}
