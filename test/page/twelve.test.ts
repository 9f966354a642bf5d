import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { Conference } from '../support/browser/conference.ts';
import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';

// Twelve people in one conversation, each in a tab with the page as it is. What is small is the pictures, and how many of
// them all but the first look at: twelve browsers share two cores.
jest.setTimeout(480_000);

const ARTIFACTS = fileURLToPath(new URL('../../artifacts/page/', import.meta.url));
const CROWD = readFileSync(new URL('../support/page/crowd.js', import.meta.url), 'utf8');
const PEOPLE = ['Ann', 'Ben', 'Cid', 'Dan', 'Eve', 'Fay', 'Gus', 'Hal', 'Ida', 'Joe', 'Kim', 'Lou'];

let service: ServiceProcess;
let conference: Conference;
let pages: Page[];
beforeAll(async () => {
  mkdirSync(ARTIFACTS, { recursive: true });
  service = await ServiceProcess.start();
  conference = await Conference.start({ host: '127.0.0.1', port: service.port, secret: service.secret });
  pages = [];
  for (const [number, name] of PEOPLE.entries()) pages.push(await enter(name, number));
});
afterAll(async () => {
  await conference.close();
  expect(await service.stop()).toBe(0);
});

/** The camera and the voice of this number; see crowd.js. */
const devices = (number: number): string => `${CROWD};if (navigator.mediaDevices !== undefined)
  navigator.mediaDevices.getUserMedia = async ({ audio }) =>
    new MediaStream([audio ? crowd.voice(${number}) : crowd.camera(${number})]);`;

async function enter(name: string, number: number): Promise<Page> {
  const page = await conference.lobby({ width: 1024, height: 768, name, before: devices(number) });
  await page.waitForSelector('#try-camera[data-on="true"]', { timeout: 60_000 });
  const slots = number === 0 ? { voices: 8, pictures: 12 } : { voices: 2, pictures: 2 };
  await page.evaluate(`for (const [id, count] of Object.entries(${JSON.stringify(slots)}))
    document.getElementById(id).value = count`);
  await page.click('#join');
  await page.waitForSelector('#call:not([hidden])', { timeout: 60_000 });
  return page;
}

/** Of the tiles that match: whose they are. */
const namesOn = (page: Page, selector: string): Promise<string[]> =>
  page.evaluate<string[]>(
    `[...document.querySelectorAll('${selector}')].map((tile) => tile.querySelector('.name').title).sort()`,
  );

test('everybody has the names of all', async () => {
  for (const [number, page] of pages.entries()) {
    const expected = PEOPLE.map((name, index) => (index === number ? `${name} (you)` : name));
    await eventually(
      `${PEOPLE[number] ?? ''} sees twelve tiles`,
      async () => ((await namesOn(page, '.tile')).length === PEOPLE.length ? true : null),
      60,
    );
    expect(await namesOn(page, '.tile')).toEqual(expected.sort());
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

test.each([4, 9, 11])('when number %d speaks, the ring is around that one, with everybody', async (speaker) => {
  const name = PEOPLE[speaker] ?? '';
  await Promise.all(pages.map((page, number) => page.evaluate(`crowd.speak([${number === speaker ? number : -1}])`)));
  for (const [number, page] of pages.entries()) {
    const ring = number === speaker ? `${name} (you)` : name;
    await eventually(
      `${PEOPLE[number] ?? ''} sees that ${name} speaks`,
      async () => {
        const speaking = await namesOn(page, '.tile.speaking');
        return speaking.length === 1 && speaking[0] === ring ? true : null;
      },
      60,
    );
  }
});

test('nobody was lost on the way', async () => {
  for (const page of pages) {
    expect(await page.locator('.tile').count()).toBe(PEOPLE.length);
    expect(await page.locator('#notice').textContent()).not.toMatch(/interrupted/);
  }
});
