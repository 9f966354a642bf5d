import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A page of a real browser, with a profile of its own. What runs in it is text: it is not part of this program. */
export interface Tab {
  open(url: string): Promise<void>;
  reload(): Promise<void>;
  /** The value of an expression in the page, awaited there. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

/** In each tab `test/support/page/client.js` runs before the scripts of the page. */
export interface TabOptions {
  /** Another script, behind it. */
  readonly before?: string;
  /** Of the window, in pixels; the fewer there are the less there is to paint. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface Browser {
  newTab(options?: TabOptions): Promise<Tab>;
  /** The process of the browser; its children do the media. */
  readonly pid: number;
  close(): Promise<void>;
}

export const CLIENT_SCRIPT = readFileSync(fileURLToPath(new URL('../page/client.js', import.meta.url)), 'utf8');

/** What Playwright's pages and Puppeteer's have in common. */
interface DrivenPage {
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
}

/** @param close ends the page and what was opened for it */
export const tabOf = (page: DrivenPage, close: () => Promise<void>): Tab => ({
  open: async (url) => {
    await page.goto(url);
  },
  reload: async () => {
    await page.reload();
  },
  evaluate: (expression) => page.evaluate(expression),
  close,
});
