import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { Conference } from '../support/browser/conference.ts';
import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';

// Twelve people of Chromium in one conversation: three look at the page, each in a tab; the other nine are calls of the
// client library in one tab, since twelve tabs that paint are more than two cores can do. Small pictures, and few.
jest.setTimeout(300_000);

const ARTIFACTS = fileURLToPath(new URL('../../artifacts/page/', import.meta.url));
const CROWD = readFileSync(new URL('../support/page/crowd.js', import.meta.url), 'utf8');
const PEOPLE = ['Ann', 'Ben', 'Cid', 'Dan', 'Eve', 'Fay', 'Gus', 'Hal', 'Ida', 'Joe', 'Kim', 'Lou'];
/** How many of them are at a page. */
const AT_A_PAGE = 3;

let service: ServiceProcess;
let conference: Conference;
let pages: Page[];
let crowd: Page;
beforeAll(async () => {
  mkdirSync(ARTIFACTS, { recursive: true });
  service = await ServiceProcess.start();
  conference = await Conference.start({ host: '127.0.0.1', port: service.port, secret: service.secret });
  crowd = await conference.empty(CROWD);
  for (const number of PEOPLE.keys()) if (number >= AT_A_PAGE) await enterFromCrowd(number);
  pages = [];
  for (let number = 0; number < AT_A_PAGE; number += 1) pages.push(await enter(number));
});
afterAll(async () => {
  await conference.close();
  expect(await service.stop()).toBe(0);
});

/** Somebody who publishes, and looks at no page. */
async function enterFromCrowd(number: number): Promise<void> {
  await crowd.evaluate(`import('/client.js').then(async ({ connect }) => {
    const [audio, video] = [crowd.voice(${number}), crowd.camera(${number})];
    const slots = { audio: 1, video: 1 };
    const call = await connect({ url: '/', token: '${PEOPLE[number]}', device: null, audio, video, slots });
    await call.join('Weekly planning');
    (globalThis.calls ??= []).push(call);
  })`);
}

/** Somebody at a page. The first sees everybody. */
async function enter(number: number): Promise<Page> {
  // A voice and a camera that tell who it is; see crowd.js.
  const before = `${CROWD};if (navigator.mediaDevices !== undefined)
    navigator.mediaDevices.getUserMedia = async ({ audio }) =>
      new MediaStream([audio ? crowd.voice(${number}) : crowd.camera(${number})]);`;
  const page = await conference.lobby({ width: 800, height: 600, name: PEOPLE[number]!, before });
  await page.waitForSelector('#try-camera[data-on="true"]');
  await page.evaluate(`document.getElementById('pictures').value = ${number === 0 ? 12 : 2}`);
  await page.click('#join');
  await page.waitForSelector('#call:not([hidden])');
  return page;
}

/** Of the tiles that match: whose they are. */
const namesOn = (page: Page, selector: string): Promise<string[]> =>
  page.evaluate<string[]>(
    `[...document.querySelectorAll('${selector}')].map((tile) => tile.querySelector('.name').title).sort()`,
  );

test('everybody has the names of all', async () => {
  for (const [number, page] of pages.entries()) {
    const expected = PEOPLE.map((name, index) => (index === number ? `${name} (you)` : name)).sort();
    await eventually(
      'twelve tiles are there',
      async () => ((await namesOn(page, '.tile')).length === PEOPLE.length ? true : null),
      60,
    );
    expect(await namesOn(page, '.tile')).toEqual(expected);
  }
});

test('the picture on a tile is that of the one whose name it has', async () => {
  const [ann] = pages;
  const seen = (): Promise<Record<string, number | null>> =>
    ann!.evaluate<
      Record<string, number | null>
    >(`Object.fromEntries([...document.querySelectorAll('.tile:not(.own)')].map(
      (tile) => [tile.querySelector('.name').title, crowd.publisherIn(tile.querySelector('video'))]))`);
  const expected = Object.fromEntries(PEOPLE.slice(1).map((name, index) => [name, index + 1]));
  await eventually(
    'Ann sees eleven pictures',
    async () => (Object.values(await seen()).every((number) => number !== null) ? true : null),
    90,
  );
  expect(await seen()).toEqual(expected);
  await ann!.screenshot({ path: `${ARTIFACTS}twelve.png` });
});

test.each([4, 1, 11])('when number %d speaks, the ring is around that one, on every page', async (speaker) => {
  const name = PEOPLE[speaker]!;
  // One says of each tab who of it speaks; who is not in it is not heard.
  await Promise.all([crowd, ...pages].map((page) => page.evaluate(`crowd.speak([${speaker}])`)));
  for (const [number, page] of pages.entries()) {
    const ring = number === speaker ? `${name} (you)` : name;
    await eventually(
      `the ring is around ${name}`,
      async () => {
        const speaking = await namesOn(page, '.tile.speaking');
        return speaking.length === 1 && speaking[0] === ring ? true : null;
      },
      60,
    );
  }
});

test('the conversation holds: nobody was lost on the way', async () => {
  for (const page of pages) {
    expect(await page.locator('.tile').count()).toBe(PEOPLE.length);
    expect(await page.locator('#notice').textContent()).not.toMatch(/interrupted/);
  }
  expect(await crowd.evaluate('calls.map(({ state }) => state.state)')).toEqual(
    Array.from({ length: PEOPLE.length - AT_A_PAGE }, () => 'connected'),
  );
});
