import { jest } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Manifest } from '../../src/recording/manifest/manifest.ts';
import { safeName } from '../../src/recording/names.ts';
import { slots, type BrowserClient } from '../support/browser/client.ts';
import { Stage } from '../support/browser/stage.ts';
import { eventually } from '../support/eventually.ts';
import { HookServer, type Hook } from '../support/hook-server.ts';
import { play, type Played } from '../support/recording/ffprobe.ts';
import { recordingsOf, runProgram, type Recorded } from '../support/recording/on-disk.ts';
import { coloursAt, levels, nameOf, sizeOf, type Rgb } from '../support/recording/watch.ts';

// Three people talk. Their recorder is killed, then the service is; they come back, and talk on. What is recorded, told
// and put together is looked at afterwards.
// A minute on a machine that does nothing else.
jest.setTimeout(400_000);

const CROWD_SCRIPT = readFileSync(new URL('../support/page/crowd.js', import.meta.url), 'utf8');
const SECRET = 'the-secret-of-the-receiver';
const CONVERSATION = 'tea for three';
/** A publisher's number is its index: it gives the tone of the voice, and the colour of the camera. */
const NAMES = ['ann', 'ben', 'cid'];
const tone = (number: number): number => 300 + 100 * number;
const COLOURS: Readonly<Record<string, Rgb>> = { ann: [255, 0, 0], ben: [255, 153, 0], cid: [204, 255, 0] };
const TRACKS = 2 * NAMES.length;

let top: string;
let hooks: HookServer;
let stage: Stage;
let clients: BrowserClient[];
/** Of the time before the service was killed, and after. */
let before: Recorded;
let after: Recorded;

beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), 'recording-'));
  hooks = await HookServer.open(SECRET);
  stage = await Stage.start({
    RECORD: 'all',
    RECORDINGS_DIR: join(top, 'recordings'),
    RECORDINGS_RESERVE: '1',
    WEBHOOK_URL: `http://127.0.0.1:${hooks.port}/hooks`,
    WEBHOOK_SECRET: SECRET,
    WEBHOOK_SPOOL: join(top, 'spool'),
  });
  clients = await Promise.all(NAMES.map((name) => stage.client(name)));
  for (const { tab } of clients) await tab.evaluate(CROWD_SCRIPT);
  await talk().catch((error: unknown) => {
    throw new Error(`${String(error)}; the service said:\n${stage.service.output.slice(-4000)}`);
  });
});
afterAll(async () => {
  await stage.close();
  await hooks.goAway();
  rmSync(top, { recursive: true });
});

async function talk(): Promise<void> {
  // Cid comes when the others are recorded already.
  await enter(0);
  await enter(1);
  await recorded('the first two', ({ segments }) => segments.length === 4);
  await enter(2);
  const first = await recorded('all three', ({ segments }) => segments.length === TRACKS);
  await media();

  await hooks.goAway();
  process.kill(recorderOf(first.manifest), 'SIGKILL');
  await recorded('another recorder', ({ segments }) => segments.length === 2 * TRACKS);
  await media();

  await stage.crash();
  for (const number of NAMES.keys()) await enter(number);
  before = await recorded('the end of what was interrupted', ({ state }) => state === 'finished', 0);
  await recorded('all three again', ({ segments }) => segments.length === TRACKS, 1);
  await hooks.comeBack();
  await media();

  await hooks.goAway();
  await Promise.all(clients.map((client) => client.disconnect()));
  after = await recorded('the end', ({ state }) => state === 'finished', 1);
  await hooks.comeBack();
  // That of the interrupted recording was told, too, when the service had begun again.
  const isOfAfter = ({ type, recording }: Hook): boolean =>
    type === 'recording.finished' && recording === after.manifest.recording;
  await eventually('the end is told', () => (hooks.told.some(isOfAfter) ? true : null), 60);
}

async function enter(number: number): Promise<void> {
  const query = new URLSearchParams({ token: NAMES[number] ?? '', device: '' }).toString();
  const entry = { number, conversation: CONVERSATION, query, sections: slots(2, 2) };
  const { tab } = clients[number]!;
  expect(await tab.evaluate(`crowd.enter(${JSON.stringify(entry)})`)).toEqual({
    end: { code: 1000, reason: expect.any(String) },
    status: 200,
  });
  await tab.evaluate(`crowd.speak([${number}])`);
}

/** Everybody sees and hears the two others, for a while. */
const media = async (): Promise<void> => {
  await Promise.all(clients.map((client) => client.receiving('audio', 2, 60)));
  for (let round = 0; round < 2; round += 1)
    await Promise.all(clients.map((client) => client.receiving('video', 2, 60)));
};

/** The n-th recording of the conversation, once it is so. */
const recorded = (what: string, holds: (manifest: Manifest) => boolean, index = 0): Promise<Recorded> =>
  eventually(
    what,
    () => {
      const found = recordings()[index];
      return found !== undefined && holds(found.manifest) ? found : null;
    },
    60,
  );

const recordings = (): Recorded[] => recordingsOf(join(top, 'recordings'), CONVERSATION);

function recorderOf({ entries }: Manifest): number {
  const began = entries.findLast((entry) => entry.type === 'recorder' && entry.what === 'began');
  return Number(/process (\d+)/.exec(began?.type === 'recorder' ? began.text : '')?.[1]);
}

const run = (program: string, ...args: string[]): { status: number | null; text: string } =>
  runProgram(program, args, top);

