// Recordings whose content is known, put together by the command of an operator, and watched and listened to.
import { jest } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../support/eventually.ts';
import { withDescendants } from '../../support/processes.ts';
import { play } from '../../support/recording/ffprobe.ts';
import { MADE_AT, makeRecording } from '../../support/recording/made.ts';
import { coloursAt, levels, nameOf, sizeOf, type Rgb } from '../../support/recording/watch.ts';

jest.setTimeout(180_000);

const MAIN = fileURLToPath(new URL('../../../dist/recording/compose/main.js', import.meta.url));

let top = '';
beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), 'compose-'));
});
afterAll(() => rmSync(top, { recursive: true }));

const at = (name: string): string => join(top, name);

const compose = (...args: string[]): { status: number | null; text: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', cwd: top });
  return { status, text: stdout + stderr };
};

const COLOURS: Readonly<Record<string, Rgb>> = {
  red: [255, 0, 0],
  lime: [0, 255, 0],
  blue: [0, 0, 255],
  ground: [0x20, 0x21, 0x24],
  plate: [0x3c, 0x40, 0x43],
};
const LOUD = -25;
/** As of a tone for less than 30 ms of a second: packets have a length. */
const QUIET = -35;

/** The seconds in which a tone is heard. Throws where one is neither loud nor quiet. */
const heard = (path: string, frequency: number): number[] => {
  const found = levels(path, frequency);
  expect(found.filter((level) => level > QUIET && level < LOUD)).toEqual([]);
  return found.flatMap((level, second) => (level >= LOUD ? [second] : []));
};

/** The centres of two cells beside each other, and of one below them. */
const CELLS = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.5, 0.75],
] as const;

const seen = (path: string, times: readonly number[]): string[][] =>
  coloursAt(path, times, CELLS).map((cells) => cells.map((colour) => nameOf(colour, COLOURS)));

