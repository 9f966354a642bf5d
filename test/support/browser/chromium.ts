import { chromium } from 'playwright-core';
import { CHROMIUM, CHROMIUM_WITHOUT_PERMISSION } from './options.mjs';
import { CLIENT_SCRIPT, tabOf, type Browser, type Tab, type TabOptions } from './tab.ts';

/** Of a page within a page. */
const FRAME = { width: 400, height: 400, allow: 'camera; microphone; autoplay' };

/** A tab with pages in it that share its process: a dozen of them cost far less than a dozen tabs. */
export interface FramedTab extends Tab {
  /** Opens another one. `window.name` tells its scripts, the first of the tab among them, which one it is. */
  addFrame(name: string, url: string): Promise<Tab>;
}

export interface Chromium extends Browser {
  newTab(options?: TabOptions): Promise<FramedTab>;
}

/**
 * `executablePath`: another program that starts it. `isAllowed`: whether pages may have a microphone and a camera.
 */
export async function launchChromium({
  executablePath = CHROMIUM.executablePath,
  isAllowed = true,
} = {}): Promise<Chromium> {
  const server = await chromium.launchServer({
    ...(isAllowed ? CHROMIUM : CHROMIUM_WITHOUT_PERMISSION),
    executablePath,
  });
  const browser = await chromium.connect(server.wsEndpoint());
  const { pid } = server.process();
  if (pid === undefined) throw new Error('Chromium did not start');
  return {
    pid,
    async newTab({ before = '', viewport }: TabOptions = {}): Promise<FramedTab> {
      const context = await browser.newContext(viewport === undefined ? {} : { viewport });
      const page = await context.newPage();
      await page.addInitScript({ content: `${CLIENT_SCRIPT}\n${before}` });
      const addFrame = async (name: string, url: string): Promise<Tab> => {
        await page.evaluate(`document.body.append(Object.assign(document.createElement('iframe'),
          { name: ${JSON.stringify(name)}, ...${JSON.stringify(FRAME)} }))`);
        const frame = page.frame({ name });
        if (frame === null) throw new Error(`there is no frame ${name}`);
        await frame.goto(url);
        const reload = (): Promise<unknown> => frame.goto(frame.url());
        const close = async (): Promise<void> => {
          await page.evaluate(`document.getElementsByName(${JSON.stringify(name)})[0].remove()`);
        };
        return tabOf(
          { goto: (to) => frame.goto(to), reload, evaluate: (expression) => frame.evaluate(expression) },
          close,
        );
      };
      return { ...tabOf(page, () => context.close()), addFrame };
    },
    close: () => server.close(),
  };
}
