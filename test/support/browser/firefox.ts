import { launch } from 'puppeteer-core';
import { CLIENT_SCRIPT } from './chromium.ts';
import type { Browser, Tab } from './tab.ts';

/** Debian's Firefox, headless, over WebDriver BiDi, with a fake microphone and camera. */
export async function launchFirefox(): Promise<Browser> {
  const browser = await launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.peerconnection.ice.loopback': true,
      'media.autoplay.default': 0,
    },
  });
  const pid = browser.process()?.pid;
  if (pid === undefined) throw new Error('Firefox did not start');
  return {
    pid,
    async newTab(): Promise<Tab> {
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(CLIENT_SCRIPT);
      return {
        open: async (url) => {
          await page.goto(url);
        },
        reload: async () => {
          await page.reload();
        },
        evaluate: (expression) => page.evaluate(expression),
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}
