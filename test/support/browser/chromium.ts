import { chromium } from 'playwright-core';
import { CHROMIUM } from './options.mjs';
import { CLIENT_SCRIPT, tabOf, type Browser, type Tab } from './tab.ts';

/** @param executablePath another program that starts it */
export async function launchChromium(executablePath = CHROMIUM.executablePath): Promise<Browser> {
  const server = await chromium.launchServer({ ...CHROMIUM, executablePath });
  const browser = await chromium.connect(server.wsEndpoint());
  const { pid } = server.process();
  if (pid === undefined) throw new Error('Chromium did not start');
  return {
    pid,
    async newTab(): Promise<Tab> {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.addInitScript({ content: CLIENT_SCRIPT });
      return tabOf(page, () => context.close());
    },
    close: () => server.close(),
  };
}
