import { jest } from '@jest/globals';
import { CallPage } from '../support/browser/call-page.ts';
import { Stage } from '../support/browser/stage.ts';
import { eventually } from '../support/eventually.ts';

// The client library in two tabs, as a page uses it. What takes longer is in test/client.
jest.setTimeout(90_000);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start();
});
afterEach(() => CallPage.closeAll());
afterAll(() => stage.close());

const SLOTS = { audio: 2, video: 1 };

test('two people hear and see each other, with names, and are told who speaks, mutes and leaves', async () => {
  const [ann, ben] = (await Promise.all([0, 1].map(() => CallPage.open(stage.chromium, stage.url)))) as [
    CallPage,
    CallPage,
  ];
  const video = { width: 160, height: 90, frameRate: 10 };
  expect(await ann.connect({ token: 'ann', audio: true, video, slots: SLOTS })).toBeNull();
  expect(await ben.connect({ token: 'ben', audio: true, slots: SLOTS })).toBeNull();
  expect(await ann.do('join', `'lobby'`)).toBeNull();
  expect(await ben.do('join', `'lobby'`)).toBeNull();

  await ben.plays('ann', 'frames');
  await ann.plays('ben', 'time');
  const seen = await ben.sees('ann', 'speaks', ({ speaking }) => speaking);
  expect(seen).toMatchObject({
    self: false,
    muted: false,
    kinds: ['audio', 'video'],
    playing: ['audio', 'video'],
    tracks: ['audio', 'video'],
    isPlayed: true,
  });
  const heard = await ann.look();
  expect(heard).toMatchObject({ state: { state: 'connected' }, conversation: 'lobby', recording: false });
  expect(heard.people.map(({ userid, self, kinds }) => ({ userid, self, kinds }))).toEqual([
    { userid: 'ann', self: true, kinds: ['audio', 'video'] },
    { userid: 'ben', self: false, kinds: ['audio'] },
  ]);
  expect(heard.people.map(({ clientid }) => clientid)).toEqual([
    expect.stringMatching(/^web-\w+$/),
    expect.stringMatching(/^web-\w+$/),
  ]);

  await ann.do('mute', 'true');
  await ben.sees('ann', 'does not speak', ({ speaking }) => !speaking);
  const { stats } = await eventually('there are figures', async () => {
    const look = await ben.look();
    // The round trip is in a report of the service's, which comes a little later.
    const isThere = look.stats?.rtt !== null && look.stats?.slots.some(({ bitrate }) => bitrate > 0) === true;
    return isThere ? look : null;
  });
  expect(stats?.rtt).toBeGreaterThanOrEqual(0);
  expect(stats?.slots).toHaveLength(3);

  await ben.do('leave');
  await eventually('ann is alone', async () => ((await ann.look()).people.length === 1 ? true : null));
  await ann.do('close');
  expect((await ann.look()).state).toEqual({ state: 'closed', error: null });
});

test('somebody who publishes nothing at first is played when he does', async () => {
  const ann = await CallPage.open(stage.chromium, stage.url);
  const ben = await CallPage.open(stage.chromium, stage.url);
  for (const [page, token] of [
    [ann, 'ann'],
    [ben, 'ben'],
  ] as const) {
    expect(await page.connect({ token, slots: SLOTS })).toBeNull();
    expect(await page.do('join', `'lobby'`)).toBeNull();
  }
  await ann.sees('ben', 'publishes nothing', ({ tracks, time }) => tracks.length === 0 && time === 0);
  expect(await ben.do('replaceTrack', `'audio', page.tone()`)).toBeNull();
  await ann.plays('ben', 'time');
  expect(await ann.person('ben')).toMatchObject({ playing: ['audio'], isPlayed: true });
});
