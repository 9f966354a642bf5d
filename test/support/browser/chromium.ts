import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Tab } from './tab.ts';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  // The STUN server of the documented page, too: no name outside this machine is ever looked up.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

export const CLIENT_SCRIPT = readFileSync(fileURLToPath(new URL('../page/client.js', import.meta.url)), 'utf8');

/** Debian's Chromium, headless, with a microphone that beeps and a camera that shows a clock. */
export async function launchChromium(): Promise<Browser> {
  const server = await chromium.launchServer({ executablePath: '/usr/bin/chromium', args: FLAGS, headless: true });
  const browser = await chromium.connect(server.wsEndpoint());
  const { pid } = server.process();
  if (pid === undefined) throw new Error('Chromium did not start');
  return {
    pid,
    async newTab(): Promise<Tab> {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.addInitScript({ content: CLIENT_SCRIPT });
      return {
        open: async (url) => {
          await page.goto(url);
        },
        reload: async () => {
          await page.reload();
        },
        evaluate: (expression) => page.evaluate(expression),
        close: () => context.close(),
      };
    },
    close: () => server.close(),
  };
}
