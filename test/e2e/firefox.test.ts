import { jest } from '@jest/globals';
import { ownAddresses } from '../../demo/service.mjs';
import { slots } from '../support/browser/client.ts';
import { launchFirefox } from '../support/browser/firefox.ts';
import { Stage } from '../support/browser/stage.ts';
import type { Browser } from '../support/browser/tab.ts';
import { eventually } from '../support/eventually.ts';

jest.setTimeout(120_000);

let stage: Stage;
let firefox: Browser;
beforeAll(async () => {
  // Firefox does not talk to a loopback address from any other address of its own.
  stage = await Stage.start({ ICE_ADDRESSES: ownAddresses().join(',') });
  firefox = await launchFirefox();
});
afterAll(async () => {
  await stage.clear();
  await firefox.close();
  await stage.close();
});

test('Firefox and Chromium see and hear each other; the events channel opens', async () => {
  const fox = await stage.client('fox', { browser: firefox });
  const chrome = await stage.client('chrome');
  const offer = { sections: slots(3, 3), channel: 'events' };
  for (const client of [fox, chrome]) {
    expect(await client.connect(offer)).toMatchObject({ code: 1000 });
    expect(await client.join('browsers')).toBe(200);
  }

  for (const client of [fox, chrome]) {
    await client.receiving('audio', 1);
    await client.receiving('video', 1, 40);
    await client.answeredAs(slots(3, 3));
    await eventually('what arrives can be heard', async () => {
      return (await client.stats()).sections.some(({ energy }) => energy > 1e-4) ? true : null;
    });
    await eventually('the channel is open', async () => ((await client.channel()).state === 'open' ? true : null));
  }
});
