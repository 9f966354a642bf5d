import { jest } from '@jest/globals';
import { CallPage, SMALL } from '../support/browser/call-page.ts';
import type { Stage } from '../support/browser/stage.ts';
import type { Browser } from '../support/browser/tab.ts';
import { inEachBrowser } from '../support/conformance/browsers.ts';
import { eventually } from '../support/eventually.ts';

// What a page does with a call while nothing goes wrong, and what it is told where something cannot be.
jest.setTimeout(120_000);

const TOKEN = 'the-operator-of-the-tests';

const BLUE = [0, 0, 255];
const isNear = (colour: unknown, wanted: readonly number[]): boolean =>
  Array.isArray(colour) && colour.every((value, at) => Math.abs(Number(value) - (wanted[at] ?? 0)) < 60);

async function shows(page: CallPage, userid: string, colour: readonly number[]): Promise<void> {
  const ask = async (): Promise<true | null> =>
    isNear(await page.tab.evaluate(`page.colourOf('${userid}')`), colour) ? true : null;
  await eventually(`${userid} shows ${colour.join()}`, ask);
}

inEachBrowser(
  (lab) => {
    let stage: Stage;
    let browser: Browser;
    beforeAll(() => {
      ({ stage, browser } = lab());
    });
    // The places of one test are those of the next.
    afterEach(async () => {
      await CallPage.closeAll();
      await eventually('nobody is connected', async () =>
        /^webrtc_peers\{.*\} [1-9]/m.test(await admin('GET', '/metrics')) ? null : true,
      );
    });

    async function admin(method: string, path: string): Promise<string> {
      const url = `http://127.0.0.1:${stage.service.adminPort}${path}`;
      const response = await fetch(url, { method, headers: { Authorization: `Bearer ${TOKEN}` } });
      return response.text();
    }

    test('the picture is another one, none, and one again; the stream and the player stay', async () => {
      const [ann, ben] = await CallPage.pair(browser, stage.url);
      const before = await ben.person('ann');
      expect(await ann.do('replaceTrack', `'video', page.camera('blue')`)).toBeNull();
      await shows(ben, 'ann', BLUE);

      expect(await ann.do('replaceTrack', `'video', null`)).toBeNull();
      await ben.sees(
        'ann',
        'publishes sound only',
        ({ kinds, tracks }) => kinds.join() === 'audio' && tracks.join() === 'audio',
      );
      await ben.plays('ann', 'time');
      // For a moment the new connection holds what the old one showed.
      await ann.sees(
        'ann',
        'has sound only, where he is himself, too',
        ({ self, kinds, tracks }) => self && kinds.join() === 'audio' && tracks.join() === 'audio',
      );

      expect(await ann.do('replaceTrack', `'video', page.camera('lime')`)).toBeNull();
      await shows(ben, 'ann', [0, 255, 0]);
      expect(await ben.person('ann')).toMatchObject({ id: before?.id, stream: before?.stream, isPlayed: true });
      for (const page of [ann, ben]) {
        expect(await page.told('state')).toEqual([]);
        expect((await page.told('participants')).flatMap(({ event }) => event['left'])).toEqual([]);
      }
    });

    test('a mute is heard by nobody and told to everybody, by the next connection too', async () => {
      const [ann, ben] = await CallPage.pair(browser, stage.url);
      await ben.sees('ann', 'speaks', ({ speaking }) => speaking);
      await ann.do('mute', 'true');
      await ben.sees('ann', 'is muted and does not speak', ({ muted, speaking }) => muted && !speaking);
      expect((await ann.look()).people[0]).toMatchObject({ self: true, muted: true });
      await ann.do('replaceTrack', `'video', null`);
      await ben.sees('ann', 'is still muted', ({ muted, kinds }) => muted && kinds.join() === 'audio');
      await ann.do('mute', 'false');
      await ben.sees('ann', 'speaks again', ({ muted, speaking }) => !muted && speaking);
    });

    test('a pin keeps somebody in the only slot, and lets go', async () => {
      const [, ben] = await CallPage.pair(browser, stage.url);
      const cid = await CallPage.open(browser, stage.url);
      await cid.connect({ token: 'cid', audio: true, video: SMALL, slots: { audio: 1, video: 1 } });
      await cid.do('join', `'lobby'`);
      await ben.sees('cid', 'is here', () => true);
      for (const name of ['cid', 'ann', 'cid']) {
        const other = name === 'cid' ? 'ann' : 'cid';
        await ben.do('pin', `page.participant('${other}'), false`);
        await ben.do('pin', `page.participant('${name}'), true`);
        await ben.sees(name, 'has the slot', ({ pinned, playing }) => pinned && playing.includes('video'));
        await ben.plays(name, 'frames');
        expect(await ben.person(other)).toMatchObject({ pinned: false });
      }
      expect(await ben.told('error')).toEqual([]);
    });

    test('without the events channel there is sound, a picture, and a CSRC for a name', async () => {
      const [ann] = await CallPage.pair(browser, stage.url);
      const cid = await CallPage.open(browser, stage.url);
      expect(await cid.connect({ token: 'cid', slots: { audio: 2, video: 2 }, events: false })).toBeNull();
      expect(await cid.do('join', `'lobby'`)).toBeNull();
      const look = await eventually('both are seen', async () => {
        const now = await cid.look();
        const others = now.people.filter(({ self, playing }) => !self && playing.length === 2);
        return others.length === 2 && others.every(({ frames }) => (frames ?? 0) > 1) ? now : null;
      });
      expect(look.conversation).toBe('lobby');
      const csrcs = (await ann.look()).people.filter(({ userid }) => userid !== 'cid').map(({ csrc }) => csrc);
      const others = look.people.filter(({ self }) => !self);
      expect(others.map(({ csrc }) => csrc).sort()).toEqual(csrcs.sort());
      expect(others.map(({ userid }) => userid)).toEqual([null, null]);
    });

    test('of two connections of one device the older ends, and stays so', async () => {
      const [old, fresh] = [await CallPage.open(browser, stage.url), await CallPage.open(browser, stage.url)];
      // Nobody adds a suffix where the token names the device.
      const options = { token: 'ann', device: null, slots: { audio: 1, video: 0 } };
      expect(await old.connect(options)).toBeNull();
      expect(await fresh.connect(options)).toBeNull();
      const { state } = await eventually('the older one is told', async () => {
        const look = await old.look();
        return look.state.state === 'closed' ? look : null;
      });
      expect(state.error).toMatchObject({ name: 'CallError', code: 'replaced', remedy: expect.any(String) });
      const [{ at } = { at: Infinity }] = await old.told('state');
      await eventually('it would have begun to come back', async () =>
        (await fresh.look()).now > at + 3_000 ? true : null,
      );
      expect((await old.told('state')).map(({ event }) => event['state'])).toEqual(['closed']);
      expect(await fresh.told('state')).toEqual([]);
    });

    test('who is removed does not come back', async () => {
      const ann = await CallPage.open(browser, stage.url);
      expect(await ann.connect({ token: 'ann', slots: { audio: 1, video: 0 } })).toBeNull();
      await ann.do('join', `'lobby'`);
      const { members } = await eventually('the operator sees ann', async () => {
        const room = JSON.parse(await admin('GET', '/conversations/lobby')) as { members?: { peer: string }[] };
        return room.members?.length === 1 ? { members: room.members } : null;
      });
      await admin('DELETE', `/peers/${members[0]?.peer ?? ''}`);
      const { state } = await eventually('ann is told', async () => {
        const look = await ann.look();
        return look.state.state === 'connected' ? null : look;
      });
      expect(state).toMatchObject({ state: 'closed', error: { code: 'removed' } });
      expect(await ann.do('join', `'lobby'`)).toMatchObject({ code: 'closed' });
    });

    test('errors say what is wrong', async () => {
      const page = await CallPage.open(browser, stage.url);
      expect(await page.connect({ token: '' })).toMatchObject({ code: 'refused', detail: '401' });
      expect(await page.connect({ token: 'ann', url: '/nowhere' })).toMatchObject({ code: 'unreachable' });
      await page.tab.evaluate(
        `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))`,
      );
      expect(await page.connect({ token: 'ann', audio: true })).toMatchObject({
        code: 'denied',
        remedy: expect.stringContaining('address bar'),
      });

      for (const token of ['ben', 'cid', 'dan']) {
        const other = await CallPage.open(browser, stage.url);
        expect(await other.connect({ token, slots: { audio: 1, video: 0 } })).toBeNull();
      }
      const full = await page.connect({ token: 'ann', slots: { audio: 1, video: 0 } });
      expect(full).toMatchObject({ code: 'full', detail: '503 full' });
      expect(full?.retryAfter).toBeGreaterThan(0);
    });
  },
  { MAX_PEERS: '3', ADMIN_TOKEN: TOKEN },
);
