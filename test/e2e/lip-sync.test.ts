import { jest } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { MediaRoom } from '../support/media-room.ts';
import { reportedAt, RtpListener, type Heard, type Report } from '../support/rtp-listener.ts';
import { RtpPublisher } from '../support/rtp-publisher.ts';

// Real webrtcbins on both sides: what a listener makes of timestamps and sender reports, while the publisher in his
// slots changes. Each packet carries when it was captured in truth.
jest.setTimeout(90_000);

const HOUR_SECONDS = 3600;
const KINDS = ['audio', 'video'] as const;
/** Well below what people notice; ITU-R BT.1359 says 45 ms where sound is early. */
const SKEW_MS = 20;
/** Pictures that begin ahead of real time, because their way is longer, are back by then: at half speed, from 70 ms. */
const SETTLED_MS = 250;
/** Pictures in a spell, ten a second. */
const PICTURES = 12;

let room: MediaRoom;
let near: RtpPublisher;
let far: RtpPublisher;
let listener: RtpListener;

beforeAll(async () => {
  room = await MediaRoom.open();
  near = new RtpPublisher(HOUR_SECONDS, { audio: 10, video: 60 });
  far = new RtpPublisher(-HOUR_SECONDS, { audio: 100, video: 130 });
  listener = new RtpListener();
  for (const client of [near, far, listener]) await client.enter(room);
});
afterAll(async () => {
  for (const client of [near, far, listener]) await client.close();
  await room.close();
});

function fill(publisher: RtpPublisher): void {
  for (const kind of KINDS) room.graph.route(listener.slot(kind), publisher.track(kind));
}

/** What is heard and seen of him from now on, or from his first picture on. */
async function spell(publisher: RtpPublisher): Promise<readonly Heard[]> {
  const start = listener.heard.length;
  return eventually('a second of sound and pictures', () => {
    const heard = listener.heard.slice(start).filter(({ csrc }) => csrc === publisher.csrc);
    const first = heard.findIndex(({ kind }) => kind === 'video');
    return heard.filter(({ kind }) => kind === 'video').length >= PICTURES ? heard.slice(first) : null;
  });
}

type Reports = Readonly<Record<(typeof KINDS)[number], Report>>;

/** The first of each kind from now on. */
async function nextReports(): Promise<Reports> {
  const { audio, video } = listener.reports;
  const counts = [audio.length, video.length] as const;
  return eventually('there is a newer report of sound and of pictures', () => {
    const [next, picture] = [audio[counts[0]], video[counts[1]]];
    return next === undefined || picture === undefined ? null : { audio: next, video: picture };
  });
}

/** By how much later than in truth the listener takes it to have been captured, ms. */
const error = (heard: Heard, reports: Reports): number => reportedAt(heard, reports[heard.kind]) - heard.capturedAt;

/** How far each picture is from the sound of its moment, ms; positive where the picture is late. */
function skews(heard: readonly Heard[], reports: Reports): number[] {
  const sounds = heard.filter(({ kind }) => kind === 'audio');
  const settled = Math.min(...heard.map((one) => one.capturedAt)) + SETTLED_MS;
  return heard
    .filter(({ kind, capturedAt }) => kind === 'video' && capturedAt > settled)
    .flatMap((picture) => {
      const sound = sounds.find(({ capturedAt }) => Math.abs(capturedAt - picture.capturedAt) <= 20);
      return sound === undefined ? [] : [error(picture, reports) - error(sound, reports)];
    });
}

const worst = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

test('publishers whose clocks are two hours apart are in sync, before and after each switch', async () => {
  fill(near);
  await eventually('the service knows both clocks', () =>
    [near, far].every(({ reports }) => reports.audio >= 3 && reports.video >= 3) ? true : null,
  );
  const ofNear = await nextReports();
  const before = await spell(near);
  fill(far);
  const switched = await spell(far);
  const ofFar = await nextReports();
  const settled = await spell(far);
  fill(near);
  const back = await spell(near);

  const rows = [
    ['before', before, ofNear],
    // As it is played at first: by the reports of the one before.
    ['switched', switched, ofNear],
    ['by its own reports', switched, ofFar],
    ['settled', settled, ofFar],
    ['switched back', back, ofFar],
  ] as const;
  const figures = rows.map(([name, heard, reports]) => [name, Number(worst(skews(heard, reports)).toFixed(1))]);
  process.stdout.write(`A/V skew, ms: ${JSON.stringify(Object.fromEntries(figures))}\n`);
  for (const [name, heard, reports] of rows) {
    const found = skews(heard, reports);
    expect([name, found.length > 5, worst(found) < SKEW_MS]).toEqual([name, true, true]);
    // On the clock of the server, not of the publisher, which is an hour off.
    expect(worst(heard.filter(({ kind }) => kind === 'audio').map((one) => error(one, reports)))).toBeLessThan(100);
  }
});