describe('a conversation of three, of whom one comes late, leaves and comes back, and one only listens', () => {
  let text = '';
  beforeAll(async () => {
    await makeRecording(
      at('three'),
      [
        { userid: 'ann', content: 440, from: 0, to: 8 },
        // The picture begins with another size, as cameras do.
        { userid: 'ann', content: 'red', from: 0, to: 4, size: '160x120' },
        { userid: 'ann', content: 'red', from: 4, to: 8 },
        { userid: 'ben', content: 880, from: 3, to: 6, isOgg: true },
        { userid: 'ben', content: 'lime', from: 4, to: 6, size: '240x320' },
        { userid: 'ben', content: 880, from: 8, to: 10 },
        { userid: 'ben', content: 'blue', from: 8, to: 10, codec: 'h264' },
      ],
      { silent: [{ userid: 'cid', from: 5, to: 9 }] },
    );
    const result = compose(at('three'), 'three.webm', '--contact-sheet', 'three.png');
    expect(result.status).toBe(0);
    text = result.text;
  });

  test('is one file, as long as it was, with one sound and one picture, all of which can be decoded', () => {
    const { streams, end, complaints } = play(at('three.webm'));
    expect(complaints).toBe('');
    expect(streams.map(({ codec }) => codec).sort()).toEqual(['opus', 'vp8']);
    expect(Math.abs(end - 10)).toBeLessThan(0.1);
    for (const { end: each } of streams) expect(Math.abs(each - 10)).toBeLessThan(0.1);
    expect(sizeOf(at('three.webm'))).toEqual([1280, 720]);
  });

  test('has each voice in its seconds, and in no others', () => {
    expect(heard(at('three.webm'), 440)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(heard(at('three.webm'), 880)).toEqual([3, 4, 5, 8, 9]);
  });

  test('begins a late voice within 100 ms of its time', () => {
    const found = levels(at('three.webm'), 880, 1);
    expect(found.slice(0, 29).filter((level) => level > QUIET)).toEqual([]);
    expect(found.slice(30, 59).filter((level) => level < LOUD)).toEqual([]);
  });

  test('shows each picture in its cell, and a tile for who is there without', () => {
    const times = [0.5, 2.9, 3.1, 3.9, 4.1, 5.1, 5.9, 6.1, 7.9, 8.1, 8.9, 9.1, 9.9];
    expect(seen(at('three.webm'), times)).toEqual([
      ['red', 'ground', 'ground'],
      ['red', 'ground', 'ground'],
      ['red', 'plate', 'ground'],
      ['red', 'plate', 'ground'],
      ['red', 'lime', 'ground'],
      ['red', 'lime', 'plate'],
      ['red', 'lime', 'plate'],
      ['red', 'ground', 'plate'],
      ['red', 'ground', 'plate'],
      ['ground', 'blue', 'plate'],
      ['ground', 'blue', 'plate'],
      ['ground', 'blue', 'ground'],
      ['ground', 'blue', 'ground'],
    ]);
  });

  test('has a contact sheet with a row for each and twelve pictures', () => {
    expect(sizeOf(at('three.png'))).toEqual([1280, 76 + 3 * 28 + 28 + 540]);
    // The middle of the row of Ann, a half and nine tenths of the time; the centre of her cell in the first thumbnail.
    const height = 728;
    const bar = 240 + 1024 * 0.5;
    const places = [
      [bar / 1280, 96 / height],
      [(240 + 1024 * 0.9) / 1280, 96 / height],
      [80 / 1280, (188 + 45) / height],
    ] as const;
    const [[during, after, first] = []] = coloursAt(at('three.png'), [0], places);
    expect(nameOf(during!, { bar: [0x81, 0xc9, 0x95] })).toBe('bar');
    expect([nameOf(after!, COLOURS), nameOf(first!, COLOURS)]).toEqual(['ground', 'red']);
  });

  test('tells how far it is, a line for each step where nobody looks at a terminal', () => {
    expect(text).toMatch(/reading: 0 %\n[^]*composing: [^]*composing: 100 %\n/);
    expect(text).not.toContain('\r');
  });

  test('leaves nothing but the files beside it', () => {
    expect(readdirSync(top).filter((name) => /composing/.test(name))).toEqual([]);
  });
});

test('two recordings of one conversation that was interrupted become one file, with the hole in it', async () => {
  const pieces = [{ userid: 'ann', content: 440, from: 0, to: 2 }];
  // Nobody wrote down how the first one ended, and its file is cut off.
  await makeRecording(at('before'), [...pieces, { userid: 'ann', content: 'red', from: 0, to: 2 }], {
    isRunning: true,
  });
  await makeRecording(at('after'), [...pieces, { userid: 'ann', content: 'lime', from: 0, to: 2 }], {
    startMs: MADE_AT + 4_000,
  });
  const whole = join(top, 'before', 'piece-0.webm');
  truncateSync(whole, readFileSync(whole).length - 200);
  const { status, text } = compose('after', 'before', 'both.webm');
  expect({ status, text }).toMatchObject({ status: 0, text: expect.stringContaining('it has not ended') });
  expect(Math.abs(play(at('both.webm')).end - 6)).toBeLessThan(0.1);
  expect(heard(at('both.webm'), 440)).toEqual([0, 1, 4, 5]);
  const middle = coloursAt(at('both.webm'), [1, 3, 5], [[0.5, 0.5]]);
  expect(middle.map(([colour]) => nameOf(colour!, COLOURS))).toEqual(['red', 'ground', 'lime']);
});

test('a recording of voices becomes a file with sound alone, and has a contact sheet all the same', async () => {
  await makeRecording(at('voices'), [
    { userid: 'ann', content: 440, from: 0, to: 2 },
    { userid: "b'en: %{pts} \\ \n", content: 880, from: 1, to: 3 },
  ]);
  expect(compose('voices', 'voices.webm').status).toBe(0);
  expect(play(at('voices.webm')).streams.map(({ codec }) => codec)).toEqual(['opus']);
  expect([heard(at('voices.webm'), 440), heard(at('voices.webm'), 880)]).toEqual([
    [0, 1],
    [1, 2],
  ]);
  expect(compose('voices', '--contact-sheet', 'voices.png').status).toBe(0);
  expect(sizeOf(at('voices.png'))).toEqual([1280, 76 + 2 * 28 + 28]);
});

describe('what goes wrong', () => {
  beforeAll(async () => {
    await makeRecording(at('long'), [{ userid: 'ann', content: 'red', from: 0, to: 30 }]);
    await makeRecording(at('other'), [{ userid: 'ann', content: 440, from: 0, to: 1 }], { conversation: 'tea' });
    await makeRecording(at('broken'), [
      { userid: 'ann', content: 440, from: 0, to: 1 },
      { userid: 'ann', content: 880, from: 1, to: 2 },
    ]);
    writeFileSync(join(top, 'broken', 'piece-0.webm'), 'this is a text');
    await makeRecording(at('changed'), [{ userid: 'ann', content: 440, from: 0, to: 1 }]);
    const manifest = join(top, 'changed', 'manifest.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"room"', '"tea"'));
  });

  test.each([
    [64, ['long'], 'there is nothing to write: "long" is not named <file>.webm'],
    [64, ['long', 'out.mp4'], '"out.mp4" is not named <file>.webm'],
    [64, ['out.webm'], 'there is no directory of a recording'],
    [64, ['long', 'nowhere/out.webm'], 'there is no directory'],
    [64, ['long', 'long/out.webm'], 'would be among the files of the recording'],
    [2, ['nothing', 'out.webm'], 'is no recording'],
    [2, ['changed', 'out.webm'], 'npm run verify-recording says more'],
    [2, ['long', 'other', 'out.webm'], 'recordings of two conversations'],
    [2, ['long', 'long', 'out.webm'], 'ran at the same time'],
  ])('ends with %d for %j', (expected, args, said) => {
    const { status, text } = compose(...args);
    expect(text).toContain(said);
    expect(status).toBe(expected);
    expect(existsSync(at('out.webm'))).toBe(false);
  });

  test('a file that cannot be read is told, and left out', () => {
    const { status, text } = compose('broken', 'rest.webm');
    expect(text).toContain(`left out: ${join(top, 'broken', 'piece-0.webm')}`);
    expect(status).toBe(0);
    expect(Math.abs(play(at('rest.webm')).end - 1)).toBeLessThan(0.1);
  });

  test('interrupted or killed, it leaves no half file under the name, and the next run is as the first', async () => {
    writeFileSync(at('long.webm'), 'from another day');
    for (const [signal, expected] of [['SIGINT', 130] as const, ['SIGKILL', null] as const]) {
      const child = spawn(process.execPath, [MAIN, 'long', 'long.webm'], {
        cwd: top,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const exit = once(child, 'close');
      let told = '';
      for await (const text of child.stderr.setEncoding('utf8')) {
        told += String(text);
        if (/composing: [1-9]/.test(told)) break;
      }
      const family = withDescendants(child.pid!);
      expect(family.length).toBeGreaterThan(1);
      child.kill(signal);
      expect((await exit)[0]).toBe(expected);
      await eventually('nothing of it runs on', () => (family.some((pid) => existsSync(`/proc/${pid}`)) ? null : true));
      expect(readFileSync(at('long.webm'), 'utf8')).toBe('from another day');
      expect(existsSync(at('.long.webm.composing'))).toBe(signal === 'SIGKILL');
    }
    expect(compose('other', 'long.webm').status).toBe(0);
    expect(play(at('long.webm')).complaints).toBe('');
    expect(existsSync(at('.long.webm.composing'))).toBe(false);
  });
});
