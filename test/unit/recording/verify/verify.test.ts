import { appendFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileFacts } from '../../../../src/recording/file-facts.ts';
import type { Event } from '../../../../src/recording/manifest/entries.ts';
import { ManifestStore } from '../../../../src/recording/manifest/store.ts';
import type { Prober } from '../../../../src/recording/probe.ts';
import type { SegmentEnd, TrackFacts } from '../../../../src/recording/types.ts';
import { verifyRecording, type Damage } from '../../../../src/recording/verify/verify.ts';
import { ann, facts, opened, START, started, voice } from '../manifest/support.ts';

let directory = '';
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'verify-'));
  const store = ManifestStore.create(directory);
  const add = (event: Event): unknown => store.add(START, event);
  [started, ann, voice].forEach(add);
  for (const segment of [1, 2]) {
    writeFileSync(path(`a-${segment}.webm`), '10000');
    add(opened(segment, START));
    const files = [await fileFacts(path(`a-${segment}.webm`))];
    add({ type: 'segment-closed', segment, why: 'limit', files, tracks: [facts({ durationMs: 10_000 })] });
  }
  writeFileSync(path('a-3.webm'), '10000');
  add(opened(3, START));
  writeFileSync(path('found.webm'), 'junk');
  add({ type: 'found', file: await fileFacts(path('found.webm')), durationMs: null });
  await store.settled();
});
afterEach(() => rmSync(directory, { recursive: true }));

const path = (name: string): string => join(directory, name);

/** Files are as long as their text says, a `!` is a fault. */
const probe: Prober = (file) => {
  const text = readFileSync(file, 'utf8');
  const durationMs = Number(text.replace('!', ''));
  if (Number.isNaN(durationMs)) return Promise.reject(new Error('no media'));
  const streams = durationMs > 0 ? [{ kind: 'audio' as const, buffers: 1, endMs: durationMs }] : [];
  return Promise.resolve({ durationMs, streams, faults: text.includes('!') ? ['a packet is broken'] : [] });
};

const damages = (): Promise<Damage[]> => verifyRecording(directory, probe, () => undefined);

/** A fourth segment, with one track. */
async function addFourth(content: string, why: SegmentEnd, track: TrackFacts): Promise<void> {
  writeFileSync(path('a-4.webm'), content);
  const store = await ManifestStore.open(directory);
  store.add(START, opened(4, START));
  const files = [await fileFacts(path('a-4.webm'))];
  store.add(START, { type: 'segment-closed', segment: 4, why, files, tracks: [track] });
  await store.settled();
}

describe('verifying a recording', () => {
  it('finds nothing where nothing is wrong, and tells of each file', async () => {
    const told: string[] = [];
    expect(await verifyRecording(directory, probe, (file, found) => told.push(`${file} ${found.length}`))).toEqual([]);
    expect(told).toEqual(['a-1.webm 0', 'a-2.webm 0', 'a-3.webm 0', 'found.webm 0']);
  });

  it.each<[string, (file: string) => void, string]>([
    ['is gone', (file) => rmSync(file), 'it is gone'],
    ['is cut short', (file) => truncateSync(file, 3), 'it has 3 bytes, not 5'],
    ['is longer', (file) => appendFileSync(file, '0'), 'it has 6 bytes, not 5'],
    ['was changed', (file) => writeFileSync(file, '10001'), 'it was changed: its SHA-256 is another'],
    [
      'is a link',
      (file) => {
        rmSync(file);
        symlinkSync(path('a-1.webm'), file);
      },
      'it is no plain file',
    ],
  ])('finds a file that %s', async (_, damage, text) => {
    damage(path('a-2.webm'));
    expect(await damages()).toEqual([{ segment: 2, file: 'a-2.webm', text }]);
  });

  it.each([
    ['10000!', 'it cannot be decoded: a packet is broken'],
    ['x', 'it cannot be played: no media'],
  ])('finds a file that nobody closed, and that is damaged: %s', async (content, text) => {
    writeFileSync(path('a-3.webm'), content);
    expect(await damages()).toEqual([{ segment: 3, file: 'a-3.webm', text }]);
  });

  it.each([
    ['9400', 'it plays 9400 ms, not 10000'],
    ['0', 'there is nothing in it'],
  ])('finds a file that is as it was closed, but holds less than was counted: %s', async (content, text) => {
    await addFourth(content, 'limit', facts());
    expect(await damages()).toEqual([{ segment: 4, file: 'a-4.webm', text }]);
  });

  it.each(['0', 'a head of no media'])(
    'takes an empty file for sound where no time was counted: %s',
    async (content) => {
      await addFourth(content, 'stopped', facts({ durationMs: 0 }));
      expect(await damages()).toEqual([]);
    },
  );

  it('finds an empty file where nobody could count', async () => {
    await addFourth('x', 'interrupted', facts({ durationMs: 0, counted: null }));
    expect(await damages()).toMatchObject([{ text: 'it cannot be played: no media' }]);
  });

  it('finds a file that the manifest does not know', async () => {
    writeFileSync(path('stranger.webm'), '1');
    writeFileSync(path('.hidden'), '1');
    expect(await damages()).toEqual([{ segment: null, file: 'stranger.webm', text: 'the manifest does not know it' }]);
  });

  it('names damages in the order of the segments', async () => {
    rmSync(path('a-2.webm'));
    rmSync(path('a-1.webm'));
    expect((await damages()).map(({ segment }) => segment)).toEqual([1, 2]);
  });

  it('finds a changed manifest, and says nothing of files then', async () => {
    writeFileSync(path('manifest.json'), readFileSync(path('manifest.json'), 'utf8').replaceAll('"ann"', '"bob"'));
    rmSync(path('a-1.webm'));
    expect(await damages()).toEqual([{ segment: null, file: 'manifest.json', text: 'entry 1 was changed' }]);
  });

  it('rejects where there is no manifest', async () => {
    rmSync(path('manifest.json'));
    await expect(damages()).rejects.toThrow('ENOENT');
  });
});
