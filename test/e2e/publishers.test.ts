import { jest } from '@jest/globals';
import { launchChromium } from '../support/browser/chromium.ts';
import { Studio, type Colour, type Frame, type Received, type Role } from '../support/browser/studio.ts';
import type { Browser } from '../support/browser/tab.ts';
import { eventually } from '../support/eventually.ts';
import { MediaRoom } from '../support/media-room.ts';

// What browsers do to what they publish, by the names their users have for it, and what a browser then hears and sees.
// The same cases packet by packet: node-gst/test/media-publishers.test.ts.
jest.setTimeout(60_000);

let room: MediaRoom;
let browser: Browser;
const entered: Studio[] = [];
const ended: string[] = [];
beforeAll(async () => {
  room = await MediaRoom.open();
  browser = await launchChromium();
});
afterEach(async () => {
  const reasons = ended.splice(0);
  await Promise.all(entered.splice(0).map((studio) => studio.leave()));
  expect(reasons).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await room.close();
});

async function enter(role: Role): Promise<Studio> {
  const studio = await Studio.enter(room, browser, role);
  studio.peer.events.on('ended', (reason, detail) => ended.push(`${role}: ${reason}, ${detail}`));
  entered.push(studio);
  return studio;
}

function fill(viewer: Studio, publisher: Studio): void {
  for (const kind of ['audio', 'video'] as const) room.graph.route(viewer.slot(kind), publisher.track(kind));
}

/** A publisher, and a viewer who sees and hears him. */
async function pair(role: Role, colour: Colour): Promise<{ publisher: Studio; viewer: Studio }> {
  const [publisher, viewer] = [await enter(role), await enter('view()')];
  fill(viewer, publisher);
  await viewer.shows(colour, 5);
  await hears(viewer);
  // Before the first frame of a track the browser may present a black one of its own.
  await viewer.takeFrames();
  await viewer.shows(colour);
  return { publisher, viewer };
}

/** Resolves when enough has been received from now on. */
async function growth(viewer: Studio, isEnough: (now: Received, before: Received) => boolean): Promise<void> {
  const before = await viewer.received();
  await eventually('more is received', async () => (isEnough(await viewer.received(), before) ? true : null));
}

/** Resolves when the tone, a full one, was heard for 300 ms from now on. */
const hears = (viewer: Studio): Promise<void> =>
  growth(viewer, (now, before) => now.audio.energy - before.audio.energy > 0.1);

/** Resolves with the counters when nothing has come for a second. */
function quiet(viewer: Studio): Promise<Received> {
  let [last, since] = ['', 0];
  return eventually('nothing comes any more', async () => {
    const received = await viewer.received();
    const counts = `${received.audio.packets} ${received.video.packets}`;
    if (counts !== last) [last, since] = [counts, performance.now()];
    return performance.now() - since >= 1000 ? received : null;
  });
}

/** Nothing was missing, neither for the decoders nor in the numbers. */
async function expectWhole(viewer: Studio): Promise<void> {
  const { video, audio } = await viewer.received();
  expect([video.lost, video.pliCount, audio.lost]).toEqual([0, 0, 0]);
}

/** The colours in the order they were seen, each spell once. */
const spells = (frames: readonly Frame[]): string[] =>
  frames.map(({ colour }) => colour).filter((colour, index, all) => colour !== all[index - 1]);

test('muted by disabling the tracks: silence and black are forwarded, then sound and picture as before', async () => {
  const { publisher, viewer } = await pair("publish('red')", 'red');
  await publisher.does('enable(false)');
  await viewer.shows('black');
  await eventually('half a second of silence comes', async () => {
    const { audio } = await viewer.received();
    await growth(viewer, (now) => now.audio.packets - audio.packets >= 25);
    return (await viewer.received()).audio.energy - audio.energy < 0.001 ? true : null;
  });
  await publisher.does('enable(true)');
  await viewer.shows('red', 5);
  await hears(viewer);
  expect(spells(await viewer.takeFrames())).toEqual(['red', 'black', 'red']);
  await expectWhole(viewer);
});

