import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConversationId } from '../../../src/base/ids.ts';
import { Spool } from '../../../src/webhooks/spool.ts';
import type { SpooledEvent } from '../../../src/webhooks/types.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spool-'));
});
afterEach(() => rm(folder, { recursive: true }));

const event = (sequence: number): SpooledEvent => ({
  sequence,
  conversation: 'tea "é"\n' as ConversationId,
  happenedAt: 1_700_000_000_000 + sequence,
  body: `{"n":${sequence}}`,
});

it('keeps what was added and not removed, oldest first', async () => {
  const { spool, events } = await Spool.open(join(folder, 'new', 'one'));
  expect(events).toEqual([]);
  for (const sequence of [10, 9, 1_000, 2]) await spool.add(event(sequence));
  await spool.remove(9);
  await spool.remove(9);
  const again = await Spool.open(join(folder, 'new', 'one'));
  expect(again.events).toEqual([2, 10, 1_000].map(event));
  expect(again.damaged).toEqual([]);
});

it('is for its owner alone', async () => {
  const path = join(folder, 'private');
  const { spool } = await Spool.open(path);
  await spool.add(event(1));
  const [name = ''] = await readdir(path);
  expect([(await stat(path)).mode & 0o77, (await stat(join(path, name))).mode & 0o77]).toEqual([0, 0]);
});

it('names what is damaged, keeps it, and throws away what was half written', async () => {
  const { spool } = await Spool.open(folder);
  await spool.add(event(1));
  await writeFile(join(folder, '0000000000000002.json'), '{"conversation":"x"}');
  await writeFile(join(folder, '0000000000000003.json'), '{"conver');
  await writeFile(join(folder, '0000000000000004.json.tmp'), '{"conver');
  await writeFile(join(folder, 'README'), 'of somebody else');
  const { events, damaged } = await Spool.open(folder);
  expect(events).toEqual([event(1)]);
  expect(damaged).toEqual(['0000000000000002.json', '0000000000000003.json']);
  expect((await readdir(folder)).sort()).toEqual([
    '0000000000000001.json',
    '0000000000000002.json',
    '0000000000000003.json',
    'README',
  ]);
});

it('rejects where the folder cannot be used', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(Spool.open(join(folder, 'file'))).rejects.toThrow(/EEXIST|ENOTDIR/);
});
