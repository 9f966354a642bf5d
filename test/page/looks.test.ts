import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { Conference, NAMES, type Visit } from '../support/browser/conference.ts';

// How the page looks in windows of a phone, a laptop and a large screen: nothing overflows, nothing lies over something
// else, no name is cut off, and axe finds nothing. The pictures are kept in artifacts/page, to be looked at.
jest.setTimeout(120_000);

const ARTIFACTS = fileURLToPath(new URL('../../artifacts/page/', import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const WINDOWS = [
  { width: 390, height: 844 },
  { width: 1024, height: 768 },
  { width: 1920, height: 1080 },
] as const;
const SCHEMES = ['light', 'dark'] as const;

const sizes = WINDOWS.flatMap((window) =>
  [1, 2, 5, 12].flatMap((count) => SCHEMES.map((scheme) => ({ ...window, count, scheme }))),
);

let conference: Conference;
beforeAll(async () => {
  mkdirSync(ARTIFACTS, { recursive: true });
  conference = await Conference.start();
});
afterAll(() => conference.close());

/** As many people with oneself. */
const people = (count: number): Visit['stub'] => ({ names: NAMES.slice(0, count - 1), recording: true });

async function faultsOf(page: Page, name: string): Promise<unknown> {
  await page.evaluate(`new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))`);
  await page.screenshot({ path: `${ARTIFACTS}${name}.png` });
  return page.evaluate('looks.faults()');
}

async function violationsOf(page: Page): Promise<unknown> {
  await page.evaluate(AXE);
  return page.evaluate(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))`);
}

async function withPage(page: Page, look: (page: Page) => Promise<void>): Promise<void> {
  try {
    await look(page);
  } finally {
    await page.context().close();
  }
}

describe('the conversation', () => {
  it.each(sizes)('at $width px with $count, in $scheme', async ({ count, ...window }) => {
    await withPage(await conference.call({ ...window, stub: people(count) }), async (page) => {
      expect(await page.locator('.tile').count()).toBe(count);
      expect(await faultsOf(page, `${window.width}-${count}-${window.scheme}`)).toEqual([]);
    });
  });

  it.each(WINDOWS)('at $width px with 30', async (window) => {
    await withPage(await conference.call({ ...window, stub: people(30) }), async (page) => {
      expect(await faultsOf(page, `${window.width}-30`)).toEqual([]);
    });
  });

  it.each(WINDOWS)('at $width px with one of 12 in the middle', async (window) => {
    await withPage(await conference.call({ ...window, scheme: 'dark', stub: people(12) }), async (page) => {
      await page.evaluate(`call.change('4', { pinned: true })`);
      expect(await faultsOf(page, `${window.width}-pinned`)).toEqual([]);
    });
  });

  it('with a name of 256 letters, all of which the title has', async () => {
    const name = 'Longworth '.repeat(25).trim();
    await withPage(await conference.call({ ...WINDOWS[0], stub: { names: [name, 'Ben'] } }), async (page) => {
      expect(await page.locator('.tile .name').nth(1).getAttribute('title')).toBe(name);
      const faults = (await faultsOf(page, '390-long')) as string[];
      expect(faults.filter((fault) => !/^span\.name .* is cut off$/.test(fault))).toEqual([]);
    });
  });
});

describe.each(SCHEMES)('what is read out, and contrast, in %s', (scheme) => {
  it.each(WINDOWS.slice(0, 2))('of the lobby at $width px', async (window) => {
    await withPage(await conference.lobby({ ...window, scheme, stub: {} }), async (page) => {
      await page.waitForSelector('#try-camera[data-on]');
      expect(await faultsOf(page, `${window.width}-lobby-${scheme}`)).toEqual([]);
      expect(await violationsOf(page)).toEqual([]);
      await page.evaluate(`document.getElementById('problem').textContent = 'The microphone is not allowed.'`);
      expect(await violationsOf(page)).toEqual([]);
    });
  });

  it.each(WINDOWS.slice(0, 2))('of the conversation and its panels at $width px', async (window) => {
    await withPage(
      await conference.call({ ...window, scheme, stub: { ...people(5), blocked: true } }),
      async (page) => {
        expect(await violationsOf(page)).toEqual([]);
        await page.evaluate('for (let second = 0; second < 60; second += 1) call.tick(second)');
        for (const panel of ['people', 'stats', 'help']) {
          await page.evaluate(`document.getElementById('show-${panel}').click()`);
          expect(await faultsOf(page, `${window.width}-${panel}-${scheme}`)).toEqual([]);
          expect(await violationsOf(page)).toEqual([]);
          await page.keyboard.press('Escape');
        }
      },
    );
  });
});