test('muted by removing the tracks: nothing comes and the picture stands, then both go on', async () => {
  const { publisher, viewer } = await pair("publish('red')", 'red');
  await publisher.does('removeTracks()');
  const before = await quiet(viewer);
  await publisher.does("replaceTracks('red')");
  await viewer.shows('red', 5);
  await growth(viewer, (now) => now.video.framesDecoded - before.video.framesDecoded > 5);
  await hears(viewer);
  expect(spells(await viewer.takeFrames())).toEqual(['red']);
  await expectWhole(viewer);
});

test('DTX: of silence next to nothing comes, without a number missing, and what follows is heard', async () => {
  const { publisher, viewer } = await pair("publish('red', { dtx: true })", 'red');
  await publisher.does('speak(false)');
  // 20 packets a second and more, pictures, is the measure of time: of sound there would be 50.
  await eventually('packets of sound get rare', async () => {
    const before = await viewer.received();
    await growth(viewer, ({ video }, { video: was }) => video.framesDecoded - was.framesDecoded >= 20);
    const { audio } = await viewer.received();
    return audio.packets - before.audio.packets <= 10 ? true : null;
  });
  await publisher.does('speak(true)');
  await hears(viewer);
  await growth(viewer, ({ audio }, { audio: was }) => audio.packets - was.packets > 50);
  await expectWhole(viewer);
});

test('another camera and microphone by replaceTrack: they are seen and heard, in the same stream', async () => {
  const { publisher, viewer } = await pair("publish('red')", 'red');
  const { video, audio } = await publisher.sent();
  await publisher.does("replaceTracks('lime')");
  await viewer.shows('lime', 5);
  await hears(viewer);
  expect(spells(await viewer.takeFrames())).toEqual(['red', 'lime']);
  expect(await publisher.sent()).toMatchObject({ video: { ssrc: video.ssrc }, audio: { ssrc: audio.ssrc } });
  await expectWhole(viewer);
});

test('a publisher who changes his SSRCs is seen and heard on, in the streams there are', async () => {
  const { publisher, viewer } = await pair("publish('red')", 'red');
  const { video, audio } = await publisher.sent();
  await publisher.does('changeSsrcs()');
  await publisher.does("replaceTracks('lime')");
  await viewer.shows('lime', 5);
  await hears(viewer);
  const after = await publisher.sent();
  expect(after.video.ssrc).not.toBe(video.ssrc);
  expect(after.audio.ssrc).not.toBe(audio.ssrc);
  await expectWhole(viewer);
});

test('a publisher who sends nothing takes no picture away and ends nobody; he is seen and heard once he sends', async () => {
  const { publisher, viewer } = await pair("publish('red')", 'red');
  const idle = await enter("publish('blue', { idle: true })");
  fill(viewer, idle);
  // Until there is something else, what was seen is seen on; sound ends at once.
  await growth(viewer, ({ video }, { video: was }) => video.framesDecoded - was.framesDecoded > 20);
  fill(viewer, publisher);
  await hears(viewer);
  fill(viewer, idle);
  await idle.does("replaceTracks('lime')");
  await viewer.shows('lime', 5);
  await hears(viewer);
  expect(spells(await viewer.takeFrames())).toEqual(['red', 'lime']);
  await expectWhole(viewer);
});

test('a late joiner sees and hears from a key frame on, and nobody else notices', async () => {
  const { publisher, viewer } = await pair("publish('red')", 'red');
  const late = await enter('view()');
  const before = await publisher.sent();
  fill(late, publisher);
  await late.shows('red', 5);
  await hears(late);
  expect((await publisher.sent()).video.keyFramesEncoded - before.video.keyFramesEncoded).toBe(1);
  await expectWhole(late);
  expect(spells(await viewer.takeFrames())).toEqual(['red']);
  await expectWhole(viewer);
});
