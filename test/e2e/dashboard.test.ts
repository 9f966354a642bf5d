// The page of the admin listener in a real browser, beside a real call.
import { jest } from '@jest/globals';
import { slots } from '../support/browser/client.ts';
import { Stage } from '../support/browser/stage.ts';
import type { Tab } from '../support/browser/tab.ts';
import { eventually } from '../support/eventually.ts';

jest.setTimeout(120_000);

const TOKEN = 'the-token-of-an-operator';

let stage: Stage;
let tab: Tab;
beforeAll(async () => {
  stage = await Stage.start({ ADMIN_TOKEN: TOKEN });
  tab = await stage.chromium.newTab();
});
afterAll(async () => {
  await tab.close();
  await stage.clear();
  await stage.close();
});

const textOf = async (selector: string): Promise<string> =>
  String(await tab.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`));

/** What stands in the row of a device, by the column. */
const cells = async (device: string): Promise<string[]> =>
  (await tab.evaluate(
    `[...document.querySelectorAll('#rows tr')].filter((row) => row.children[0].innerText === ${JSON.stringify(device)})
      .flatMap((row) => [...row.children].map((cell) => cell.innerText))`,
  )) as string[];

const isDrawn = (id: string): Promise<unknown> =>
  tab.evaluate(
    `(({ complete, naturalWidth }) => (complete && naturalWidth > 100) || null)(document.getElementById('${id}'))`,
  );

const logIn = (token: string): Promise<unknown> =>
  tab.evaluate(`{
    document.getElementById('token').value = ${JSON.stringify(token)};
    document.querySelector('#login button').click();
  }`);

test('shows a call as it is: who hears whom, what flows, and pictures of both', async () => {
  await tab.open(`http://127.0.0.1:${stage.service.adminPort}/`);
  await eventually('it asks for the token', async () => ((await textOf('#login')) === '' ? null : true));
  await logIn('a-token-that-is-another');
  await eventually('it says that this is not it', async () => ((await textOf('#refused')) === '' ? null : true));
  await logIn(TOKEN);
  await eventually('nobody is there', async () =>
    (await textOf('#no-conversations')) === 'Nobody has joined one.' ? true : null,
  );

  for (const [name, conversation] of [
    ['ann', 'tea & <b>scones</b>'],
    ['ben', 'tea & <b>scones</b>'],
  ] as const) {
    const client = await stage.client(name, { device: 'laptop' });
    await client.connect({ sections: slots(1, 0) });
    await client.join(conversation);
  }

  const flowing = /^(?:\d[\d.]*) packets\/s, (?:\d[\d.]*) kbit\/s$/;
  const row = await eventually(
    'packets flow both ways, and the round trip is known',
    async () => {
      const [, , sends = '', , gets = '', , roundTrip = ''] = await cells('ann / laptop');
      return [sends, gets].every((flow) => flowing.test(flow) && !flow.startsWith('0 ')) && roundTrip.endsWith('s')
        ? cells('ann / laptop')
        : null;
    },
    60,
  );
  expect(row[1]).toBe('ben / laptop (audio)');
  expect(await textOf('#conversation-title')).toBe('tea & <b>scones</b>');
  expect(await textOf('#figures')).toMatch(/devices\s+2 of 200\s+connecting\s+0\s+conversations\s+1\s/);
  await eventually('the picture of the conversation', () => isDrawn('picture'));

  await tab.evaluate(`document.querySelector('#rows button').click()`);
  await eventually('the picture of the pipeline', () => isDrawn('pipeline-picture'), 60);
  await tab.evaluate(`document.querySelector('#pipeline button').click()`);

  await tab.evaluate(`document.getElementById('pause').click()`);
  expect(await textOf('#state')).toBe('paused');
  expect(await tab.evaluate(`document.documentElement.scrollWidth <= document.documentElement.clientWidth`)).toBe(true);
  // What the page's policy forbids, or what could not be loaded, stands in the console of the browser only.
  const urls = (await tab.evaluate(`performance.getEntriesByType('resource').map(({ name }) => name)`)) as string[];
  const own = `http://127.0.0.1:${stage.service.adminPort}/`;
  expect(urls.filter((url) => !url.startsWith(own) && !/^(?:blob|data):/.test(url))).toEqual([]);
});
