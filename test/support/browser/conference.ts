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

export interface Visit {
  readonly width: number;
  readonly height: number;
  readonly scheme?: 'light' | 'dark';
  /** What the stub of the client library is told. */
  readonly stub: {
    readonly names?: readonly string[];
    readonly recording?: boolean;
    readonly blocked?: boolean;
    readonly refuses?: readonly [message: string, remedy: string];
  };
  /** Runs before the scripts of the page. */
  readonly before?: string;
}

/** The conference page in Chromium with a stub of the client library: how it looks, and how it is operated. */
export class Conference {
  readonly #browser: Browser;
  readonly #gateway: Awaited<ReturnType<typeof startGateway>>;

  private constructor(browser: Browser, gateway: Awaited<ReturnType<typeof startGateway>>) {
    this.#browser = browser;
    this.#gateway = gateway;
  }

  static async start(): Promise<Conference> {
    // Nobody asks a service: the client library is a stub.
    const gateway = await startGateway({ port: 0, upstream: { host: '127.0.0.1', port: 1 } });
    return new Conference(await chromium.launch(CHROMIUM), gateway);
  }

  /** A tab in the lobby; closed with its context. */
  async lobby({ width, height, scheme = 'light', stub, before = '' }: Visit): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      reducedMotion: 'reduce',
      permissions: ['camera', 'microphone', 'clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    await page.addInitScript(`globalThis.stub = ${JSON.stringify(stub)};${before};${LOOKS}`);
    await page.route('**/client.js', (route) => route.fulfill({ contentType: 'text/javascript', body: STUB }));
    await page.goto(`http://localhost:${this.#gateway.port}/?conversation=Weekly%20planning`);
    await page.fill('#name', 'Alexandra');
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
