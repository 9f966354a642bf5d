import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { Conference, type Visit } from '../support/browser/conference.ts';
import { eventually } from '../support/eventually.ts';

// The page without a pointer, and what it does with what the call tells. The call is a stub.
jest.setTimeout(120_000);

const WINDOW = { width: 1024, height: 768 };
const THREE: Visit['stub'] = { names: ['Ben', 'Cid'] };

let conference: Conference;
let page: Page;
beforeAll(async () => (conference = await Conference.start()));
afterEach(() => page.context().close());
afterAll(() => conference.close());

const focused = (): Promise<unknown> => page.evaluate('document.activeElement.id');
/** What the page asked of the call, but for the join. */
const asked = async (): Promise<unknown> => (await page.evaluate<unknown[]>('call.calls')).slice(1);

/** Presses Tab until this has the focus. */
async function tabTo(id: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    if ((await focused()) === id) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not come to ${id}`);
}

describe('with the keyboard alone', () => {
  it('one joins, mutes, looks at the people, and leaves', async () => {
    page = await conference.lobby({ ...WINDOW, stub: THREE });
    await page.waitForSelector('#try-camera[data-on]');
    await page.focus('#conversation');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#call:not([hidden])');
    expect(await focused()).toBe('title');

    await tabTo('mute');
    await page.keyboard.press('Space');
    await page.waitForSelector('#mute[data-on="false"]');
    await tabTo('show-people');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('people-title');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#people:not([open])', { state: 'attached' });
    expect(await focused()).toBe('show-people');
    await tabTo('leave');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#lobby:not([hidden])');
    expect(await asked()).toEqual([['mute', true], ['leave'], ['close']]);
  });

  it('the focus is seen', async () => {
    page = await conference.call({ ...WINDOW, stub: THREE });
    await tabTo('mute');
    const style = await page.evaluate<string>(`(({ outlineStyle, outlineWidth }) => outlineStyle + outlineWidth)(
      getComputedStyle(document.activeElement))`);
    expect(style).toBe('solid3px');
  });

  it('single keys do what is done often, but not in a field, and not when they are turned off', async () => {
    page = await conference.call({ ...WINDOW, stub: THREE });
    await page.keyboard.press('m');
    await page.waitForSelector('#mute[data-on="false"]');
    await page.keyboard.press('v');
    await page.waitForSelector('#video[data-on="false"]');
    await page.keyboard.press('Control+m');
    await page.keyboard.press('n');
    await page.waitForSelector('#stats[open]');
    await page.keyboard.press('p');
    await page.waitForSelector('#people[open]');
    expect(await page.locator('dialog[open]').count()).toBe(1);
    await page.keyboard.press('?');
    await page.waitForSelector('#help[open]');
    await page.uncheck('#single-keys');
    await page.keyboard.press('Escape');
    await page.keyboard.press('m');
    expect(await asked()).toEqual([
      ['mute', true],
      ['replaceTrack', 'video', null],
    ]);
  });

  it('on a small screen the focus stays in what is open', async () => {
    page = await conference.call({ width: 390, height: 844, stub: THREE });
    await page.keyboard.press('p');
    for (let presses = 0; presses < 4; presses += 1) {
      await page.keyboard.press('Tab');
      const inside = `document.activeElement === document.body || document.activeElement.closest('#people') !== null`;
      expect(await page.evaluate(inside)).toBe(true);
    }
  });
});

describe('in the conversation', () => {
  const tileOf = (name: string): string => `.tile:has(.name[title="${name}"])`;

  it('tiles say who speaks, who is muted, and how good the line is', async () => {
    page = await conference.call({ ...WINDOW, stub: THREE });
    await page.waitForSelector(`${tileOf('Cid')}.speaking`);
    await page.evaluate(`call.change('2', { muted: true, quality: 'poor', speaking: true })`);
    await page.waitForSelector(`${tileOf('Ben')} .muted:not([hidden])`);
    expect(await page.locator('.tile.speaking').count()).toBe(1);
    expect(await page.locator(`${tileOf('Ben')} .bars`).getAttribute('aria-label')).toBe('Connection: poor');
    await page.evaluate(`call.change('2', { playing: [], kinds: [] })`);
    await page.waitForSelector(`${tileOf('Ben')}:not(.seen) .avatar >> text=B`);
    expect(await page.locator('#members li').nth(1).textContent()).toBe('BBenonly listens');
  });

  it('one at a time is pinned', async () => {
    page = await conference.call({ ...WINDOW, stub: THREE });
    await page.getByRole('button', { name: 'Pin Ben' }).press('Enter');
    await page.waitForSelector(`${tileOf('Ben')}.pinned`);
    const sizes = async (): Promise<Record<string, number>> =>
      Object.fromEntries(
        await page.evaluate<[string, number][]>(`[...document.querySelectorAll('.tile')].map((tile) =>
          [tile.querySelector('.name').title, tile.offsetWidth * tile.offsetHeight])`),
      );
    const { Ben = 0, Cid = 0 } = await sizes();
    expect(Ben).toBeGreaterThan(Cid * 4);
    await page.getByRole('button', { name: 'Pin Cid' }).press('Enter');
    await page.waitForSelector(`${tileOf('Cid')}.pinned`);
    await page.getByRole('button', { name: 'Pin Cid' }).press('Enter');
    await page.waitForSelector('#tiles:not(:has(.pinned))', { state: 'attached' });
    expect(await asked()).toEqual([
      ['pin', '2', true],
      ['pin', '2', false],
      ['pin', '3', true],
      ['pin', '3', false],
    ]);
  });

  it('the screen takes the place of the camera, and the camera comes back', async () => {
    const screen = `navigator.mediaDevices.getDisplayMedia = async () =>
      (globalThis.screenStream = new OffscreenCanvas(1, 1) && document.createElement('canvas').captureStream(1));`;
    page = await conference.call({ ...WINDOW, stub: THREE, before: screen });
    await page.keyboard.press('s');
    await page.waitForSelector('#share[data-active="true"]');
    await page.waitForSelector(tileOf('Alexandra (your screen)'));
    // The button of the browser ends it, too: the track ends.
    await page.evaluate(`screenStream.getTracks()[0].dispatchEvent(new Event('ended'))`);
    await page.waitForSelector('#share[data-active="false"]');
    await page.waitForSelector(`${tileOf('Alexandra (you)')}.seen.mirrored`);
    expect(await asked()).toEqual([
      ['replaceTrack', 'video', 'video'],
      ['replaceTrack', 'video', 'video'],
    ]);
  });

  it('says who goes, that the line is interrupted, and that it is recorded', async () => {
    page = await conference.call({ ...WINDOW, stub: THREE });
    await page.evaluate(`call.emit('state', { state: 'reconnecting', why: 'silent', attempt: 1, retryAt: 0 })`);
    await page.waitForSelector('#notice >> text=interrupted');
    await page.evaluate(`call.emit('state', { state: 'connected' })`);
    await page.waitForSelector('#notice:empty', { state: 'attached' });
    await page.evaluate(`call.remove('3')`);
    await page.waitForSelector('#notice >> text=Cid left.');
    expect(await page.locator('.tile').count()).toBe(2);
    expect(await page.locator('#recording').isVisible()).toBe(false);
    await page.evaluate(`call.emit('recording', true)`);
    expect(await page.locator('#recording').isVisible()).toBe(true);
  });

  it('asks for a click where the browser keeps the sound off', async () => {
    page = await conference.call({ ...WINDOW, stub: { ...THREE, blocked: true } });
    await page.getByRole('button', { name: 'Turn the sound on' }).click();
    await page.waitForSelector('#sound', { state: 'hidden' });
    expect(await asked()).toEqual([['resume']]);
  });

  it('copies a link that leads here', async () => {
    page = await conference.call({ ...WINDOW, stub: THREE });
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.waitForSelector('#notice >> text=copied');
    const link = new URL(await page.evaluate<string>('navigator.clipboard.readText()'));
    expect([link.origin, link.searchParams.get('conversation')]).toEqual([
      new URL(page.url()).origin,
      'Weekly planning',
    ]);
  });

  it('goes back to the lobby with the reason when the call ends', async () => {
    page = await conference.call({ ...WINDOW, stub: THREE });
    await page.evaluate(`call.emit('state', { state: 'closed', error: { message: 'You were removed.', remedy: '' } })`);
    await page.waitForSelector('#lobby:not([hidden]) .problem >> text=You were removed.');
    expect(await page.locator('#call').isVisible()).toBe(false);
  });
});

describe('in the lobby', () => {
  it.each([
    ['NotAllowedError', 'not allowed'],
    ['NotFoundError', 'No microphone was found'],
    ['NotReadableError', 'another program'],
  ])('says %s in plain words, and lets one join without', async (name, text) => {
    const before = `navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '${name}'); };`;
    page = await conference.lobby({ ...WINDOW, stub: THREE, before });
    await page.waitForSelector(`.problem >> text=${text}`);
    await page.getByRole('button', { name: 'Join without a microphone' }).click();
    await page.waitForSelector('.tile.own .muted:not([hidden])');
  });

  it('says that an address that is not secure gets no devices', async () => {
    const before = `Object.defineProperty(navigator, 'mediaDevices', { value: undefined });`;
    page = await conference.lobby({ ...WINDOW, stub: THREE, before });
    await page.waitForSelector('.problem >> text=https');
  });

  it('shows the preview and the level, and what the service says when it refuses', async () => {
    const refuses = ['The service is full.', 'Try again in a minute.'] as const;
    page = await conference.lobby({ ...WINDOW, stub: { refuses } });
    const isTrue = async (expression: string): Promise<true | null> =>
      (await page.evaluate<boolean>(expression)) ? true : null;
    await eventually('there is a picture', () => isTrue(`document.getElementById('preview').videoWidth > 0`));
    await eventually('there is a sound', () => isTrue(`document.getElementById('level').value > 0.1`));
    expect(await page.locator('#microphone option').count()).toBeGreaterThan(0);
    await page.click('#join');
    await page.waitForSelector('.problem >> text=The service is full. Try again in a minute.');
    expect(await page.locator('#join').isEnabled()).toBe(true);
    await page.getByRole('button', { name: 'Turn the camera off' }).click();
    await page.waitForSelector('#preview-text');
    expect(await page.locator('#preview').isVisible()).toBe(false);
  });

  it('takes the conversation from the link', async () => {
    page = await conference.lobby({ ...WINDOW, stub: {} });
    expect(await page.inputValue('#conversation')).toBe('Weekly planning');
  });
});
