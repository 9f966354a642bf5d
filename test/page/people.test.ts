import { jest } from '@jest/globals';
import { ActorPage, type Cast, type TileLook } from '../support/browser/actor-page.ts';
import { Stage } from '../support/browser/stage.ts';
import { eventually } from '../support/eventually.ts';

// Real people on the conference page, in one Chromium, and fewer slots than people: names, speakers, voices and pictures
// go to the right tiles. Everybody has a voice and a picture that are nobody else's. Five of them, as a busy machine can
// carry; up to twelve with PEOPLE=12, on one that does nothing else. Each is a frame of one of two tabs: a tab is a
// process, with a media stack of its own.
jest.setTimeout(600_000);

const NAMES = ['Ann', 'Ben', 'Cid', 'Dan', 'Eve', 'Fay', 'Gus', 'Hal', 'Ida', 'Joe', 'Kim', 'Lou'].slice(
  0,
  Number(process.env['PEOPLE'] ?? 5),
);
const CAST: Cast = Object.fromEntries(NAMES.map((name, at) => [name, at + 1]));
const SLOTS = { audio: 2, video: 2 };
const PATIENCE_S = 60;

let stage: Stage;
const pages: ActorPage[] = [];
beforeAll(async () => {
  stage = await Stage.start();
  const tabs = [await ActorPage.stage(stage.chromium, stage.url), await ActorPage.stage(stage.chromium, stage.url)];
  for (const [n, name] of NAMES.entries()) {
    pages.push(await ActorPage.enter(tabs[n % tabs.length]!, stage.url, name, CAST, SLOTS));
  }
});
afterAll(async () => {
  await Promise.all(pages.map((page) => page.close()));
  await stage.close();
});

const onAll = (task: (page: ActorPage) => Promise<unknown>, them = pages): Promise<unknown> =>
  Promise.all(them.map(task));

const isTold = (tiles: readonly TileLook[], speaker: ActorPage, isOwn: boolean): boolean => {
  const speaking = tiles.filter(({ isSpeaking }) => isSpeaking);
  const tile = tiles.find(({ name }) => name === speaker.name);
  const isShown = isOwn || (tile?.isHeard === true && tile.picture === speaker.number);
  return speaking.length === 1 && speaking[0] === tile && isShown;
};

/** Resolves when a page marks him, and him alone, as speaking, and shows and plays him in his tile. */
async function follows(page: ActorPage, speaker: ActorPage): Promise<void> {
  const isOwn = page === speaker;
  let last: unknown;
  const ask = async (): Promise<true | null> => {
    const tiles = await page.tiles();
    last = tiles.filter((tile) => tile.isSpeaking || tile.isSeen || tile.isHeard);
    if (!isTold(tiles, speaker, isOwn)) return null;
    return isOwn || (await page.heardIn(speaker.name)) === speaker.number ? true : null;
  };
  await eventually(`${page.name} follows ${speaker.name}`, ask, PATIENCE_S).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${JSON.stringify(last)}`);
  });
}

test('each page lists everybody, with a tile for each', async () => {
  await onAll((page) =>
    eventually(
      `${page.name} lists everybody`,
      async () => {
        const { listed, tiles } = await page.names();
        return listed.join() === NAMES.join() && tiles.join() === NAMES.join() ? true : null;
      },
      PATIENCE_S,
    ),
  );
});

test('whoever speaks is marked, heard and seen by everybody, under the right name', async () => {
  for (const speaker of pages) {
    await speaker.speak(true);
    await onAll((page) => follows(page, speaker));
    await speaker.speak(false);
  }
  for (const page of pages) expect(await page.wrongPictures()).toEqual([]);
});

test('no page shows more than it has slots for', async () => {
  for (const page of pages) {
    const others = (await page.tiles()).filter(({ name }) => name !== page.name);
    expect(others.filter(({ isSeen }) => isSeen)).toHaveLength(SLOTS.video);
    expect(others.filter(({ isHeard }) => isHeard)).toHaveLength(SLOTS.audio);
  }
});

test('who leaves is gone everywhere', async () => {
  const [first, ...others] = pages;
  await first?.leave();
  const rest = NAMES.slice(1).join();
  await onAll(
    (page) =>
      eventually(
        `${page.name} sees that ${first?.name ?? ''} has left`,
        async () => {
          const { listed, tiles } = await page.names();
          return listed.join() === rest && tiles.join() === rest ? true : null;
        },
        PATIENCE_S,
      ),
    others,
  );
});
