import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  copyFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManifestError, readManifest } from '../../../../src/recording/manifest/manifest.ts';
import { ManifestStore } from '../../../../src/recording/manifest/store.ts';
import { ann, START, started, voice } from './support.ts';

let directory = '';
let path = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'manifest-'));
  path = join(directory, 'manifest.json');
});
afterEach(() => {
  chmodSync(directory, 0o700);
  rmSync(directory, { recursive: true });
});

const onDisk = () => readManifest(readFileSync(path, 'utf8'));

describe('the manifest on the disk', () => {
  it('has everything that was added when that is settled', async () => {
    const store = ManifestStore.create(directory);
    store.add(START, started);
    store.add(START + 1, ann);
    await store.settled();
    expect(onDisk()).toEqual(store.manifest);
    store.add(START + 2, voice);
    await store.settled();
    expect(onDisk().entries.map(({ type }) => type)).toEqual(['started', 'participant', 'track']);
    expect(readdirSync(directory)).toEqual(['manifest.json']);
  });

  it('has what is added while it is written, too', async () => {
    const store = ManifestStore.create(directory);
    store.add(START, started);
    const first = store.settled();
    for (let index = 0; index < 50; index += 1) store.add(START, voice);
    await Promise.all([first, store.settled(), store.settled()]);
    expect(onDisk().entries).toHaveLength(51);
  });

  it('goes on where another process ended', async () => {
    const before = ManifestStore.create(directory);
    before.add(START, started);
    await before.settled();
    const after = await ManifestStore.open(directory);
    after.add(START + 1, ann);
    await after.settled();
    expect(onDisk().entries.map(({ type }) => type)).toEqual(['started', 'participant']);
  });

  it('is a whole one at every moment: the old one, or the new one', async () => {
    const store = ManifestStore.create(directory);
    store.add(START, started);
    await store.settled();
    const lengths = new Set<number>();
    const settling = (async () => {
      for (let index = 0; index < 30; index += 1) {
        store.add(START, voice);
        await store.settled();
      }
      return 'done';
    })();
    for (;;) {
      lengths.add(onDisk().entries.length);
      if ((await Promise.race([settling, new Promise((resolve) => setImmediate(resolve, 'more'))])) === 'done') break;
    }
    expect(lengths.size).toBeGreaterThan(1);
    expect(onDisk().entries).toHaveLength(31);
  });

  it('has one writer: a second one is refused, and spoils nothing', async () => {
    const first = ManifestStore.create(directory);
    first.add(START, started);
    await first.settled();
    const second = await ManifestStore.open(directory);
    second.add(START, ann);
    await second.settled();
    first.add(START, voice);
    await expect(first.settled()).rejects.toThrow('was written by somebody else');
    expect(onDisk().entries.map(({ type }) => type)).toEqual(['started', 'participant']);
    await expect(
      (() => {
        const third = ManifestStore.create(directory);
        third.add(START, started);
        return third.settled();
      })(),
    ).rejects.toThrow(ManifestError);
  });

  it('keeps what could not be written, and writes it when it can', async () => {
    const store = ManifestStore.create(join(directory, 'later'));
    store.add(START, started);
    await expect(store.settled()).rejects.toThrow('ENOENT');
    renameSync(mkdtempSync(join(tmpdir(), 'manifest-')), join(directory, 'later'));
    store.add(START, ann);
    await store.settled();
    expect(readManifest(readFileSync(join(directory, 'later/manifest.json'), 'utf8')).entries).toHaveLength(2);
  });

  it('is not opened where somebody changed it', async () => {
    const store = ManifestStore.create(directory);
    store.add(START, started);
    await store.settled();
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"room"', '"moor"'));
    await expect(ManifestStore.open(directory)).rejects.toThrow('entry 0 was changed');
  });

  it('survives a half-written version beside it', async () => {
    const store = ManifestStore.create(directory);
    store.add(START, started);
    await store.settled();
    copyFileSync(path, `${path}.new`);
    writeFileSync(`${path}.new`, '{"half');
    const after = await ManifestStore.open(directory);
    after.add(START, ann);
    await after.settled();
    expect(onDisk().entries).toHaveLength(2);
  });
});
