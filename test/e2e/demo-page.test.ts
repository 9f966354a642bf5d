import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { launchChromium } from '../support/browser/chromium.ts';
import type { Browser, Tab } from '../support/browser/tab.ts';
import { eventually } from '../support/eventually.ts';

jest.setTimeout(90_000);

const MAIN = fileURLToPath(new URL('../../demo/main.mjs', import.meta.url));

let demo: ChildProcess;
let url: string;
let chromium: Browser;
beforeAll(async () => {
  demo = spawn(process.execPath, [MAIN, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  demo.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  url = await eventually('the demo says where it is', () => /http:\/\/localhost:\d+/.exec(output)?.[0] ?? null);
  chromium = await launchChromium();
});
afterAll(async () => {
  await chromium.close();
  const exited = once(demo, 'exit');
  demo.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

async function join(name: string, camera: boolean): Promise<Tab> {
  const tab = await chromium.newTab();
  await tab.open(url);
  await tab.evaluate(`{
    document.getElementById('name').value = ${JSON.stringify(name)};
    document.getElementById('camera').checked = ${camera};
    document.getElementById('join').click();
  }`);
  await eventually(`${name} is in the lobby`, async () => {
    const status = (await tab.evaluate(`document.getElementById('status').textContent`)) as string;
    return status === `${name} is in “lobby”.` ? true : null;
  });
  return tab;
}

const tiles = (tab: Tab, selector: string): Promise<unknown> =>
  tab.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`);

const textOf = (tab: Tab, selector: string): Promise<unknown> =>
  tab.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? null`);

test('two tabs of the demo page talk to each other, one of them with a camera', async () => {
  const ann = await join('Ann', true);
  const ben = await join('Zoë "B"', false);

  await eventually('Ann hears and does not see', async () =>
    (await tiles(ann, '.tile.active.quiet')) === 1 ? true : null,
  );
  await eventually('Ben hears and sees', async () =>
    (await tiles(ben, '.tile.active:not(.quiet)')) === 1 ? true : null,
  );
  await eventually('the tile has the name', async () =>
    (await textOf(ann, '.tile.active .name')) === 'Zoë "B"' ? true : null,
  );
  expect(await textOf(ann, '#members li')).toBe('Ann (you)');
  await eventually('who speaks stands out', async () => ((await tiles(ben, '.tile.speaking')) === 1 ? true : null));
  await ben.evaluate(`document.querySelector('.tile.active .pin').click()`);
  expect(await tiles(ben, '.pin[aria-pressed="true"]')).toBe(1);
  await eventually('the level moves', async () => {
    return ((await ben.evaluate(
      `Math.max(...[...document.querySelectorAll('meter')].map(({ value }) => value))`,
    )) as number) > 0.05
      ? true
      : null;
  });

  await ben.evaluate(`document.getElementById('leave').click()`);
  await eventually('Ann hears nobody', async () => ((await tiles(ann, '.tile.active')) === 0 ? true : null));
  expect(await ben.evaluate(`document.getElementById('status').dataset.state`)).toBe('idle');
});
