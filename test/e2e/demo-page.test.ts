import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { launchChromium } from '../support/browser/chromium.ts';
import type { Browser, Tab } from '../support/browser/tab.ts';
import { eventually } from '../support/eventually.ts';

// How the page looks and is operated has a suite of its own: test/page.
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

const count = (tab: Tab, selector: string): Promise<unknown> =>
  tab.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`);

const textOf = (tab: Tab, selector: string): Promise<unknown> =>
  tab.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? null`);

/** Resolves when so many elements are there. */
const there = (what: string, tab: Tab, selector: string, expected = 1): Promise<true> =>
  eventually(what, async () => ((await count(tab, selector)) === expected ? true : null));

const click = (tab: Tab, selector: string): Promise<unknown> =>
  tab.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);

async function join(name: string, camera: boolean): Promise<Tab> {
  const tab = await chromium.newTab();
  await tab.open(url);
  await there(`${name} has a microphone`, tab, '#try-microphone[data-on="true"]');
  await there(`${name} has a camera`, tab, '#try-camera[data-on="true"]');
  if (!camera) {
    await click(tab, '#try-camera');
    await there(`${name} has no camera`, tab, '#try-camera[data-on="false"]');
  }
  await tab.evaluate(`document.getElementById('name').value = ${JSON.stringify(name)}`);
  await click(tab, '#join');
  await there(`${name} is in the conversation`, tab, '#call:not([hidden]) .tile.own');
  expect(await textOf(tab, '#title')).toBe('lobby');
  return tab;
}

test('two tabs of the demo page talk to each other, one of them with a camera', async () => {
  const ann = await join('Ann', true);
  const ben = await join('Zoë "B"', false);

  await there('Ann hears and does not see', ann, '.tile.heard:not(.seen, .own)');
  await there('Ben hears and sees', ben, '.tile.heard.seen:not(.own)');
  await eventually('a picture of Ann is there', async () =>
    ((await ben.evaluate(`document.querySelector('.tile.seen video').videoWidth`)) as number) > 0 ? true : null,
  );
  expect(await textOf(ann, '.tile.heard:not(.own) .name')).toBe('Zoë "B"');
  expect(await textOf(ann, '#members li .name')).toBe('Ann (you)');
  await there('who speaks stands out', ben, '.tile.speaking:not(.own)');

  await click(ben, '.tile:not(.own) .pin');
  await there('Ann is pinned', ben, '.tile.pinned .pin[aria-pressed="true"]');
  await click(ann, '#mute');
  await there('Ann is muted', ann, '.tile.own .muted:not([hidden])');
  await there('Ann is muted where Ben is', ben, '.tile:not(.own) .muted:not([hidden])');
  await there('Ann speaks no more', ben, '.tile.speaking:not(.own)', 0);
  await eventually('the figures move', async () =>
    /^\d+ kbit\/s$/.test(String(await textOf(ben, '#plots figcaption b'))) ? true : null,
  );

  await click(ben, '#leave');
  await there('Ann is alone', ann, '.tile', 1);
  await there('Ben is in the lobby', ben, '#lobby:not([hidden])');
});