test('every file can be decoded, and the manifests hold', () => {
  expect(recordings()).toHaveLength(2);
  for (const { directory, manifest } of [before, after]) {
    const files = manifest.segments.flatMap((segment) => segment.files.map(({ name }) => name));
    expect(files.length).toBeGreaterThanOrEqual(TRACKS);
    for (const file of files) expect([file, playedFile(join(directory, file)).complaints]).toEqual([file, '']);
    expect(run('verify/main', directory)).toEqual({
      status: 0,
      text: expect.stringContaining('the recording is sound'),
    });
  }
});

test('the manifests say who was there, what was interrupted, and how long the gap was', () => {
  for (const { manifest } of [before, after]) {
    expect(manifest.participants.map(({ userid }) => userid)).toEqual(NAMES);
    for (const { tracks } of manifest.participants) {
      expect(tracks.map(({ kind }) => kind).sort()).toEqual(['audio', 'video']);
    }
  }
  expect([before.manifest.interrupted, after.manifest.interrupted]).toEqual([true, false]);
  const gaps = before.manifest.participants.flatMap(({ tracks }) => tracks.flatMap((track) => track.gaps));
  expect(gaps.map(({ why }) => why)).toEqual(Array<string>(TRACKS).fill('recorder'));
  for (const { ms } of gaps) expect(ms).toBeLessThan(10_000);
  expect(after.manifest.participants.flatMap(({ tracks }) => tracks.flatMap(({ gaps: some }) => some))).toEqual([]);
});

test('a receiver that was away half of the time was told everything, in order', () => {
  const { told } = hooks;
  expect(told.every(({ conversation }) => conversation === CONVERSATION)).toBe(true);
  const times = told.map(({ time }) => time);
  expect(times).toEqual(times.toSorted());
  const of = (type: string): Hook[] => told.filter((hook) => hook.type === type);
  const people = told.flatMap(({ type, userid }) => (userid === undefined ? [] : [`${type} ${userid}`]));
  const joined = NAMES.map((name) => `participant.joined ${name}`);
  expect(people.slice(0, 6)).toEqual([...joined, ...joined]);
  expect(people.slice(6).sort()).toEqual(NAMES.map((name) => `participant.left ${name}`));
  expect(of('conversation.started')).toHaveLength(2);
  expect(of('recording.started').map(({ recording }) => recording)).toEqual(
    [before, after].map(({ manifest }) => manifest.recording),
  );
  const closed = of('segment.closed').filter(({ recording }) => recording === after.manifest.recording);
  expect(closed.map(({ segment }) => segment).sort()).toEqual(
    after.manifest.segments.map(({ segment }) => segment).sort(),
  );
  expect(told.slice(-1)).toMatchObject([{ type: 'recording.finished', recording: after.manifest.recording }]);
  expect(of('conversation.ended')).toHaveLength(1);
  expect(readdirSync(join(top, 'spool')).filter((name) => name.endsWith('.json'))).toEqual([]);
});

test('both recordings become one file: as long as it all was, everybody seen and heard when he was recorded', () => {
  const { status, text } = run('compose/main', before.directory, after.directory, 'tea.webm');
  expect({ status, text }).toMatchObject({ status: 0 });
  const whole = hull([before, after]);
  const film = join(top, 'tea.webm');
  const { streams, end, complaints } = play(film);
  expect(complaints).toBe('');
  expect(streams.map(({ codec }) => codec).sort()).toEqual(['opus', 'vp8']);
  expect(Math.abs(end - (whole.endMs - whole.startMs) / 1000)).toBeLessThan(0.1);
  expect(sizeOf(film)).toEqual([1280, 720]);

  const seconds = (ms: number): number => (ms - whole.startMs) / 1000;
  const hole = { from: seconds(hull([before]).endMs), to: seconds(hull([after]).startMs) };
  for (const number of NAMES.keys()) {
    const found = levels(film, tone(number)).map((level) => level > -50);
    const [from, to] = [Math.ceil(hole.from) + 1, Math.floor(hole.to) - 1];
    expect(found.slice(from, to)).toEqual(found.slice(from, to).map(() => false));
    expect(found.slice(0, Math.floor(hole.from))).toContain(true);
    expect(found.slice(Math.ceil(hole.to))).toContain(true);
  }
  // What had not been flushed yet when everything was killed is in no file: everybody is seen until his own picture ends.
  const pictures = NAMES.map((name) => hull([before], `${safeName(name)}-video-`).endMs);
  const late = [seconds(Math.min(...pictures)) - 0.1, end - 1];
  const cells = [
    [0.25, 0.35],
    [0.75, 0.35],
    [0.5, 0.85],
  ] as const;
  expect(coloursAt(film, late, cells).map((row) => row.map((colour) => nameOf(colour, COLOURS)))).toEqual([
    NAMES,
    NAMES,
  ]);
});

const played = new Map<string, Played>();

/** What another player finds in a file; each is looked into once. */
function playedFile(path: string): Played {
  const found = played.get(path) ?? play(path);
  played.set(path, found);
  return found;
}

/** From the first packet in any file whose name begins so to the last; ms since 1970. */
function hull(all: readonly Recorded[], prefix = ''): { startMs: number; endMs: number } {
  const files = all.flatMap(({ directory, manifest }) =>
    manifest.segments.flatMap(({ originMs, files: some }) =>
      some
        .filter(({ name }) => name.startsWith(prefix))
        .flatMap(({ name }) => playedFile(join(directory, name)).streams)
        .map(({ start, end }) => ({ startMs: originMs + start * 1000, endMs: originMs + end * 1000 })),
    ),
  );
  return {
    startMs: Math.min(...files.map(({ startMs }) => startMs)),
    endMs: Math.max(...files.map(({ endMs }) => endMs)),
  };
}
