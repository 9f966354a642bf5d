import { chromium } from 'playwright-core';
import { CHROMIUM, CHROMIUM_WITHOUT_PERMISSION } from './options.mjs';
import { CLIENT_SCRIPT, tabOf, type Browser, type Tab, type TabOptions } from './tab.ts';

/**
 * `executablePath`: another program that starts it. `isAllowed`: whether pages may have a microphone and a camera.
 */
export async function launchChromium({
  executablePath = CHROMIUM.executablePath,
  isAllowed = true,
} = {}): Promise<Browser> {
  const server = await chromium.launchServer({
    ...(isAllowed ? CHROMIUM : CHROMIUM_WITHOUT_PERMISSION),
    executablePath,
  });
  const browser = await chromium.connect(server.wsEndpoint());
  const { pid } = server.process();
  if (pid === undefined) throw new Error('Chromium did not start');
  return {
    pid,
    async newTab({ before = '', viewport }: TabOptions = {}): Promise<Tab> {
      const context = await browser.newContext(viewport === undefined ? {} : { viewport });
      const page = await context.newPage();
      await page.addInitScript({ content: `${CLIENT_SCRIPT}\n${before}` });
      return tabOf(page, () => context.close());
    },
    close: () => server.close(),
  };
}
