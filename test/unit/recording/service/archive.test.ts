import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManifestStore } from '../../../../src/recording/manifest/store.ts';
import { recordingName, safeName } from '../../../../src/recording/names.ts';
import { Archive } from '../../../../src/recording/service/archive.ts';
import { idOfFolder } from '../../../../src/recording/service/folders.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'archive-'))));
afterEach(() => rmSync(root, { recursive: true }));

const DAY_MS = 86_400_000;
const idOf = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
const none = (): boolean => false;

/** A recording of the n-th day. */
async function write(n: number, conversation: string, isFinished = true): Promise<string> {
  const startedMs = Date.UTC(2026, 0, 1) + n * DAY_MS;
  const path = join(root, safeName(conversation), recordingName(startedMs, idOf(n)));
  mkdirSync(path, { recursive: true });
  const store = ManifestStore.create(path);
  const started = { recording: idOf(n), conversation, pipeline: 'record-track', requestedBy: 'somebody' };
  store.add(startedMs, { type: 'started', ...started });
  if (isFinished) store.add(startedMs, { type: 'finished', interrupted: false, text: 'over' });
  await store.settled();
  return path;
}

it('has what other processes recorded, the newest, oldest first', async () => {
  // Names of conversations do not sort by time.
  for (const [n, conversation] of [
    [3, 'a'],
    [1, 'b'],
    [2, 'c'],
    [4, 'a'],
  ] as const)
    await write(n, conversation);
  const archive = new Archive(root);
  const list = await archive.list(3, (id) => id === idOf(4));
  expect(list.map(({ id }) => id)).toEqual([idOf(1), idOf(2), idOf(3)]);
  expect(await archive.list(2, none)).toMatchObject([
    {
      id: idOf(3),
      conversation: 'a',
      pipeline: 'record-track',
      requestedBy: 'somebody',
      startedAt: '2026-01-04T00:00:00.000Z',
      state: 'ended',
      directory: join(root, safeName('a'), recordingName(Date.UTC(2026, 0, 4), idOf(3))),
    },
    { id: idOf(4) },
  ]);
  const found = await archive.get(idOf(1));
  expect(found).toMatchObject({
    summary: { id: idOf(1) },
    manifest: { conversation: 'b', entries: [{ n: 0 }, { n: 1 }] },
  });
  expect(await archive.get(idOf(9))).toBeNull();
});

it('has what is begun later, and not what was taken away', async () => {
  const old = await write(1, 'a');
  const archive = new Archive(root);
  expect(await archive.list(10, none)).toHaveLength(1);
  archive.add(idOf(2), await write(2, 'a'));
  expect((await archive.list(10, none)).map(({ id }) => id)).toEqual([idOf(1), idOf(2)]);
  rmSync(old, { recursive: true });
  expect(await archive.get(idOf(1))).toBeNull();
});

it('says what was interrupted, and what is damaged', async () => {
  await write(1, 'a', false);
  const path = await write(2, 'a');
  writeFileSync(join(path, 'manifest.json'), '{"version":1,"entries":[]}');
  const archive = new Archive(root);
  expect(await archive.list(10, none)).toMatchObject([
    { id: idOf(1), state: 'interrupted', conversation: 'a' },
    { id: idOf(2), state: 'damaged', conversation: null, directory: path },
  ]);
  await expect(archive.get(idOf(2))).rejects.toMatchObject({ code: 'recording-damaged' });
});

it('leaves out what is none: links, other folders, what has no manifest', async () => {
  await write(1, 'a');
  mkdirSync(join(root, '.recorder', recordingName(0, idOf(5))), { recursive: true });
  mkdirSync(join(root, 'a', 'notes'), { recursive: true });
  mkdirSync(join(root, 'a', recordingName(0, idOf(6))));
  symlinkSync(join(root, safeName('a')), join(root, 'link'));
  expect((await new Archive(root).list(10, none)).map(({ id }) => id)).toEqual([idOf(1)]);
});

it('is empty where nothing was ever recorded', async () => {
  const archive = new Archive(join(root, 'nowhere'));
  expect([await archive.list(10, none), await archive.get('x')]).toEqual([[], null]);
});

test('the id of a recording is in the name of its folder', () => {
  expect(idOfFolder(`/r/c/${recordingName(0, idOf(1))}`)).toBe(idOf(1));
  for (const name of ['x', '20260101T000000Z', 'a-20260101T000000Z-x', '20260101T000000Z-a.b']) {
    expect(idOfFolder(`/r/c/${name}`)).toBeNull();
  }
});
