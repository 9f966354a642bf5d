import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { completeRecording, type ClosedSegment } from '../../../../src/recording/manifest/complete.ts';
import type { Event } from '../../../../src/recording/manifest/entries.ts';
import { readManifest, type Manifest } from '../../../../src/recording/manifest/manifest.ts';
import { ManifestStore } from '../../../../src/recording/manifest/store.ts';
import type { Prober } from '../../../../src/recording/probe.ts';
import { ann, closed, facts, opened, START, started, voice } from './support.ts';

let directory = '';
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'complete-'))));
afterEach(() => rmSync(directory, { recursive: true }));

async function interrupted(...events: readonly Event[]): Promise<void> {
  const store = ManifestStore.create(directory);
  for (const event of [started, ann, voice, ...events]) store.add(START, event);
  await store.settled();
}

const file = (name: string, text = name): void => writeFileSync(join(directory, name), text);

/** Files are as long as their text says. */
const probe: Prober = (path) => {
  const text = readFileSync(path, 'utf8');
  if (!/^\d+$/.test(text)) return Promise.reject(new Error('no media'));
  return Promise.resolve({ durationMs: Number(text), streams: [], faults: [] });
};

const nobody = (): Promise<void> => Promise.resolve();
/** Numbers, durations and files of what was told. */
const told: (readonly number[])[] = [];
const onSegmentClosed = (_: Manifest, { segment, durationMs, files }: ClosedSegment): void =>
  void told.push([segment, durationMs, files]);
beforeEach(() => void told.splice(0));
const complete = (nowMs: number): Promise<Manifest | null> =>
  completeRecording(directory, { probe, nowMs: () => nowMs, abandoned: nobody, onSegmentClosed });

describe('a recording that was interrupted', () => {
  it('is ended with what its files tell', async () => {
    await interrupted(opened(1, START), closed(1, [facts()]), opened(2, START + 10_000));
    file('a-1.webm', '10000');
    file('a-2.webm', '4321');
    const manifest = await complete(START + 99_000);
    expect(manifest).toMatchObject({ state: 'finished', interrupted: true, found: [] });
    expect(manifest?.segments[0]).toMatchObject({ closed: 'limit', durationMs: 10_000 });
    expect(manifest?.segments[1]).toMatchObject({
      segment: 2,
      closed: 'interrupted',
      durationMs: 4321,
      // printf 4321 | sha256sum
      files: [
        { name: 'a-2.webm', bytes: 4, sha256: 'fe2592b42a727e977f055947385b709cc82b16b9a87f88c6abf3900d65d0cdc3' },
      ],
      tracks: [{ ssrc: 1, startMs: START + 10_000, durationMs: 4321, counted: null }],
    });
    expect(readManifest(readFileSync(join(directory, 'manifest.json'), 'utf8'))).toEqual(manifest);
    // Of the other one its recorder had told.
    expect(told).toEqual([[2, 4321, 1]]);
  });

  it('tells of files that nobody spoke of, and of no others', async () => {
    await interrupted(opened(1, START), closed(1, [facts()]));
    file('a-1.webm', '10000');
    file('b-2.webm', '77');
    file('c-3.webm', 'no media');
    file('manifest.json.new', '{');
    file('.hidden');
    symlinkSync('/etc/passwd', join(directory, 'link'));
    const manifest = await complete(START);
    expect(manifest?.found.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['b-2.webm', 2],
      ['c-3.webm', 8],
    ]);
    const found = manifest?.entries.flatMap((entry) => (entry.type === 'found' ? [entry.durationMs] : []));
    expect(found).toEqual([77, null]);
  });

  it.each(['gone', 'a link', 'no media'])('says so where a file is %s', async (what) => {
    await interrupted(opened(1, START));
    if (what === 'a link') symlinkSync('/etc/passwd', join(directory, 'a-1.webm'));
    if (what === 'no media') file('a-1.webm', 'x');
    const manifest = await complete(START);
    expect(manifest?.segments[0]).toMatchObject({ closed: 'interrupted', durationMs: 0 });
    expect(manifest?.segments[0]?.files.map(({ name }) => name)).toEqual(what === 'no media' ? ['a-1.webm'] : []);
  });

  it('is ended once', async () => {
    await interrupted(opened(1, START));
    file('a-1.webm', '5');
    expect(await complete(START)).not.toBeNull();
    const text = readFileSync(join(directory, 'manifest.json'), 'utf8');
    expect(await complete(START + 1)).toBeNull();
    expect(readFileSync(join(directory, 'manifest.json'), 'utf8')).toBe(text);
  });

  it('that somebody changed is left as it is', async () => {
    await interrupted(opened(1, START));
    const path = join(directory, 'manifest.json');
    const text = readFileSync(path, 'utf8').replaceAll('"ann"', '"bob"');
    writeFileSync(path, text);
    await expect(complete(START)).rejects.toThrow('entry 1 was changed');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('asks only for what no entry tells', async () => {
    await interrupted(opened(1, START), closed(1, [facts()]), opened(2, START));
    file('a-1.webm', '1');
    file('a-2.webm', '2');
    const asked: [string, boolean][] = [];
    await completeRecording(directory, {
      probe: (path, options) => {
        asked.push([basename(path), options.decode]);
        return probe(path, options);
      },
      nowMs: () => START,
      abandoned: nobody,
      onSegmentClosed,
    });
    expect(asked).toEqual([['a-2.webm', false]]);
  });

  it('is read when its recorder has gone, and not before', async () => {
    await interrupted(opened(1, START));
    file('a-1.webm', '1');
    let nowMs = START;
    const abandoned = ({ recording }: Manifest): Promise<void> => {
      expect(recording).toBe('r1');
      file('a-1.webm', '4321');
      file('a-2.webm', '77');
      nowMs += 5_000;
      return Promise.resolve();
    };
    const manifest = await completeRecording(directory, { probe, nowMs: () => nowMs, abandoned, onSegmentClosed });
    expect(manifest?.segments).toMatchObject([{ durationMs: 4321, files: [{ bytes: 4 }] }]);
    expect(manifest?.found).toMatchObject([{ name: 'a-2.webm' }]);
    expect(manifest?.entries.at(-1)).toMatchObject({ type: 'finished', atMs: START + 5_000 });
  });
});
