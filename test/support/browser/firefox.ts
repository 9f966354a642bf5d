import { launch } from 'puppeteer-core';
import { FIREFOX } from './options.mjs';
import { CLIENT_SCRIPT, tabOf, type Browser, type Tab, type TabOptions } from './tab.ts';

export async function launchFirefox(): Promise<Browser> {
  const browser = await launch(FIREFOX);
  const pid = browser.process()?.pid;
  if (pid === undefined) throw new Error('Firefox did not start');
  return {
    pid,
    async newTab({ before = '', viewport }: TabOptions = {}): Promise<Tab> {
      const page = await browser.newPage();
      if (viewport !== undefined) await page.setViewport(viewport);
      await page.evaluateOnNewDocument(`${CLIENT_SCRIPT}\n${before}`);
      return tabOf(page, () => page.close());
    },
    close: () => browser.close(),
  };
}
