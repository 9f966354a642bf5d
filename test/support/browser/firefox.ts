import { launch } from 'puppeteer-core';
import { FIREFOX } from './options.mjs';
import { CLIENT_SCRIPT, tabOf, type Browser, type Tab } from './tab.ts';

export async function launchFirefox(): Promise<Browser> {
  const browser = await launch(FIREFOX);
  const pid = browser.process()?.pid;
  if (pid === undefined) throw new Error('Firefox did not start');
  return {
    pid,
    async newTab(): Promise<Tab> {
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(CLIENT_SCRIPT);
      return tabOf(page, () => page.close());
    },
    close: () => browser.close(),
  };
}
